"""What a person sees of their notices, and marking them read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from newsroom.accounts.models import Person
from newsroom.notices.kinds import seen_by
from newsroom.notices.models import Notice

MOST_COUNTED = 99


def listed(person: Person) -> QuerySet[Notice]:
    """A person's notices at the desk that their roles let them read now, the newest first."""
    return Notice.objects.filter(person=person, desk=True, kind__in=seen_by(person)).order_by("-id")


def unread_count(person: Person) -> int:
    """How many are unread, up to MOST_COUNTED + 1: the bell shows "99+"."""
    return listed(person).filter(read_at=None).order_by()[: MOST_COUNTED + 1].count()


def mark(person: Person, pk: int, *, read: bool, at: datetime) -> bool:
    """Mark one of a person's own notices as read or unread. False where there is no such notice of theirs."""
    own = listed(person).filter(pk=pk)
    if read:
        own.filter(read_at=None).update(read_at=at)
    else:
        own.update(read_at=None)
    return own.exists()


def mark_all(person: Person, *, up_to: int, at: datetime) -> int:
    """Mark as read what the page showed: what came after it was drawn (a higher number) stays unread."""
    return listed(person).filter(read_at=None, pk__lte=up_to).update(read_at=at)
