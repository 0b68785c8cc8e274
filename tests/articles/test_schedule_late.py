"""A plan that was carried out late is told: workers that were away could tell nobody when its minute went by."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from articles import due, schedule
from articles.models import Schedule
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.factories import articles as make

LATE = Notice.objects.filter(kind="articles.schedule").order_by("pk")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("late", "told"), [(schedule.OVERDUE, False), (timedelta(minutes=7), True)])
def test_who_is_told_and_when(alice: Person, carol: Person, now: datetime, late: timedelta, told: bool) -> None:
    planned = make.scheduled_story(owner=alice, headline="The gates open", due_at=now)
    assert due.sweep(now + late) == 1
    assert Schedule.objects.get().state == Schedule.State.DONE
    outbox.relay()
    outbox.relay()
    assert {one.person for one in LATE.all()} == ({alice, carol, planned.schedule.person} if told else set())  # type: ignore[attr-defined]
    for notice in LATE.all():
        assert notice.title.startswith("“The gates open” was published late: it was planned for ")
        assert notice.detail.startswith("It happened at ")
        assert notice.mail == Notice.Mail.WAITING
