"""What editors put first on the front page and on a section's page (promises 1, 4, 6, 8, 9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import pinning, workflow
from articles.models import Front, Pin, Section, Story
from articles.pinning import Wanted
from articles.refusals import Refused
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from tests.articles.test_races import both_at_once
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
FRONT = reverse("articles-desk:front")


@pytest.fixture
def editor() -> Person:
    return person("editor")


@pytest.fixture
def desk(editor: Person) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def many(number: int, **facts: Any) -> list[Story]:
    """The last is the newest."""
    return [
        make.published_story(headline=f"Story {n}", at=make.AT + timedelta(minutes=n), **facts) for n in range(number)
    ]


def pin(
    *stories: Story, by: Person, section: Section | None = None, version: int = 0, until: datetime | None = None
) -> Front:
    wanted = [Wanted(story.pk, until) for story in stories]
    return pinning.arrange(section, person=by, expected_version=version, wanted=wanted, at=timezone.now())


def first(path: str = "/") -> list[str]:
    root = page(Client().get(path)).one("div", "front")
    return [head.text for head in root.walk() if "head" in head.classes]


def test_pinned_stories_stand_first_in_order_and_the_rest_fills_itself(editor: Person) -> None:
    stories = many(8)
    assert first() == ["Story 7", "Story 6", "Story 5", "Story 4", "Story 3"]
    pin(stories[0], stories[5], by=editor)
    assert first() == ["Story 0", "Story 5", "Story 7", "Story 6", "Story 4"]
    root = page(Client().get("/"))
    assert_sound(root)
    paths = [a.attributes["href"] for a in root.one("main").all("a") if a.attributes["href"].count("/") == 3]
    assert len(paths) == len(set(paths)), "no story stands twice"
    pin(by=editor, version=1)
    assert first()[0] == "Story 7"


def test_a_place_that_is_left_over_prefers_a_picture(editor: Person) -> None:
    lead = pictures.image_placement()
    make.published_story(headline="Pictured", lead_image=lead, at=make.AT - timedelta(minutes=1))
    stories = many(4)
    assert first()[0] == "Pictured"
    pin(stories[1], by=editor)
    assert first() == ["Story 1", "Pictured", "Story 3", "Story 2", "Story 0"]


def test_a_sections_page_has_an_order_of_its_own(editor: Person) -> None:
    stories = many(25)
    other = make.published_story(headline="Elsewhere", section=make.section("Houses"))
    pin(stories[2], by=editor, section=stories[2].section)
    pin(stories[3], other, by=editor)
    assert first("/royals/")[:2] == ["Story 2", "Story 24"]
    assert first()[:2] == ["Story 3", "Elsewhere"]
    seen = [head.text for head in page(Client().get("/royals/")).one("main").walk() if "head" in head.classes]
    assert len(seen) == len(set(seen))
    assert {f"Story {n}" for n in range(5, 25)} < set(seen), "what the pin pushed back is not lost"
    with pytest.raises(Refused):
        pin(other, by=editor, section=stories[2].section, version=1)


@pytest.mark.parametrize("away", ["embargo", "withdrawal", "section", "time"])
def test_a_pin_drops_out_by_itself_and_says_so(editor: Person, desk: Client, away: str) -> None:
    """Promises 8 and 9: a pin is no road around them."""
    story, *_, newest = many(6)
    royals, now = story.section, timezone.now()
    pin(story, by=editor, section=royals, until=now + timedelta(hours=1))
    pin(story, by=editor, until=now + timedelta(hours=1))
    said = {
        "embargo": "Under embargo until",
        "withdrawal": "Withdrawn: readers do not get it.",
        "section": "It is in Houses now",
        "time": "left its place by itself",
    }[away]
    if away == "embargo":
        Story.objects.filter(pk=story.pk).update(embargo_until=now + timedelta(days=1))
    elif away == "withdrawal":
        workflow.withdraw(
            story=story, person=editor, expected_version=story.version, at=now, reason="Wrong", notice="Gone."
        )
    elif away == "section":
        Story.objects.filter(pk=story.pk).update(section=make.section("Houses"))
    else:
        Pin.objects.update(until=now - timedelta(seconds=1))
    paths = ["/royals/"] if away == "section" else ["/royals/", "/"]
    for path in paths:
        assert first(path)[0] == newest.published_revision.headline, path  # type: ignore[union-attr]
        if away != "section":
            assert "Story 0" not in first(path)
    html = desk.get(reverse("articles-desk:front-section", args=["royals"])).content.decode()
    assert said in html


def test_a_page_is_drawn_anew_when_a_pin_ends(editor: Person) -> None:
    from newsroom.pagecache.handover import Handover, rendering

    stories, end = many(2), timezone.now() + timedelta(hours=1)
    for section, path in ((None, "/"), (stories[0].section, "/royals/")):
        pin(stories[0], by=editor, section=section, until=end)
        token = rendering.set(Handover())
        try:
            Client().get(path)
            box = rendering.get()
            assert box is not None
            assert box.until == end, path
        finally:
            rendering.reset(token)


@pytest.mark.django_db(transaction=True)
def test_an_order_is_recorded_and_purges_its_page_alone(editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from articles import handlers

    purged: list[str] = []
    monkeypatch.setattr(handlers, "purge", lambda *tags, **_: purged.extend(tags))
    story = many(1)[0]
    pin(story, by=editor)
    outbox.relay()
    assert purged == ["home"]
    pin(story, by=editor, section=story.section)
    outbox.relay()
    assert purged == ["home", f"section:{story.section_id}"]
    rows = AuditRow.objects.filter(action="front.arranged").order_by("pk")
    assert [(row.person_id, row.facts["stories"]) for row in rows] == [(editor.pk, [story.pk])] * 2


def test_what_cannot_be_pinned(editor: Person) -> None:
    stories = many(6)
    hidden = [
        make.story(headline="Draft"),
        make.withdrawn_story(),
        make.published_story(at=timezone.now() + timedelta(hours=1)),
    ]
    for wanted in ([*stories], [stories[0], stories[0]], *([one] for one in hidden)):
        with pytest.raises(Refused):
            pin(*wanted, by=editor)
    with pytest.raises(Refused) as late:
        pin(stories[0], by=editor, until=timezone.now() - timedelta(minutes=1))
    assert list(late.value.messages) == [f"until-{stories[0].pk}"]
    with pytest.raises(Refused):
        pin(stories[0], by=person("reporter"))
    assert not Pin.objects.exists()
    assert not AuditRow.objects.filter(action="front.arranged").exists()


def test_one_that_was_pinned_keeps_its_place_while_it_is_away(editor: Person) -> None:
    stories = many(3)
    pin(stories[0], by=editor)
    Story.objects.filter(pk=stories[0].pk).update(embargo_until=timezone.now() + timedelta(days=1))
    pin(stories[0], stories[1], by=editor, version=1)
    assert first()[0] == "Story 1"
    Story.objects.filter(pk=stories[0].pk).update(embargo_until=None)
    assert first()[:2] == ["Story 0", "Story 1"]


def test_the_second_of_two_editors_is_told_and_loses_nothing(editor: Person, desk: Client) -> None:
    stories = many(3)
    form = {"expected_version": "0", "story": [stories[1].pk], f"until-{stories[1].pk}": "2099", "act": "find"}
    assert desk.post(FRONT, form).status_code == 200
    bob = person("editor", name="Bob Barrow")
    pin(stories[0], by=bob)
    sent = {"expected_version": "0", "story": [stories[2].pk, stories[1].pk], "act": "save"}
    refused = desk.post(FRONT, sent)
    assert refused.status_code == 409
    root = page(refused)
    assert "Bob Barrow was first." in root.text
    assert [one.text for one in root.one("ol", "stands-now").all("li")] == ["Story 0"]
    assert [one.attributes["value"] for one in root.all("input", name="story")] == [str(stories[n].pk) for n in (2, 1)]
    assert first()[0] == "Story 0"
    again = {**sent, "expected_version": root.one("input", name="expected_version").attributes["value"]}
    assert desk.post(FRONT, again).status_code == 302
    assert first()[:2] == ["Story 2", "Story 1"]


def test_the_form_changes_nothing_for_readers_until_it_is_pressed(editor: Person, desk: Client) -> None:
    stories = many(4)

    def rows(**sent: Any) -> list[str]:
        answer = desk.post(FRONT, {"expected_version": "0", **sent})
        assert answer.status_code == 200
        return [one.attributes["value"] for one in page(answer).all("input", name="story")]

    a, b, c = (str(story.pk) for story in stories[:3])
    assert rows(story=[a], act=f"add-{b}") == [a, b]
    assert rows(story=[a, b, c], act=f"up-{c}") == [a, c, b]
    assert rows(story=[a, b, c], act=f"down-{a}") == [b, a, c]
    assert rows(story=[a, b, c], act=f"up-{a}") == [a, b, c]
    assert rows(story=[a, b, c], act=f"drop-{b}") == [a, c]
    assert rows(**{"story": [a, b], f"place-{a}": "2", f"place-{b}": "1"}, act="find") == [b, a], "without scripts"
    for act in ("add-", "add-99999999", "up-x", "sideways-1", "drop-0", ""):
        assert rows(story=[a], act=act) == [a]
    assert first()[0] == "Story 3"
    assert not Front.objects.exists()


def test_a_time_that_cannot_be_stays_beside_its_field(desk: Client) -> None:
    story = many(1)[0]
    for typed in ("yesterday", "2020-01-01T10:00", "9999-12-31T23:59"):
        answer = desk.post(
            FRONT, {"expected_version": "0", "story": [story.pk], f"until-{story.pk}": typed, "act": "save"}
        )
        assert answer.status_code == 422
        root = page(answer)
        assert root.one("p", id=f"until-{story.pk}-error")
        assert root.one("input", id=f"until-{story.pk}").attributes["value"] == typed
    assert not Pin.objects.exists()


def test_it_is_tried_out_without_being_kept(desk: Client) -> None:
    stories = many(4)
    answer = desk.post(FRONT, {"expected_version": "0", "story": [stories[0].pk], "act": "preview"})
    root = page(answer)
    assert root.one("article", "lead").one("h2").text == "Story 0"
    assert not hasattr(answer, "page_tags")
    section = reverse("articles-desk:front-section", args=["royals"])
    answer = desk.post(section, {"expected_version": "0", "story": [stories[1].pk], "act": "preview"})
    assert page(answer).one("article", "lead").one("h2").text == "Story 1"
    assert first()[0] == "Story 3"


def test_stories_are_found_for_it(desk: Client) -> None:
    many(3)
    make.published_story(headline="Marmalade", section=make.section("Houses"))
    make.story(headline="Marmalade in the making")

    def found(path: str, q: str) -> list[str]:
        root = page(desk.post(path, {"expected_version": "0", "q": q, "act": "find"}))
        return [row.all("p")[0].text for list_ in root.all("ul", "finds") for row in list_.all("li")]

    assert found(FRONT, "marmalade") == ["Marmalade"]
    assert len(found(FRONT, "")) == 4
    assert found(reverse("articles-desk:front-section", args=["royals"]), "marmalade") == []
    assert desk.get(reverse("articles-desk:front-section", args=["nowhere"])).status_code == 404


@pytest.mark.parametrize("number", [1, 20])
def test_pages_with_pins_cost_at_most_six_queries(editor: Person, number: int, at_most: Any) -> None:
    lead = pictures.image_placement()
    stories = many(number, lead_image=lead)
    pin(*stories[:5], by=editor)
    pin(*stories[:5], by=editor, section=stories[0].section)
    for path in ("/", "/royals/"):
        with at_most(6):
            assert Client().get(path).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(editor: Person) -> None:
    stories = many(2)
    acts = [lambda story=story: pin(story, by=editor) for story in stories]
    results = both_at_once(*acts)
    assert sorted(type(result).__name__ for result in results) == ["Front", "Stale"]
    assert Pin.objects.count() == 1
