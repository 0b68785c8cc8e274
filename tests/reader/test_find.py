"""Readers' search: what is found and what never, how little each question costs, and what no question can break."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles import published_words, workflow
from articles.models import Draft, PublishedWords, Story
from articles.reader import searching
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures

pytestmark = pytest.mark.django_db


def ask(client: Client, q: str, **more: Any) -> Any:
    response = client.get("/search/", {"q": q, **more})
    assert response.status_code == 200
    return page(response)


def found(client: Client, q: str, **more: Any) -> list[str]:
    return [head.text for head in ask(client, q, **more).one("main").all("h2")]


def sought(q: str) -> list[published_words.Found]:
    """What the search itself finds, before the page asks again what may be shown."""
    return published_words.find(published_words.question(q), at=timezone.now()).rows


def test_words_phrases_accents_and_what_is_left_out(client: Client) -> None:
    make.published_story(
        headline="Zoë Müller walks to Balmoral",
        standfirst="A quiet visit",
        body="<p>The <strong>gar</strong>dens were closing &amp; the gates stayed open.</p>",
    )
    make.published_story(headline="Reading rooms", body="<p>Open the gates, said the crown gardener of the Crown.</p>")
    zoe, rooms = ["Zoë Müller walks to Balmoral"], ["Reading rooms"]
    for q, names in {
        "zoe muller": zoe,
        "garden closed": zoe,  # by the stem
        "quiet": zoe,
        "“open the gates”": rooms,
        '"the gates open"': [],
        '"the crown"': rooms,
        '"said the"': rooms,  # "the" counts inside quotation marks
        '"said gates"': [],
        "gates -gardener": zoe,  # as typed: "gardens" is another word
        'gates -"said the"': zoe,
        "nowhere": [],
    }.items():
        assert found(client, q) == names, q
    assert sorted(found(client, "balmoral or crown")) == sorted(zoe + rooms)


def test_matches_are_marked_as_they_are_written(client: Client) -> None:
    make.published_story(headline="Zoë & the <b>gates</b>", body=f"<p>{'Nothing yet. ' * 60}The gates opened.</p>")
    main = ask(client, "gate zoe").one("main")
    assert [mark.text for mark in main.all("mark")] == ["Zoë", "gates", "gates"]
    assert main.one("h2").text == "Zoë & the <b>gates</b>"
    assert main.one("p", "dek").text.startswith("…")


def test_only_the_published_words_are_found(client: Client) -> None:
    """Promise 1: neither what was said before, nor what is being written, leaves by the search."""
    shown = make.published_story(headline="The queue", body="<p>It reached the river.</p>")
    draft = Draft.objects.create(
        story=shown, opened_by=shown.owner, opened_at=make.AT, changed_at=make.AT, changed_by=shown.owner
    )
    draft.head = make.revision(draft, author=shown.owner, headline="Marmalade", body="<p>It reached Tooting.</p>")
    draft.save()
    make.story(headline="Marmalade too")
    assert not found(client, "marmalade")
    assert not found(client, "tooting")
    Story.objects.filter(pk=shown.pk).update(published_revision=draft.head)
    assert found(client, "tooting") == ["Marmalade"]
    assert not found(client, "river")


@pytest.fixture(params=["in the index", "from the newest on"])
def road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of finding, whatever PostgreSQL would expect of so few stories."""
    monkeypatch.setattr(published_words, "COMMON", 0 if request.param == "from the newest on" else 10**9)
    return str(request.param)


@pytest.mark.usefixtures("road")
def test_an_embargo_and_a_withdrawal_hold_at_once(client: Client) -> None:
    """Promises 8 and 9."""
    from tests.factories.accounts import person

    shown, other = make.published_story(headline="Marmalade"), make.published_story(headline="Marmalade again")
    assert len(found(client, "marmalade")) == 2
    Story.objects.filter(pk=shown.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    assert found(client, "marmalade") == ["Marmalade again"]
    # Not only left out of the list: it is not counted either, and its receipt would say so.
    assert [row.story_id for row in sought("marmalade")] == [other.pk]
    assert not published_words.findable(shown.pk, timezone.now())
    Story.objects.filter(pk=shown.pk).update(embargo_until=timezone.now() - timedelta(seconds=1))
    assert len(found(client, "marmalade")) == 2
    at = timezone.now()
    workflow.withdraw(
        story=other, person=person("editor"), expected_version=other.version, at=at, reason="Wrong", notice="Gone."
    )
    assert found(client, "marmalade") == ["Marmalade"]
    assert not PublishedWords.objects.filter(pk=other.pk).exists(), "its words are kept no longer than it is shown"
    make.published_story(headline="Marmalade to come", at=timezone.now() + timedelta(hours=1))
    assert found(client, "marmalade") == ["Marmalade"]


@pytest.mark.usefixtures("road")
def test_by_section_and_in_both_orders(client: Client) -> None:
    houses = make.section("Houses")
    make.published_story(headline="Once", body=f"<p>{'word ' * 80} marmalade</p>", at=make.AT + timedelta(days=2))
    best = make.published_story(headline="Marmalade, marmalade", section=houses)
    assert found(client, "marmalade") == ["Marmalade, marmalade", "Once"]
    assert found(client, "marmalade", order="newest") == ["Once", "Marmalade, marmalade"]
    assert found(client, "marmalade", section="houses") == ["Marmalade, marmalade"]
    root = ask(client, "marmalade", section="nowhere", order="sideways")
    assert len(root.one("main").all("h2")) == 2
    Story.objects.filter(pk=best.pk).update(section=make.section("Royals"))
    assert not found(client, "marmalade", section="houses")


@pytest.mark.usefixtures("road")
def test_page_by_page_and_no_further(client: Client) -> None:
    for number in range(43):
        make.published_story(headline=f"Marmalade {number}", at=make.AT + timedelta(minutes=number), owner=_owner())
    seen: list[str] = []
    for number, count in ((1, 20), (2, 20), (3, 3)):
        root = ask(client, "marmalade", order="newest", **({"page": number} if number > 1 else {}))
        assert_sound(root)
        heads = [head.text for head in root.one("main").all("h2")]
        assert len(heads) == count
        seen += heads
    assert seen == [f"Marmalade {number}" for number in reversed(range(43))]
    for asked in ("4", "0", "x", "9999"):
        assert client.get("/search/", {"q": "marmalade", "page": asked}).status_code == 404


def _owner() -> Any:
    from tests.factories.accounts import person

    return person("reporter")


@pytest.mark.usefixtures("road")
def test_the_newest_are_ranked_and_more_are_owned_up_to(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_words, "RANKED", 3)
    make.published_story(headline="Marmalade marmalade", at=make.AT - timedelta(days=1))
    for number in range(3):
        make.published_story(headline=f"Day {number}", body="<p>Marmalade.</p>", at=make.AT + timedelta(days=number))
    root = ask(client, "marmalade")
    assert "one more word reaches older ones" in root.one("main").text
    assert sorted(head.text for head in root.one("main").all("h2")) == ["Day 0", "Day 1", "Day 2"]


def test_a_walk_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two common words that hardly ever stand together must not make every search look at every story."""
    monkeypatch.setattr(published_words, "COMMON", 0)
    monkeypatch.setattr(published_words, "WINDOW", 2)
    for number in range(3):
        make.published_story(headline=f"Marmalade {number}", at=make.AT + timedelta(days=number))
    root = ask(client, "marmalade", order="newest")
    assert [head.text for head in root.one("main").all("h2")] == ["Marmalade 2", "Marmalade 1"]
    assert "one more word reaches older ones" in root.one("main").text


@pytest.mark.parametrize("number", [1, 20])
def test_a_question_costs_at_most_six_queries(client: Client, number: int, at_most: Any) -> None:
    lead = pictures.image_placement()
    for each in range(number):
        make.published_story(headline=f"Marmalade {each}", lead_image=lead, owner=_owner())
    with at_most(6):
        assert len(found(client, "marmalade")) == number


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("", "Type a word or a name"),
        ("  \x07 ?! ", "Type a word or a name"),
        ("the of", "nearly every story"),
        ("-gates", "what they should not"),
        ("x" * 201, "Keep it to 200 characters; this has 201."),
        ("nowhere", "No story has this word."),
        ("nowhere today", "No story has all of these words."),
    ],
)
def test_what_cannot_be_looked_for_is_said_and_nothing_typed_is_lost(client: Client, q: str, said: str) -> None:
    make.published_story()
    root = ask(client, q)
    assert_sound(root)
    assert said in root.one("main").text
    assert root.one("input", id="q").attributes.get("value", "") == " ".join(q.replace("\x07", "").split())


@pytest.mark.parametrize(
    "q",
    [
        "'",
        '"',
        "“",
        "a & !",
        "((",
        ":*",
        "%",
        "%s",
        "\\",
        "\u202e",
        "or or",
        '-"',
        "&lt;",
        "'; DROP TABLE x",
        '"" ""',
        "é" * 200,
        "or " * 66,
        '"a" ' * 49,
        "-a " * 66,
        "-" * 200,
    ],
)
def test_no_question_breaks_it(client: Client, q: str) -> None:
    make.published_story()
    assert client.get("/search/", {"q": q}).status_code == 200
    assert client.get(f"/search/?q={'a%00b'}").status_code == 400


def test_the_empty_form_is_kept_and_no_answer_is(client: Client) -> None:
    make.published_story(headline="Marmalade")
    empty, answered = client.get("/search/"), client.get("/search/", {"q": "marmalade"})
    assert empty.page_tags == {"publication"}  # type: ignore[attr-defined]
    assert not hasattr(answered, "page_tags")
    assert answered["Cache-Control"] == "private, no-cache"
    for response in (empty, answered):
        assert_sound(page(response))
        assert not response.cookies
        assert page(response).one("meta", name="robots").attributes["content"] == "noindex"


def test_an_address_has_a_budget(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make.published_story(headline="Marmalade")
    monkeypatch.setattr(searching, "BUDGET", (2, 60))
    for _ in range(2):
        assert client.get("/search/", {"q": "marmalade"}).status_code == 200
    refused = client.get("/search/", {"q": "marmalade"})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert page(refused).one("input", id="q").attributes["value"] == "marmalade"
    assert client.get("/search/", {"q": "marmalade"}, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert client.get("/search/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_question_that_takes_too_long_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_words, "MILLISECONDS", 50)
    make.published_story(headline="Marmalade")
    held = connection.copy("other")
    try:
        held.set_autocommit(False)
        held.cursor().execute("LOCK TABLE articles_publishedwords IN ACCESS EXCLUSIVE MODE")
        response = client.get("/search/", {"q": "marmalade"})
    finally:
        held.close()
    assert response.status_code == 503
    assert "too long" in page(response).one("main").text
    assert found(client, "marmalade") == ["Marmalade"]
    with connection.cursor() as cursor:  # the bound is the question's alone
        for name, value in (("statement_timeout", "0"), ("enable_seqscan", "on")):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone()[0] == value


def test_the_field_stands_where_people_are_lost(client: Client) -> None:
    lost = page(client.get("/nothing/here/"))
    assert lost.one("form", "search").attributes["action"] == "/search/"
    for path in ("/", "/nothing/here/", "/about/privacy/"):
        assert page(client.get(path)).one("a", "seek").attributes["href"] == "/search/"
