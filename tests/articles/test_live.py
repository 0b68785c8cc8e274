"""Going live, until when, and ending it: by a person with a last line, or by its time (issue: readers are promised
nothing in vain)."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import checks, live_time, pens, posting, workflow
from articles.models import LivePen, LivePost, MoveLog, Story, Update
from articles.reader import assembly, gathering
from articles.refusals import MoveRefused, Refused
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.blocks import paragraphs
from newsroom.notices.models import Notice
from newsroom.publication.current import current
from tests import browser
from tests.articles.test_races import both_at_once
from tests.asserts import page
from tests.factories.accounts import person
from tests.factories.articles import published_story, story
from tests.factories.live import live_pen

pytestmark = pytest.mark.django_db


def move(name: str, subject: Story, by: Person, at: datetime, **answers: str) -> MoveLog:
    subject.refresh_from_db()
    log = workflow.take(name, subject=subject, person=by, expected_version=subject.version, at=at, **answers)
    subject.refresh_from_db()
    return log


def test_it_is_declared_by_somebody_until_a_time(bob: Person, now: datetime) -> None:
    shown = published_story(owner=bob)
    log = move("declare-live", shown, bob, now, until="2025-09-11T15:30")
    assert (shown.live, shown.live_by, shown.live_since) == (True, bob, now)
    assert f"{shown.live_until:%H:%M}" == "14:30"
    assert log.reason == "Until 15:30 BST on 11 September 2025."
    move("prolong-live", shown, bob, now)
    assert shown.live_until == now + timedelta(hours=12), "a shift, where nobody says otherwise"
    with pytest.raises(MoveRefused) as refused:
        move("prolong-live", shown, bob, now, until="2025-09-11T08:00")
    assert list(refused.value.messages) == ["until"]
    quiet = published_story()
    with pytest.raises(MoveRefused):
        move("prolong-live", quiet, bob, now)


def test_ending_it_leaves_a_last_line_on_the_one_clock(bob: Person, now: datetime, client: Client) -> None:
    shown = published_story(live=True)
    at = now + timedelta(hours=1)
    with pytest.raises(MoveRefused) as refused:
        move("end-live", shown, bob, at)
    assert list(refused.value.messages) == ["line"]
    with pytest.raises(MoveRefused) as refused:
        move("end-live", shown, bob, at, line="He called it “over”.")
    assert "not tied to a source" in refused.value.messages["line"], "as every public line"
    pen = live_pen(shown, by=bob)
    log = move("end-live", shown, bob, timezone.now(), line="The gates are closed.")
    assert (shown.live, shown.live_until, shown.live_by, shown.live_since) == (False, None, None, None)
    note = Update.objects.get()
    assert (note.kind, note.line, note.revision) == ("update", "The gates are closed.", shown.published_revision)
    assert shown.visible_updated_at == note.at == log.at
    assert log.reason == "The gates are closed."
    pen.refresh_from_db()
    assert (pen.taken_back_at, pen.taken_back_by) == (log.at, bob), "the pens end with it"
    root = page(client.get(shown.path))
    assert "The gates are closed." in root.one("section", "update").text
    assert "We will continue" not in root.text


def test_no_line_passes_a_hold_and_none_is_asked_where_nobody_reads(bob: Person, now: datetime) -> None:
    legal = person("legal")
    held = published_story(live=True)
    Story.objects.filter(pk=held.pk).update(held_at=now, held_by=legal, held_reason="A letter came.")
    unseen = story(live=True)
    for subject in (held, unseen):
        subject.refresh_from_db()
        draft = subject.drafts.get()
        (choice,) = [one for one in workflow.moves_for(bob, draft, at=now) if one.move.name == "end-live"]
        assert choice.asks == ()
        move("end-live", subject, bob, now, line="Words that nobody checked.")
        assert not subject.live
    assert not Update.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_its_time_ends_it_by_itself(bob: Person, now: datetime) -> None:
    shown, other = published_story(owner=person("reporter")), published_story()
    for one in (shown, other):
        move("declare-live", one, bob, now)
    dele = live_pen(shown, by=bob, at=now).person
    Story.objects.filter(pk=other.pk).update(live_until=now + timedelta(hours=13))
    ends = now + timedelta(hours=12)
    assert live_time.sweep(ends - timedelta(seconds=1)) == 0
    assert live_time.sweep(ends) == 1
    shown.refresh_from_db()
    other.refresh_from_db()
    assert (shown.live, other.live) == (False, True)
    log = MoveLog.objects.get(move="end-live-due")
    assert (log.person, log.at, log.revision) == (bob, ends, shown.published_revision)
    assert LivePen.objects.get().taken_back_at == ends
    assert not Update.objects.exists(), "nobody was there to say a last line"
    assert live_time.sweep(ends) == 0
    outbox.relay()
    told = set(Notice.objects.filter(key__startswith="live-over").values_list("person__name", flat=True))
    assert told == {bob.name, dele.name, shown.owner.name}


def test_one_that_cannot_be_ended_holds_no_other_up(
    bob: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = published_story(), published_story()
    for one in (first, second):
        move("declare-live", one, bob, now)
    real = pens.end

    def failing(subject: Story, **facts: Any) -> None:
        if subject.pk == first.pk:
            raise RuntimeError("broken")
        real(subject, **facts)

    monkeypatch.setattr(live_time.pens, "end", failing)
    assert live_time.sweep(now + timedelta(hours=12)) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.live, second.live) == (True, False)


def test_the_page_drops_the_notice_at_the_minute_whatever_the_sweep_does(client: Client) -> None:
    now = timezone.now()
    shown = published_story(live=True)
    Story.objects.filter(pk=shown.pk).update(live_until=now + timedelta(minutes=5))
    answer = client.get(shown.path)
    assert "We will continue" in answer.content.decode()
    found = gathering.find(shown.section.slug, shown.slug, now)
    assert found is not None
    assert assembly.page(found, current(), now).until == now + timedelta(minutes=5), "no kept page outlasts it"
    Story.objects.filter(pk=shown.pk).update(live_until=now - timedelta(seconds=1))
    answer = client.get(shown.path)
    assert "We will continue" not in answer.content.decode()


def test_a_pen_is_given_by_an_editor_for_a_time(alice: Person, bob: Person) -> None:
    now = timezone.now()
    shown = published_story(live=True)
    Story.objects.filter(pk=shown.pk).update(live_until=now + timedelta(hours=3))

    def give(by: Person = bob, to: Person | None = alice, until: str = "") -> LivePen:
        return pens.give(story_id=shown.pk, person=by, to_id=to.pk if to else None, until=until, at=now)

    for by, to, until, field in (
        (alice, alice, "", ""),
        (bob, None, "", "person"),
        (bob, person("editor", name="Erin"), "", "person"),
        (bob, person("marketing"), "", "person"),
        (bob, alice, "soon", "until"),
        (bob, alice, f"{timezone.localtime(now) + timedelta(hours=4):%Y-%m-%dT%H:%M}", "until"),
    ):
        with pytest.raises(Refused) as refused:
            give(by, to, until)
        assert list(refused.value.messages) == [field], (by, to, until)
    first = give()
    assert (first.given_by, first.until) == (bob, now + timedelta(hours=3)), "as long as the story is live"
    second = give(until=f"{timezone.localtime(now) + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    first.refresh_from_db()
    assert (first.taken_back_at, first.taken_back_by) == (now, bob)
    assert pens.why_not(alice, shown, now) == ""
    assert "hold the live pen" in pens.why_not(alice, shown, second.until), "it is over"
    pens.take_back(second, person=bob, at=now)
    assert "hold the live pen" in pens.why_not(alice, shown, now)
    with pytest.raises(Refused):
        pens.take_back(second, person=alice, at=now)
    move("end-live", shown, bob, now, line="Over.")
    with pytest.raises(Refused):
        give()


def test_the_rows_of_pens_stay(bob: Person) -> None:
    pen = live_pen()
    rows = LivePen.objects.filter(pk=pen.pk)
    for facts in ({"until": timezone.now() + timedelta(days=9)}, {"person": bob}, {"given_by": pen.person}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**facts)
    rows.update(taken_back_at=timezone.now())
    for act in (lambda: rows.update(taken_back_at=None), lambda: rows._raw_delete("default")):  # type: ignore[attr-defined]
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_desk_gives_and_takes_the_pen(bob: Person, client: Client) -> None:
    client.force_login(bob)
    shown, dele = published_story(live=True), person("reporter", name="Dele Okoro")
    here = reverse("articles-desk:live-post", args=[shown.pk])
    refused = client.post(reverse("articles-desk:live-pen-give", args=[shown.pk]), {"person": "x", "until": "soon"})
    assert refused.status_code == 422
    root = page(refused)
    assert root.one("p", id="pen-person-error").text == "Choose a reporter of the list."
    assert root.one("input", name="until").attributes["value"] == "soon", "what was typed stays"
    given = client.post(reverse("articles-desk:live-pen-give", args=[shown.pk]), {"person": dele.pk}, follow=True)
    assert "Dele Okoro has the live pen until" in given.content.decode()
    pen = LivePen.objects.get()
    other = reverse("articles-desk:live-pen-take-back", args=[published_story().pk, pen.pk])
    assert client.post(other).status_code == 404
    client.post(reverse("articles-desk:live-pen-take-back", args=[shown.pk, pen.pk]))
    assert f"by {bob.name}" in client.get(here).content.decode()


@pytest.mark.parametrize("nothing", ["\u200b", "\u00ad", "\u2060", "\ufeff"])
def test_a_line_of_nothing_shifts_no_key(bob: Person, now: datetime, nothing: str) -> None:
    """Pasted text has lines of invisible characters, and cleaning drops them: notes and merges would name the paragraph
    above the one that they mean."""
    seen = published_story(live=True)
    before = seen.published_revision
    made = posting.post(story_id=seen.pk, person=bob, words=f"The King is here.\n{nothing}\nHe waves.", at=now)
    seen.refresh_from_db()
    revision = seen.published_revision
    assert before is not None
    assert revision is not None
    assert revision.paragraph_keys == [*made.paragraphs, *before.paragraph_keys]
    assert len(paragraphs.split(revision.body)) == len(revision.paragraph_keys) == 4


def test_a_last_line_does_not_turn_the_clock_back(bob: Person, now: datetime) -> None:
    """Two machines' clocks differ by a little (promise 10)."""
    shown = published_story(live=True, at=now)
    Story.objects.filter(pk=shown.pk).update(visible_updated_at=now + timedelta(seconds=2))
    move("end-live", shown, bob, now, line="The day is over.")
    assert shown.visible_updated_at == now + timedelta(seconds=2)


def test_nor_does_a_post_of_a_slower_clock(bob: Person, now: datetime) -> None:
    shown = published_story(live=True, at=now)
    for seconds, words in ((2, "The King is here."), (0, "The band plays.")):
        posting.post(story_id=shown.pk, person=bob, words=words, at=now + timedelta(seconds=seconds))
    shown.refresh_from_db()
    assert shown.visible_updated_at == now + timedelta(seconds=2)


def test_what_was_given_another_time_meanwhile_is_not_ended(now: datetime) -> None:
    """The sweep had it on its list; before it came to it, somebody gave it three hours more."""
    shown = published_story(live=True)
    Story.objects.filter(pk=shown.pk).update(live_until=now + timedelta(hours=3))
    assert not live_time._end(shown.pk, now)
    shown.refresh_from_db()
    assert shown.live


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_out_with_a_pen_once_it_is_taken_back(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post that is half-way through is waited for: whoever takes the pen back sees all that was written with it."""
    pen = live_pen(at=now)
    half_way, run = threading.Event(), checks.run

    def slowly(*args: Any, **facts: Any) -> list[checks.Check]:
        half_way.set()
        time.sleep(1)
        return run(*args, **facts)

    def take_back() -> int:
        half_way.wait(10)
        pens.take_back(pen, person=pen.given_by, at=now)
        return LivePost.objects.count()

    monkeypatch.setattr(checks, "run", slowly)
    words = "The King is here."
    posted, known = both_at_once(
        lambda: posting.post(story_id=pen.story_id, person=pen.person, words=words, at=now), take_back
    )
    assert isinstance(posted, LivePost), posted
    assert known == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_field_keeps_what_is_typed_and_the_focus(surroundings: dict[str, str], site: Any) -> None:
    """While a post is on its way, and while the board reads itself anew."""
    bob = person("editor")
    shown = published_story(headline="A day at the harbour", live=True, at=timezone.now())
    window = site.page(bob)
    window.goto(reverse("articles-desk:board"))
    field = window.get_by_label("Live post: A day at the harbour")
    field.fill("The band plays.")
    field.evaluate("field => { field.form.requestSubmit(); field.value += ' The King is here.'; }")
    window.get_by_text("Posted. Readers see it now.").wait_for()
    assert field.input_value() == "The King is here."
    assert shown.posts.get().words == "The band plays."
    field.fill("")
    field.focus()
    before = window.locator("#board").get_attribute("data-version")
    Story.objects.filter(pk=shown.pk).update(live_since=timezone.now())
    browser.until(
        lambda: window.locator("#board").get_attribute("data-version") != before, "the board read itself anew"
    )
    assert field.evaluate("field => field === document.activeElement"), "where somebody is about to type"
    assert not site.complaints
