"""Those behind a story are told when somebody holds it back, puts it away, plans it or declares it live: each by the move's
own event, in the words of one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from articles import notice_kinds
from articles.models import Draft, MoveLog
from articles.moves import EVENTS, MOVES
from articles.telling import editors, readers_among, those_behind
from newsroom import notices
from newsroom.accounts.models import Person
from newsroom.outbox import EventData, handler
from newsroom.wording import quoted


def _behind(log: MoveLog) -> list[Person]:
    return those_behind(log.story)


def _and_editors(log: MoveLog) -> list[Person]:
    """Any of them may be about to send it out."""
    return [*those_behind(log.story), *editors()]


def _and_pens(log: MoveLog) -> list[Person]:
    """Whoever held a live pen, which ended with this."""
    pens = log.story.pens.filter(taken_back_at=log.at).select_related("person")
    return [*those_behind(log.story), *readers_among(pen.person for pen in pens)]


@dataclass(frozen=True)
class Told:
    """What one move tells. said: between who did it and the headline."""

    move: str
    kind: notices.Kind
    said: str
    people: Callable[[MoveLog], list[Person]] = _behind


TOLD = (
    Told("hold", notice_kinds.HELD, "placed a legal hold on", _and_editors),
    Told("lift-hold", notice_kinds.HELD, "lifted the legal hold on", _and_editors),
    Told("embargo", notice_kinds.HELD, "set an embargo on"),
    Told("lift-embargo", notice_kinds.HELD, "lifted the embargo on"),
    Told("spike", notice_kinds.SPIKED, "spiked"),
    Told("restore", notice_kinds.SPIKED, "restored"),
    Told("schedule", notice_kinds.PLANNED, "scheduled"),
    Told("reschedule", notice_kinds.PLANNED, "rescheduled"),
    Told("unschedule", notice_kinds.PLANNED, "took out of the schedule"),
    Told("declare-live", notice_kinds.LIVE, "declared live"),
    Told("end-live", notice_kinds.LIVE, "ended the live story", _and_pens),
)


def _tell(told: Told, event: EventData) -> None:
    log = MoveLog.objects.select_related("story", "revision", "person").get(pk=event.payload["log_id"])
    people = {one.pk: one for one in told.people(log)}
    notices.tell(
        told.kind.name,
        people.values(),
        key=f"{told.kind.name}:{event.id}",
        title=f"{log.person.name} {told.said} {quoted(_headline(log))}",
        detail=log.reason,
        url=reverse("articles-desk:history", args=[log.story_id]),
        by=log.person,
        at=event.at,
    )


def _headline(log: MoveLog) -> str:
    """Of the words that it was done to; of a story that nobody has seen yet, what its draft says now."""
    if log.revision is not None:
        return log.revision.headline or "Untitled story"
    newest = Draft.objects.filter(story=log.story_id).select_related("head").order_by("-pk").first()
    return (newest.head.headline if newest and newest.head else "") or "Untitled story"


def _hear(told: Told) -> None:
    label = next(move.label for move in MOVES if move.name == told.move)
    does = f"Tell those behind a story of the move “{label}”"
    handler(EVENTS[told.move], name=f"articles.tell-{told.move}", does=does)(lambda event: _tell(told, event))


for _told in TOLD:
    _hear(_told)
