"""The live pen: who may post to a live story without a second reader, until when (promise 3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from articles import gates, moments, notice_kinds
from articles.access import EDITORS, WRITERS, may
from articles.models import LivePen, Story
from articles.refusals import Refused
from newsroom import audit, notices
from newsroom.accounts.models import Person
from newsroom.wording import quoted


def of(story: Story) -> QuerySet[LivePen]:
    """Every pen of a story, also what was taken back; the newest first, people loaded."""
    return LivePen.objects.filter(story=story).select_related("person", "given_by", "taken_back_by")


def held(person: Person, at: datetime) -> QuerySet[LivePen]:
    """The pens that this person may use at ``at``. Whoever gave one stands behind what is written with it, and must still
    be an editor here."""
    sound = LivePen.objects.filter(given_by__is_active=True, given_by__roles__overlap=list(EDITORS))
    return sound.filter(person=person, taken_back_at=None, until__gt=at, story__live=True)


def can_hold() -> QuerySet[Person]:
    """Those to whom a pen can be given: reporters. An editor needs none."""
    here = Person.objects.filter(is_active=True, joined_at__isnull=False, roles__overlap=list(WRITERS))
    return here.exclude(roles__contains=["editor"]).order_by("name", "pk")


def why_not(person: Person, story: Story, at: datetime) -> str:
    """The sentence that keeps this person from posting to the story now, or "". ``held_by`` should be loaded."""
    if not story.live_at(at):
        return "This story is not live."
    if not story.is_published:
        return "Readers do not see this story. A live post needs a published one."
    if why_closed := gates.why_closed(story, at):
        return why_closed
    if not may(person).write:
        return "Your roles do not write stories."
    if may(person).decide or held(person, at).filter(story=story).exists():
        return ""
    return "You do not hold the live pen of this story. An editor gives it."


def give(*, story_id: int, person: Person, to_id: int | None, until: str, at: datetime) -> LivePen:
    """Give a reporter the live pen of a story. A pen that they hold already is replaced by the new one.

    until: as typed; "" for the end of the live story (or 12 hours where it has none).

    Raises:
        Refused: by field (person, until), not an editor, or the story is not live.
    """
    if not may(person).decide:
        raise Refused("An editor gives the live pen.")
    with transaction.atomic():
        # Held, so that nobody ends the live story, and with it its pens, before this one is there.
        story = Story.objects.select_for_update(of=("self",), no_key=True).get(pk=story_id)
        if not story.live_at(at):
            raise Refused("This story is not live. Declare it live first.")
        messages: dict[str, str] = {}
        to = can_hold().filter(pk=to_id or 0).first()
        if to is None:
            messages["person"] = "Choose a reporter of the list."
        ends = story.live_until or at + moments.SHIFT
        try:
            ends = moments.read(until, at=at) if until.strip() else ends
        except moments.NotAMoment as refusal:
            messages["until"] = str(refusal)
        else:
            if story.live_until is not None and ends > story.live_until:
                messages["until"] = f"The story is live until {moments.said(story.live_until)}. No pen outlasts it."
        if messages or to is None:
            raise Refused(messages)
        LivePen.objects.filter(story=story, person=to, taken_back_at=None).update(
            taken_back_at=at, taken_back_by=person
        )
        pen = LivePen.objects.create(story=story, person=to, given_by=person, given_at=at, until=ends)
        audit.note(person, "story.live-pen-given", f"story:{story.pk}", pen=pen.pk, to=to.pk)
        _tell(pen, at)
    return pen


def take_back(pen: LivePen, *, person: Person, at: datetime) -> None:
    """End a pen now. Ended already: it stays as it is.

    Raises:
        Refused: not an editor.
    """
    if not may(person).decide:
        raise Refused("An editor takes the live pen back.")
    with transaction.atomic():
        # The story's row, as a post takes it: none is half-way through with this pen.
        Story.objects.select_for_update(of=("self",), no_key=True).get(pk=pen.story_id)
        if LivePen.objects.filter(pk=pen.pk, taken_back_at=None).update(taken_back_at=at, taken_back_by=person):
            audit.note(person, "story.live-pen-taken", f"story:{pen.story_id}", pen=pen.pk)


def end(story: Story, *, by: Person | None, at: datetime) -> None:
    """Take every pen of a story back, in the transaction that ends it. by: None where its time ended it."""
    LivePen.objects.filter(story=story, taken_back_at=None).update(taken_back_at=at, taken_back_by=by)


def _tell(pen: LivePen, at: datetime) -> None:
    seen = pen.story.published_revision
    notices.tell(
        notice_kinds.LIVE.name,
        [pen.person],
        key=f"live-pen:{pen.pk}",
        title=f"{pen.given_by.name} gave you the live pen of {quoted(seen.headline if seen else pen.story.slug)}",
        detail=f"Until {moments.said(pen.until)}. What you post goes out at once; an editor reads it afterwards.",
        url=reverse("articles-desk:live-post", args=[pen.story_id]),
        by=pen.given_by,
        at=at,
    )
