"""A person is told when what was scheduled does not happen (promise 7): whoever planned it, the owner, every editor."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from articles import moments, notice_kinds
from articles.events import SCHEDULE_FAILED, SCHEDULE_LATE, SCHEDULE_STOPPED
from articles.models import Schedule
from articles.telling import readers_among
from newsroom import notices
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.outbox import EventData, handler
from newsroom.wording import quoted


@handler(SCHEDULE_FAILED, name="articles.tell-schedule-failed", does="Tell people that a scheduled move failed")
def tell_failed(event: EventData) -> None:
    """Once for each plan and minute, however often it is tried: the board shows every failure."""
    _tell(event, "was not {done} at {moment}. It is tried again", key="schedule", once=True)


@handler(SCHEDULE_LATE, name="articles.tell-schedule-late", does="Tell people that a scheduled move came late")
def tell_late(event: EventData) -> None:
    """Workers that were away could tell nobody that its minute went by: now it is known, with the minute that it took."""
    _tell(event, "was {done} late: it was planned for {moment}", key="schedule-late")


@handler(SCHEDULE_STOPPED, name="articles.tell-schedule-stopped", does="Tell people that a schedule was stopped")
def tell_stopped(event: EventData) -> None:
    _tell(event, "will not be {done} at {moment}: the schedule was stopped", key="schedule-stopped")


def _tell(event: EventData, said: str, *, key: str, once: bool = False) -> None:
    found = Schedule.objects.select_related("story__published_revision", "revision").filter(
        pk=event.payload["schedule_id"]
    )
    if (planned := found.first()) is None:
        return
    revision = planned.revision or planned.story.published_revision
    headline = revision.headline if revision else planned.story.slug
    done = {Schedule.Move.PUBLISH: "published", Schedule.Move.WITHDRAW: "withdrawn"}[Schedule.Move(planned.move)]
    concerned = Q(pk__in=[planned.person_id, planned.story.owner_id]) | Q(roles__contains=[Role.EDITOR])
    notices.tell(
        notice_kinds.SCHEDULE.name,
        readers_among(Person.objects.filter(concerned)),
        key=f"{key}:{planned.pk}" + (f":{planned.due_at:%Y%m%d%H%M}" if once else ""),
        title=f"{quoted(headline)} {said.format(done=done, moment=moments.said(planned.due_at))}",
        detail=event.payload.get("why") or _when_at_last(planned),
        url=reverse("articles-desk:history", args=[planned.story_id]),
        by=Person.objects.filter(pk=event.payload.get("person_id") or 0).first(),
        at=event.at,
    )


def _when_at_last(planned: Schedule) -> str:
    return f"It happened at {moments.said(planned.ended_at)}." if planned.ended_at else ""
