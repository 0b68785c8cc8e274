"""Setting complaints aside and bringing them in, many at once: what one robot sent under many names must not bury what
people report."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from articles import complaints
from articles.access import may_handle_complaints
from articles.models import Complaint, ComplaintEntry
from articles.refusals import Refused
from newsroom import notices
from newsroom.accounts.models import Person

MOST = 200  # in one press


def matching(found: QuerySet[Complaint], q: str) -> QuerySet[Complaint]:
    """Those of ``found`` in whose words, page or address ``q`` stands; all for ""."""
    if not q:
        return found
    return found.filter(Q(wrong__icontains=q) | Q(quoted__icontains=q) | Q(page__icontains=q) | Q(contact__icontains=q))


def set_aside(ids: Collection[int], *, person: Person, at: datetime) -> int:
    """Set open complaints aside, the first MOST of them; return how many. Who was told of one and has not looked yet is
    told no more. Those that somebody decided or set aside meanwhile stay as they are.

    Raises:
        Refused: it is not this person's to do.
    """
    with transaction.atomic():
        done = _turn(Complaint.objects.filter(decided_at=None, set_aside=False), ids, True, "set it aside", person, at)
        people = [one.pk for one in complaints.handlers()]
        for pk in done:
            notices.take_back(complaints.told_under(pk), people)
    return len(done)


def bring_in(ids: Collection[int], *, person: Person, at: datetime) -> int:
    """Take complaints that were set aside for people's, the first MOST of them; return how many. Their clocks began when
    they came. Raises Refused as ``set_aside``."""
    with transaction.atomic():
        return len(_turn(Complaint.objects.filter(set_aside=True), ids, False, "brought it in", person, at))


def _turn(
    those: QuerySet[Complaint], ids: Collection[int], aside: bool, act: str, person: Person, at: datetime
) -> list[int]:
    if not may_handle_complaints(person):
        raise Refused("Complaints are for editors and legal.")
    rows = those.filter(pk__in=ids).select_for_update().order_by("pk")[:MOST]
    found = list(rows.values_list("pk", flat=True))
    Complaint.objects.filter(pk__in=found).update(set_aside=aside, version=F("version") + 1)
    ComplaintEntry.objects.bulk_create(ComplaintEntry(complaint_id=pk, act=act, person=person, at=at) for pk in found)
    return found
