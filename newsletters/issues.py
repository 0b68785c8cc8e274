"""An issue's way: composed from published stories, frozen, sent, held."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce

from articles.access import published
from articles.models import Story
from newsletters import alarms, preflight, shown
from newsletters.book import CANCELLED
from newsletters.composition import letter
from newsletters.events import ISSUE_STARTED
from newsletters.models import Delivery, Issue, IssueStory, Newsletter
from newsroom.audit import note
from newsroom.outbox import record
from newsroom.wording import quoted

State = Issue.State
MOST_STORIES = 20


class Refused(Exception):
    """The issue cannot do that now. ``message`` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Late(Refused):
    """Somebody changed the issue first. Nothing of theirs was overwritten."""


def start(newsletter: Newsletter, *, person: Any, at: datetime) -> Issue:
    """Begin an empty issue."""
    return Issue.objects.create(newsletter=newsletter, made_by=person, made_at=at, changed_at=at)


def save(issue_id: int, *, expected_version: int, subject: str, preview_text: str, intro: str, at: datetime) -> None:
    """Store the words of an issue that is being composed.

    Raises:
        Late: somebody saved since ``expected_version``, or it is no longer being composed.
        Refused: a line is too long.
    """
    subject, preview_text = " ".join(subject.split()), " ".join(preview_text.split())
    for text, most, name in ((subject, 150, "subject"), (preview_text, 150, "preview text"), (intro, 2000, "opening")):
        if len(text) > most:
            raise Refused(f"The {name} has {len(text)} characters; {most} is the most.")
    changed = _composing(issue_id, expected_version).update(
        subject=subject,
        preview_text=preview_text,
        intro=intro.replace("\r\n", "\n").strip(),
        version=F("version") + 1,
        changed_at=at,
    )
    if not changed:
        raise Late("Somebody else changed this issue, or it has been sent. Your words are still in the fields.")


def pick(issue_id: int, story_id: int, *, at: datetime) -> None:
    """Put a published story at the end of the issue. Picked twice, it stands there once.

    Raises:
        Refused: readers cannot see the story, or the issue is full or no longer being composed.
    """
    with transaction.atomic():
        issue = _held(issue_id)
        if not published(at).filter(pk=story_id).exists():
            raise Refused("Readers cannot see this story at the moment, so it cannot go into an issue.")
        if issue.places.count() >= MOST_STORIES:
            raise Refused(f"An issue holds {MOST_STORIES} stories. Take one out first.")
        last = issue.places.aggregate(last=Coalesce(Max("position"), 0))["last"]
        IssueStory.objects.get_or_create(issue=issue, story_id=story_id, defaults={"position": last + 1})
        _touch(issue, at)


def drop(issue_id: int, story_id: int, *, at: datetime) -> None:
    """Take a story out of the issue. Raises Refused when it is no longer being composed."""
    with transaction.atomic():
        issue = _held(issue_id)
        issue.places.filter(story_id=story_id).delete()
        _touch(issue, at)


def move(issue_id: int, story_id: int, by: int, *, at: datetime) -> None:
    """Move a story up (-1) or down (+1) one place. At the end of the list nothing happens."""
    with transaction.atomic():
        issue = _held(issue_id)
        places = list(issue.places.all())
        old = next((number for number, place in enumerate(places) if place.story_id == story_id), None)
        if old is None or not 0 <= old + by < len(places):
            return
        places.insert(old + by, places.pop(old))
        for number, place in enumerate(places, start=1):
            place.position = number
        IssueStory.objects.bulk_update(places, ["position"])
        _touch(issue, at)


def shape(issue_id: int, story_id: int, shape: str, *, at: datetime) -> None:
    """Show a story as a card or as a whole. Raises Refused for anything else."""
    if shape not in IssueStory.Shape.values:
        raise Refused("A story stands in an issue as a card or as a whole.")
    with transaction.atomic():
        issue = _held(issue_id)
        issue.places.filter(story_id=story_id).update(shape=shape)
        _touch(issue, at)


def candidates(issue: Issue, query: str, *, at: datetime, limit: int = 20) -> QuerySet[Story]:
    """Return published stories that could go into the issue, newest first, those in it already left out.

    Args:
        query: words that the headline must hold; empty for the newest.
    """
    stories = published(at).exclude(issues=issue)
    for word in query.split()[:8]:
        stories = stories.filter(published_revision__headline__icontains=word)
    return stories.select_related("section", "published_revision").order_by("-visible_updated_at", "-pk")[:limit]


def send(issue_id: int, *, person: Any, expected_version: int, at: datetime) -> Issue:
    """Freeze the issue and begin to send it: one transaction with the event that wakes the senders.

    What is frozen here is what every subscriber gets, whatever changes later.

    Raises:
        Late: somebody changed or sent it since ``expected_version``.
        Refused: a check stops it.
    """
    with transaction.atomic():
        issue = Issue.objects.select_for_update(of=("self",)).select_related("newsletter__purpose").get(pk=issue_id)
        if issue.state != State.COMPOSING or issue.version != expected_version:
            raise Late("Somebody else changed this issue, or it is being sent already. Look at it again.")
        composed = letter.compose(issue, at=at)
        stopping = [check.message for check in preflight.checks(issue, composed, at=at) if check.stops]
        if stopping:
            raise Refused(" ".join(stopping))
        shown.keep(issue, composed.shown)
        try:
            shown.hold_fast(issue.pk, at=at)
        except shown.Gone as error:
            raise Refused(error.message) from None
        if _moved_on(composed):
            raise Late("A story in this issue was updated at this moment. Look at the letter again.")
        for place in composed.places:
            IssueStory.objects.filter(pk=place.pk).update(frozen_revision=place.revision_id)
        issue.frozen_subject, issue.frozen_html, issue.frozen_text = composed.subject, composed.html, composed.text
        issue.state, issue.version = State.SENDING, issue.version + 1
        issue.frozen_at = issue.started_at = issue.changed_at = at
        issue.sent_by = person
        issue.save()
        note(person, "newsletters.send", f"issue:{issue.pk}", subject_line=issue.subject)
        record(ISSUE_STARTED, issue_id=issue.pk)
    return issue


def hold(issue_id: int, *, why: str, at: datetime, person: Any = None) -> bool:
    """Stop a sending where it stands. Letters that a sender is handing over at this moment may still leave.

    Returns: False when it was not being sent.
    """
    with transaction.atomic():
        held = Issue.objects.filter(pk=issue_id, state=State.SENDING).update(
            state=State.HELD, held_why=why[:600], version=F("version") + 1, changed_at=at
        )
        if held:
            note(person, "newsletters.hold", f"issue:{issue_id}", why=why[:600])
            alarms.held(Issue.objects.get(pk=issue_id), why=why, at=at, by=person)
    return bool(held)


def go_on(issue_id: int, *, person: Any, at: datetime) -> None:
    """Go on with a held sending, exactly where it stood.

    Raises:
        Refused: it is not held, or readers may not see a story that the letter shows.
    """
    with transaction.atomic():
        issue = Issue.objects.select_for_update().get(pk=issue_id)
        if issue.state != State.HELD:
            raise Refused("This issue is not held.")
        try:
            shown.hold_fast(issue.pk, at=at)
        except shown.Gone as error:
            raise Refused(f"{error.message} What is left of the sending stays held.") from None
        if gone := shown.pictures_gone(issue, at=at):
            raise Refused(
                f"The picture {quoted(gone[0][:120])}, which this letter shows, may no longer be sent. What is left of the"
                " sending stays held."
            )
        Issue.objects.filter(pk=issue.pk).update(
            state=State.SENDING,
            held_why="",
            stalled_since=None,
            stalled_why="",
            next_try_at=None,
            version=F("version") + 1,
            changed_at=at,
        )
        note(person, "newsletters.go-on", f"issue:{issue.pk}")
        record(ISSUE_STARTED, issue_id=issue.pk)


def cancel(issue_id: int, *, person: Any, at: datetime) -> int:
    """Give up what is left of a held sending. Returns how many letters are not sent because of it.

    Raises:
        Refused: it is not held.
    """
    with transaction.atomic():
        closed = Issue.objects.filter(pk=issue_id, state=State.HELD).update(
            state=State.SENT, finished_at=at, planned_at=Coalesce("planned_at", at), version=F("version") + 1
        )
        if not closed:
            raise Refused("Hold the sending first.")
        given_up = Delivery.objects.filter(
            issue_id=issue_id, state__in=[Delivery.State.PLANNED, Delivery.State.CLAIMED]
        ).update(state=Delivery.State.SKIPPED, why=CANCELLED, claim=None)
        note(person, "newsletters.cancel", f"issue:{issue_id}", letters=given_up)
    return given_up


def _moved_on(composed: letter.Composed) -> bool:
    """Say whether readers see another revision of a story by now than the letter was put together from."""
    now = dict(Story.objects.filter(pk__in=composed.shown).values_list("pk", "published_revision_id"))
    return any(now[item.story_id] != item.revision_id for item in composed.items)


def _composing(issue_id: int, version: int) -> QuerySet[Issue]:
    return Issue.objects.filter(pk=issue_id, state=State.COMPOSING, version=version)


def _held(issue_id: int) -> Issue:
    """The issue, its row held: two people moving stories at once would otherwise give two the same place."""
    issue = Issue.objects.select_for_update().get(pk=issue_id)
    if issue.state != State.COMPOSING:
        raise Refused("This issue is no longer being composed.")
    return issue


def _touch(issue: Issue, at: datetime) -> None:
    Issue.objects.filter(pk=issue.pk).update(version=F("version") + 1, changed_at=at)
