"""Carrying out what is scheduled, each in transactions of its own (promise 7).

A try is claimed and counted before it begins, with the moment of the next one: a killed worker leaves a plan that is
taken up again, one that kills its worker comes later each time, and none stands in another's way.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from articles import carrying, checks, complaints, exits, four_eyes, gates, publishing, schedule, taken
from articles.events import SCHEDULE_FAILED, SCHEDULE_LATE
from articles.models import Draft, Revision, Schedule, Story
from articles.moves import BY_NAME
from articles.refusals import MoveRefused
from newsroom.outbox import record

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)

CLAIM = """
UPDATE articles_schedule SET attempts = attempts + 1,
    next_at = %(at)s + make_interval(secs => least(%(first)s * power(2, least(attempts, 20)), %(longest)s))
WHERE id = (
    SELECT s.id FROM articles_schedule s LEFT JOIN articles_schedule a ON a.id = s.after_id
    WHERE s.state = 'waiting' AND s.next_at <= %(at)s AND (a.id IS NULL OR a.state = 'done')
    ORDER BY s.next_at, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
)
RETURNING id
"""


class _Stopped(Exception):
    """It may not be done any more, however often it is tried."""


def sweep(at: datetime | None = None, *, limit: int = 100) -> int:
    """Carry out what is due at ``at`` (None: now); return how many were tried. Any number of workers may sweep at once."""
    tried = 0
    while tried < limit and (pk := _claim(at or timezone.now())):
        tried += 1
        _try(pk, at)
    return tried


def _claim(at: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "first": FIRST_WAIT.total_seconds(), "longest": LONGEST_WAIT.total_seconds()})
        row = cursor.fetchone()
    return row[0] if row else None


def _try(pk: int, at: datetime | None) -> None:
    try:
        _carry_out(pk, at or timezone.now())
    except _Stopped as stopped:
        _stop(pk, str(stopped), at or timezone.now())
    except MoveRefused as refused:
        _put_back(pk, str(refused), at or timezone.now())
    except Exception as error:
        logger.exception("Schedule %s failed.", pk)
        _put_back(pk, f"Something failed on our side ({type(error).__name__}: {error}).", at or timezone.now())


def _carry_out(pk: int, at: datetime) -> None:
    with transaction.atomic():
        planned = _locked(pk)
        if planned.state != Schedule.State.WAITING:
            return
        revision = _publish(planned, at) if planned.move == Schedule.Move.PUBLISH else _withdraw(planned, at)
        Schedule.objects.filter(pk=pk).update(state=Schedule.State.DONE, ended_at=at, trouble="")
        log = taken.log(
            f"{planned.move}-scheduled",
            story_id=planned.story_id,
            draft_id=planned.draft_id,
            revision_id=revision,
            person_id=planned.person_id,
            at=at,
            reason=planned.line,
        )
        if planned.move == Schedule.Move.WITHDRAW:
            exits.leave(log, at=at)
        else:
            carrying.note(log)
        if at - planned.due_at > schedule.OVERDUE:
            record(SCHEDULE_LATE, schedule_id=pk)


def _locked(pk: int) -> Schedule:
    """A plan with its story's row held before its own, as every move that touches both does: two that took them the
    other way round would wait for each other."""
    Story.objects.select_for_update(of=("self",), no_key=True).filter(schedules=pk).order_by("pk").first()
    return Schedule.objects.select_for_update(of=("self",)).select_related("story__section").get(pk=pk)


def _publish(planned: Schedule, at: datetime) -> int:
    assert planned.draft_id is not None
    assert planned.revision_id is not None
    held = Draft.objects.select_for_update(of=("self",), no_key=True)
    draft = held.select_related("story__section", "base_revision").get(pk=planned.draft_id)
    revision = Revision.objects.select_related("author").get(pk=planned.revision_id)
    assert planned.approved_by is not None
    if why_void := four_eyes.why_void(draft, revision.pk, planned.approved_by):
        raise _Stopped(why_void)
    if why_closed := gates.why_closed(draft.story, at):  # before the checks, which name it too: it ends the plan
        raise _Stopped(why_closed)
    stops = checks.held_back(checks.run(revision, story=draft.story, at=at), "publish")
    if stops:
        raise MoveRefused(" ".join(found.message for found in stops), stops)
    # Before readers see it: what is published is taken into every open draft that began from the words before.
    newer = draft.head_id != revision.pk
    Draft.objects.filter(pk=draft.pk).update(
        version=F("version") + 1,
        standing=Draft.Standing.DRAFT if newer else Draft.Standing.CLOSED,
        # The words that waited behind go on from what readers see now.
        base_revision=revision if newer else draft.base_revision,
        approved_revision=None if newer else revision,
        approved_by=None if newer else planned.approved_by,
        changed_at=at,
    )
    try:
        publishing.show(
            draft,
            revision,
            person=planned.person,
            approver=planned.approved_by,
            at=at,
            kind=planned.kind,
            line=planned.line,
            prominence=planned.prominence,
            # What was decided since has its answer; it holds no correction back.
            complaint_ids=list(
                complaints.open_of(planned.story_id).filter(pk__in=planned.complaints).values_list("pk", flat=True)
            ),
        )
    except MoveRefused as refused:
        raise _Stopped(str(refused)) from refused
    return revision.pk


def _withdraw(planned: Schedule, at: datetime) -> int | None:
    move = BY_NAME["withdraw-scheduled"]
    story = Story.objects.get(pk=planned.story_id)
    if story.readers != Story.Readers.PUBLISHED:
        raise _Stopped("Readers do not see this story any more.")
    given = {"reason": "Its time was over, as scheduled.", "notice": ""}
    Story.objects.filter(pk=story.pk).update(
        version=F("version") + 1, **publishing.story_changes(move, planned.person, at, given)
    )
    publishing.tell(move, story, given)
    Schedule.objects.filter(pk=planned.pk).update(state=Schedule.State.DONE, ended_at=at)
    schedule.stop_after(move.name, story, why="The story was withdrawn, as scheduled.", at=at)
    return story.published_revision_id


def _stop(pk: int, why: str, at: datetime) -> None:
    with transaction.atomic():
        planned = _locked(pk)
        if planned.state == Schedule.State.WAITING:
            schedule.stop(planned, why=why, at=at)


def _put_back(pk: int, trouble: str, at: datetime) -> None:
    """The next try's moment stands already. The first failure is told to people; the board shows every one."""
    with transaction.atomic():
        planned = _locked(pk)
        if planned.state == Schedule.State.WAITING:
            Schedule.objects.filter(pk=pk).update(trouble=trouble[:2000])
            record(SCHEDULE_FAILED, schedule_id=pk, why=trouble[:2000])
