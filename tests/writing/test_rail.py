"""The tabs beside the text, as the desk draws them: pictures, history, names in order, what is said where it is shared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import checks, content, drafts
from articles.desk import history_rail, picture_rail
from articles.models import Byline
from tests.asserts import page
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.writing.conftest import AT, Desk, make_desk

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def save(desk: Desk, *, by: Any = None, minutes: int = 0, **said: str) -> Any:
    words = {name: getattr(desk.head, name) for name in ("headline", "kicker", "standfirst", "body")} | said
    return drafts.save(
        desk.draft.pk,
        person=by or desk.alice,
        expected_version=desk.draft.version,
        content=drafts.Content(**words),
        at=AT + timedelta(minutes=minutes),
    )


def test_what_stops_stands_first_then_the_lead(desk: Desk) -> None:
    fine, gone = pictures.asset(), pictures.asset()
    gone.rights.all().delete()
    lead, inside, stopping = (pictures.image_placement(one) for one in (fine, fine, gone))
    html = "".join(f'<div data-block="image" data-id="{one.pk}"></div>' for one in (inside, stopping, inside))
    story = stories.story(body=f"<p>Words.</p>{html}", lead_image=lead)
    matter = checks.look_at(story.draft.head, story=story, at=AT)  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as asked:
        rows = picture_rail.rows(matter)
    assert [row.where for row in rows] == [f"image:{stopping.pk}", "lead_image", f"image:{inside.pk}"]
    assert [row.stops for row in rows] == [True, False, False]
    assert not asked.captured_queries


def test_words_put_in_and_taken_out(desk: Desk) -> None:
    begun = desk.head
    save(desk, minutes=1, body="<p>By noon the queue reached the river.</p>\n<p>The gates opened at nine.</p>")
    save(desk, minutes=60, body="<p>By noon the long queue reached the river.</p>", by=desk.bob)
    newest, moved, first = history_rail.newest(desk.draft)
    assert (newest.happening.who, newest.added, newest.removed) == ("Bob Barrow", 1, 5)
    assert (moved.added, moved.removed) == (0, 0), "a paragraph that moved is neither put in nor taken out"
    assert (first.added, first.removed) == (begun.words + 18, 0), "headline, standfirst and kicker count as well"


def test_queries_do_not_grow(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)

    def queries() -> int:
        client.get(desk.url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(desk.url).status_code == 200
        return len(asked)

    one = queries()
    for number in range(20):
        save(desk, minutes=number * 40, body=f"<p>Words {number}.</p>", by=(desk.alice, desk.bob)[number % 2])
    assert queries() == one


def test_restored_from_beside_the_text(client: Client, desk: Desk) -> None:
    begun = desk.head
    save(desk, minutes=1, body="<p>Other words.</p>")
    client.force_login(desk.alice)
    shown = page(client.get(desk.url)).one(id="rail-history")
    form = shown.one("form", action=f"{desk.url}restore-revision/")
    sent = {one.attributes["name"]: one.attributes["value"] for one in form.all("input", type="hidden")}
    assert sent["revision"] == str(begun.pk)
    answer = client.post(f"{desk.url}restore-revision/", sent)
    assert answer["Location"] == f"{desk.url}?draft={desk.draft.pk}#rail-history"
    assert (desk.head.body, desk.head.number) == (begun.body, 3)


def test_nobody_saves_a_page_that_another_person_opened(client: Client, desk: Desk) -> None:
    client.force_login(desk.bob)
    sent = desk.typed(body="<p>Alice’s words.</p>", person=desk.alice.pk)
    answer = client.post(f"{desk.url}save/", sent, headers=JSON)
    assert (answer.status_code, answer.json()) == (409, {"other": "Bob Barrow"})
    assert desk.head.number == 1
    assert client.post(f"{desk.url}save/", sent | {"person": desk.bob.pk}, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ({}, "Alice Bob Eve"),
        ({"Alice": "3", "Bob": "2", "Eve": "1"}, "Eve Bob Alice"),
        ({"Eve": "1"}, "Eve Alice Bob"),
        ({"Alice": "2", "Bob": "2", "Eve": "x"}, "Alice Bob Eve"),
        ({"Alice": "9" * 30, "Bob": "-1", "Eve": "5"}, "Eve Alice Bob"),
    ],
)
def test_names_in_their_order(client: Client, desk: Desk, places: dict[str, str], wanted: str) -> None:
    named = {"Alice": desk.alice, "Bob": desk.bob, "Eve": person("reporter", name="Eve Eccles")}
    client.force_login(desk.alice)
    sent: dict[str, Any] = {
        "section": desk.story.section_id,
        "slug": desk.story.slug,
        "story_version": desk.story.version,
        "bylines": [one.pk for one in named.values()],
    } | {f"bylines-place-{named[name].pk}": number for name, number in places.items()}
    assert client.post(f"{desk.url}particulars/", sent).status_code == 302
    kept = [byline.person.name.split()[0] for byline in Byline.objects.filter(story=desk.story)]
    assert kept == wanted.split()
    shown = page(client.get(desk.url))
    rows = [row.text.split()[0] for row in shown.one(data_bylines="").all("li")][:3]
    assert rows == kept
    assert [int(one.attributes["value"]) for one in shown.one(data_bylines="").all("input", type="number")[:3]] == [
        1,
        2,
        3,
    ]


def test_what_is_said_where_it_is_shared(client: Client) -> None:
    story = stories.published_story(
        headline="The gates", standfirst="At nine", social_title="Look at the gates", social_description="Nine it is"
    )
    said = client.get(story.path).content.decode()
    for name, words in (("og:title", "Look at the gates"), ("og:description", "Nine it is")):
        assert f'<meta property="{name}" content="{words}">' in said
    assert '<meta name="description" content="At nine">' in said
    plain = client.get(stories.published_story(headline="No more", standfirst="Than this").path).content.decode()
    assert '<meta property="og:title" content="No more">' in plain
    assert '<meta property="og:description" content="Than this">' in plain


def test_a_state_of_before_there_were_social_fields_is_the_same_state() -> None:
    """The digest of a revision that was saved then; another one would make every next save a new state."""
    said = content.Content("Headline", body="<p>Words.</p>")
    assert content.digest(said) == "80c071695a73665c5a84d14d575903e4300f19e34010f6374323f8c35f475689"
    assert content.digest(content.Content("Headline", body="<p>Words.</p>", social_title="x")) != content.digest(said)


def test_social_words_are_saved_and_counted_as_words_of_the_text(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    answer = client.post(
        f"{desk.url}save/", desk.typed(social_title="He said “gone”", social_description="x" * 401), headers=JSON
    )
    assert list(answer.json()["errors"]) == ["social_description"]
    answer = client.post(f"{desk.url}save/", desk.typed(social_title="He said “gone”"), headers=JSON)
    assert answer.status_code == 200
    assert desk.head.social_title == "He said “gone”"
    assert answer.json()["counts"]["sources"] == 1, "a quotation there needs a source like any other"


def test_plain_forms_are_set_in_the_house_s_marks(client: Client) -> None:
    desk = make_desk()
    client.force_login(desk.alice)
    typed = desk.typed(headline='The King\'s "walk"', body='<p>"Gone," he said.</p>')
    assert client.post(f"{desk.url}save/", typed).status_code == 302
    assert (desk.head.headline, desk.head.body) == ("The King’s “walk”", "<p>“Gone,” he said.</p>")
    # A script has set them already: a straight one is one that its writer took back.
    typed = desk.typed(headline='The King\'s "walk"')
    assert client.post(f"{desk.url}save/", typed, headers=JSON).status_code == 200
    assert desk.head.headline == 'The King\'s "walk"'
    section = desk.story.section_id
    client.post("/desk/stories/new/", {"headline": 'It\'s "new"', "section": section})
    assert drafts.Draft.objects.latest("pk").head.headline == "It’s “new”"  # type: ignore[union-attr]
