"""What readers are told of what was put right: on the story, and on one page for all stories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import drafts, workflow
from articles.models import Story, Update
from newsroom import outbox
from newsroom.pagecache import purging
from tests.asserts import assert_sound, json_ld, page
from tests.browser import glance
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.factories.corrections import correction

pytestmark = pytest.mark.django_db
PAGE = "/corrections/"


def many(number: int) -> list[Update]:
    owner, made = person("reporter"), []
    for n in range(number):
        story = make.published_story(headline=f"Story {n}", owner=owner)
        made.append(correction(story, line=f"Correction {n}.", at=make.AT + timedelta(minutes=n)))
    return made


def test_prominence_decides_where_the_note_stands_and_the_log_has_all(client: Client) -> None:
    story = make.published_story(body="<p>Words.</p>")
    correction(story, line="At the top.")
    correction(story, line="At the foot.", prominence="foot", places=[("k", "five", "four")])
    make.update(story, line="More came.")
    make.update(story, kind="minor")
    root = page(client.get(story.path))
    assert_sound(root)
    assert [p.text for p in root.one("section", "correction").all("p")] == ["At the top."]
    log = [item.text for item in root.one("section", "log").all("li")]
    assert log == [
        "Correction 11 September 2025, 09.30 BST At the top. It stood in the headline for 2 hours.",
        "Correction 11 September 2025, 10.00 BST At the foot. It stood in the text for 2 hours.",
        "Update 11 September 2025, 10.30 BST More came.",
    ]
    assert "five" not in root.text.replace("Five", ""), "the wrong words are not told again"
    article = next(thing for thing in json_ld(root) if thing["@type"] == "NewsArticle")
    assert [one["text"] for one in article["correction"]] == ["At the foot.", "At the top."]
    feed = client.get("/feeds/rss.xml").content.decode()
    assert feed.index("At the top.") < feed.index("Words.") < feed.index("At the foot.")
    untouched = page(client.get(make.published_story().path))
    assert not untouched.all("section", "log")


def test_the_page_is_read_page_by_page_newest_first(client: Client) -> None:
    assert "Nothing has been corrected yet" in page(client.get(PAGE)).text
    many(43)
    make.update(Story.objects.first(), line="Not a correction.")  # type: ignore[arg-type]
    seen: list[str] = []
    for number, ways in ((1, {"next": "?page=2"}), (2, {"prev": "", "next": "?page=3"}), (3, {"prev": "?page=2"})):
        root = page(client.get(PAGE if number == 1 else f"{PAGE}?page={number}"))
        assert_sound(root)
        seen += [p.text for p in root.all("p", "line")]
        assert {a.attributes["rel"]: a.attributes["href"] for a in root.all("a", "button-line")} == {
            rel: f"{PAGE}{query}" for rel, query in ways.items()
        }
    assert seen == [f"Correction {n}." for n in reversed(range(43))]
    for asked in ("0", "4", "-1", "x", "", "9" * 5000, "2%00"):
        assert client.get(PAGE, {"page": asked}).status_code == 404, asked


@pytest.mark.parametrize("number", [1, 20])
def test_it_costs_three_queries(client: Client, number: int, at_most: Any) -> None:
    many(number)
    with at_most(3):  # the last is the publication’s
        assert len(page(client.get(PAGE)).all("p", "line")) == number


def test_the_footer_and_the_policy_lead_there(client: Client) -> None:
    for path in ("/", "/about/corrections/"):
        assert PAGE in [a.attributes["href"] for a in page(client.get(path)).all("a")], path


def test_what_readers_may_not_see_leaves_the_page(client: Client) -> None:
    """And every page of it that was kept is drawn anew: those behind move up."""
    (note,) = many(1)
    assert client.get(PAGE).page_tags == {"corrections", "publication", f"story:{note.story_id}"}  # type: ignore[attr-defined]
    for facts in (
        {"embargo_until": timezone.now() + timedelta(days=1)},
        {"embargo_until": None, "readers": "withdrawn"},
    ):
        Story.objects.filter(pk=note.story_id).update(**facts)
        answer = client.get(PAGE)
        assert "Correction 0." not in answer.content.decode(), facts
        assert answer.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_moves_purge_it(monkeypatch: pytest.MonkeyPatch) -> None:
    purged: list[str] = []
    real = purging.purge

    def watched(*tags: str, **facts: Any) -> None:
        purged.extend(tags)
        real(*tags, **facts)

    for module in ("articles.handlers", "articles.leaving"):
        monkeypatch.setattr(f"{module}.purge", watched)
    alice, bob, at = person("reporter"), person("editor"), timezone.now()
    story = make.published_story(owner=alice)

    def purges(act: Any) -> bool:
        outbox.relay()
        purged.clear()
        act()
        outbox.relay()
        return "corrections" in purged

    def publish(kind: str) -> None:
        draft = drafts.open_again(story, alice, at=at)
        words = drafts.Content(f"Headline, {kind}", body="<p>Other words.</p>")
        drafts.save(draft.pk, person=alice, expected_version=1, content=words, at=at)
        for move, by in (("submit", alice), ("approve", bob), ("publish", bob)):
            draft.refresh_from_db()
            answers = {"kind": kind, "line": "What changed."} if move == "publish" else {}
            workflow.take(move, subject=draft, person=by, expected_version=draft.version, at=at, **answers)

    def move(name: str, **answers: str) -> None:
        story.refresh_from_db()
        workflow.take(name, subject=story, person=bob, expected_version=story.version, at=at, reason="Why", **answers)

    assert not purges(lambda: publish("update"))
    assert purges(lambda: publish("correction"))
    assert purges(lambda: publish("clarification"))
    assert purges(lambda: move("embargo", until=f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"))
    assert purges(lambda: move("lift-embargo"))
    assert purges(lambda: move("withdraw"))
    assert purges(lambda: move("reinstate"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_the_story_to_all_corrections(surroundings: dict[str, str], site: Any) -> None:
    for note in many(30):
        if note.pk % 3 == 0:
            correction(note.story, line="Its caption named the wrong garden. " * 4, places=[("k", "a", "b")])
    story = make.published_story(headline="Behind closed gates, a first step for the family")
    correction(story, line="It was four days, not five.")
    correction(story, line="The garden opened in June.", prominence="foot", places=[("k", "a", "b")])
    browser = site.page()
    browser.goto(story.path)
    browser.get_by_role("link", name="All our corrections").click()
    assert browser.get_by_role("heading", level=1).inner_text() == "Corrections"
    glance(browser, "corrections")
    browser.get_by_role("link", name="Older corrections").click()
    assert browser.url.endswith(reverse("reader:corrections") + "?page=2")
    assert not site.complaints
