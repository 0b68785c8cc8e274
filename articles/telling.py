"""Who is told what of a story's moves. Run by the outbox after each event; told again, a notice is there already."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from articles import access, complaints, notice_kinds
from articles.events import (
    APPROVAL_ENDED,
    COMPLAINT_RECEIVED,
    STORY_PUBLISHED,
    STORY_UPDATED,
    STORY_WITHDRAWN,
)
from articles.models import Complaint, MoveLog, Revision, Story, Update
from articles.moves import EVENTS, MOVES
from newsroom import notices
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.outbox import EventData, handler
from newsroom.wording import quoted

_PUBLISHES = tuple(move.name for move in MOVES if move.readers_become == Story.Readers.PUBLISHED)


@handler(EVENTS["submit"], name="articles.tell-submitted", does="Tell the editors of a submitted story")
def tell_submitted(event: EventData) -> None:
    """The editors are told: any of them may take it up."""
    _tell(notice_kinds.SUBMITTED, event, editors(), ("submit",), "submitted", place="write")


@handler(
    EVENTS["request-changes"],
    name="articles.tell-changes-requested",
    does="Tell those behind a story that changes are requested",
)
def tell_changes_requested(event: EventData) -> None:
    _tell(
        notice_kinds.CHANGES_REQUESTED, event, None, ("request-changes",), "requested changes to", place="write",
        reason=True,
    )  # fmt: skip


@handler(EVENTS["approve"], name="articles.tell-approved", does="Tell those behind a story that it is approved")
def tell_approved(event: EventData) -> None:
    _tell(notice_kinds.APPROVED, event, None, ("approve",), "approved", place="write")


@handler(APPROVAL_ENDED, name="articles.tell-approval-ended", does="Tell those behind a story that its approval ended")
def tell_approval_ended(event: EventData) -> None:
    _tell(notice_kinds.APPROVED, event, None, ("change",), "ended the approval of", place="write", reason=True)


@handler(STORY_PUBLISHED, name="articles.tell-published", does="Tell those behind a story that it is published")
def tell_published(event: EventData) -> None:
    _tell(notice_kinds.PUBLISHED, event, None, _PUBLISHES, "published", place="history")


@handler(STORY_UPDATED, name="articles.tell-updated", does="Tell those behind a story that it was published again")
def tell_updated(event: EventData) -> None:
    kind = event.payload["update_kind"]
    # A live day has two hundred posts: those behind the story have it open, and its reviews stand on the board.
    posted = MoveLog.objects.filter(revision=event.payload["revision_id"], move="live-post").exists()
    if kind != Update.Kind.MINOR and not posted:
        words = {"correction": "published a correction of", "clarification": "published a clarification of"}
        said = words.get(kind, "published an update of")
        _tell(notice_kinds.PUBLISHED, event, None, _PUBLISHES, said, place="history", reason=True)


@handler(STORY_WITHDRAWN, name="articles.tell-withdrawn", does="Tell those behind a story that it is withdrawn")
def tell_withdrawn(event: EventData) -> None:
    _tell(
        notice_kinds.WITHDRAWN,
        event,
        None,
        ("withdraw", "withdraw-scheduled"),
        "withdrew",
        place="history",
        reason=True,
    )


@handler(COMPLAINT_RECEIVED, name="articles.tell-complaint", does="Tell the desk of a reader’s complaint")
def tell_complaint(event: EventData) -> None:
    complaint = Complaint.objects.select_related("story__published_revision").get(pk=event.payload["complaint_id"])
    seen = complaint.story.published_revision if complaint.story else None
    notices.tell(
        notice_kinds.COMPLAINT.name,
        complaints.handlers(),
        key=complaints.told_under(complaint.pk),
        title=f"A reader reports a mistake in {quoted(seen.headline)}" if seen else "A reader reports a mistake",
        detail=complaint.wrong,
        url=complaints.path(complaint),
        at=event.at,
    )


def editors() -> list[Person]:
    return list(Person.objects.filter(is_active=True, roles__contains=[Role.EDITOR]))


def those_behind(story: Story) -> list[Person]:
    """The owner and everybody in the byline who may still read stories in the making."""
    people = Person.objects.filter(pk__in=[story.owner_id, *story.bylines.values_list("person_id", flat=True)])
    return readers_among(people)


def readers_among(people: Iterable[Person]) -> list[Person]:
    """Those of ``people`` who may read stories in the making: a headline must not reach marketing by a notice."""
    return [one for one in people if access.may(one).read]


def _tell(
    kind: notices.Kind,
    event: EventData,
    people: Iterable[Person] | None,
    moves: tuple[str, ...],
    said: str,
    *,
    place: str,
    reason: bool = False,
) -> None:
    """Tell ``people`` (None: those behind the story) what the newest of these moves did.

    place: the story's page that the notice leads to. reason: what the person wrote to the move stands under it.
    """
    story = Story.objects.select_related("published_revision").filter(pk=event.payload["story_id"]).first()
    if story is None:
        return
    revision_id = event.payload.get("revision_id", story.published_revision_id)
    log = MoveLog.objects.filter(story=story, move__in=moves, revision=revision_id).select_related("person").first()
    by = log.person if log else None
    headline = Revision.objects.filter(pk=revision_id).values_list("headline", flat=True).first() or "Untitled story"
    named = f"{by.name} {said}" if by else f"Somebody {said}"
    notices.tell(
        kind.name,
        those_behind(story) if people is None else readers_among(people),
        key=f"{kind.name}:{event.id}",
        title=f"{named} {quoted(headline)}",
        detail=log.reason if log and reason else "",
        url=reverse(f"articles-desk:{place}", args=[story.pk]),
        by=by,
        at=event.at,
    )
