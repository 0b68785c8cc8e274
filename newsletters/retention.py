"""The clock of each purpose: what is erased when, and the report of it.

Two things end. A sign-up that nobody confirmed: after ``unconfirmed_days`` of the newsletter's own purpose. A person
whose every consent was withdrawn: after ``lapsed_months`` since their last receipt, by the longest clock among the
purposes that they ever agreed to. A consent that stands is never ended by a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models import DateTimeField as Moment
from django.db.models import DurationField as Span
from django.db.models.functions import Coalesce

from newsletters import erasing
from newsletters.models import (
    ConsentReceipt,
    ImportLine,
    LinkRequest,
    Purpose,
    RetentionRule,
    RetentionRun,
    SignUp,
    Subscriber,
    Suppression,
)
from newsroom.audit import note
from newsroom.mail import forgetting

MONTH = timedelta(days=365.25 / 12)
SOON = timedelta(days=30)
LETTERS_KEPT = timedelta(days=30)  # single letters: whom they went to
LINES_KEPT = timedelta(days=30)  # refused lines of an import, to be mended and sent again
HOW = "kept no longer"
MOST = 500  # people in one run: the next hour goes on


class Refused(Exception):
    """A clock cannot be set so. ``messages``: field -> sentence."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = messages


@dataclass(frozen=True)
class Clock:
    """One purpose with its clock, and how many stand where on it."""

    purpose: Purpose
    days: int
    months: int
    unconfirmed: int
    due: int
    soon: int
    standing: int


@dataclass(frozen=True)
class Report:
    """All clocks, and people whose every consent is withdrawn."""

    clocks: list[Clock]
    lapsed: int
    due: int
    soon: int
    last: RetentionRun | None


def set_clock(purpose: Purpose, *, days: str, months: str, person: Any) -> None:
    """Set a purpose's clock.

    Raises:
        Refused: beside the field, with what it takes.
    """
    messages = {}
    if not _number(days, 1, 365):
        messages["days"] = "A whole number of days, from 1 to 365."
    if not _number(months, 1, 120):
        messages["months"] = "A whole number of months, from 1 to 120."
    if messages:
        raise Refused(messages)
    RetentionRule.objects.update_or_create(
        purpose=purpose, defaults={"unconfirmed_days": int(days), "lapsed_months": int(months)}
    )
    note(person, "newsletters.retention", f"purpose:{purpose.pk}", days=int(days), months=int(months))


def due_sign_ups(*, at: datetime) -> QuerySet[SignUp]:
    """Return the sign-ups whose time is over. Confirmed ones too: their receipts say all that they say."""
    days = Coalesce("newsletter__purpose__retention__unconfirmed_days", RetentionRule.UNCONFIRMED_DAYS)
    ends = ExpressionWrapper(F("requested_at") + days * Value(timedelta(days=1), Span()), Moment())
    return SignUp.objects.annotate(ends=ends).filter(ends__lte=at)


def due_people(*, at: datetime) -> QuerySet[Subscriber]:
    """Return the people of whom nothing may be kept any more."""
    return _lapsed().filter(Q(ends__lte=at))


def run(*, at: datetime) -> RetentionRun:
    """Erase what is due. Each person is asked for again under their lock: who came back meanwhile stays."""
    sign_ups = 0
    while ids := list(due_sign_ups(at=at).values_list("pk", flat=True)[:MOST]):
        SignUp.objects.filter(pk__in=ids).delete()
        sign_ups += len(ids)
    people = sum(
        erasing.erase(pk, why=Suppression.Why.RETENTION, how=HOW, at=at, unless_standing=True)
        for pk in list(due_people(at=at).values_list("pk", flat=True)[:MOST])
    )
    LinkRequest.objects.filter(asked_at__lt=at - timedelta(days=1)).delete()
    old = ImportLine.objects.filter(of__finished_at__lt=at - LINES_KEPT).exclude(normalised="", cells={})
    old.update(normalised="", cells={})
    forgetting.forget_older(erasing.LETTERS, before=at - LETTERS_KEPT)
    if not sign_ups and not people and (last := RetentionRun.objects.first()) and not last.sign_ups and not last.people:
        RetentionRun.objects.filter(pk=last.pk).update(at=at)  # a quiet hour leaves no row of its own
        last.at = at
        return last
    return RetentionRun.objects.create(at=at, sign_ups=sign_ups, people=people)


def report(*, at: datetime) -> Report:
    """Count what stands where on every clock. The number of queries does not grow with the purposes."""
    rules = {rule.purpose_id: rule for rule in RetentionRule.objects.all()}
    pending = SignUp.objects.filter(confirmed_at=None)
    by_purpose = F("newsletter__purpose")
    unconfirmed = _counted(pending.values(key=by_purpose))
    due = _counted(due_sign_ups(at=at).filter(confirmed_at=None).values(key=by_purpose))
    soon = _counted(due_sign_ups(at=at + SOON).filter(confirmed_at=None).values(key=by_purpose))
    standing = _counted(_standing().values(key=F("purpose")))
    clocks = []
    for purpose in Purpose.objects.all():
        rule = rules.get(purpose.pk) or RetentionRule(purpose=purpose)
        counts = [rows.get(purpose.pk, 0) for rows in (unconfirmed, due, soon, standing)]
        clocks.append(Clock(purpose, rule.unconfirmed_days, rule.lapsed_months, *counts))
    lapsed = _lapsed().aggregate(
        all=Count("pk"),
        due=Count("pk", filter=Q(ends__lte=at)),
        soon=Count("pk", filter=Q(ends__gt=at, ends__lte=at + SOON)),
    )
    return Report(clocks, lapsed["all"], lapsed["due"], lapsed["soon"], RetentionRun.objects.first())


def _standing() -> QuerySet[ConsentReceipt]:
    """The receipts of consents that stand: grants with nothing after them."""
    later = ConsentReceipt.objects.filter(
        subscriber=OuterRef("subscriber"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    return ConsentReceipt.objects.filter(~Exists(later), act=ConsentReceipt.Act.GRANT)


def _lapsed() -> QuerySet[Subscriber]:
    """People without any standing consent, with the moment at which they are kept no longer."""
    months = Max(Coalesce("receipts__purpose__retention__lapsed_months", RetentionRule.LAPSED_MONTHS))
    last = Coalesce(Max("receipts__at"), F("created_at"))
    rows = Subscriber.objects.filter(~Exists(_standing().filter(subscriber=OuterRef("pk"))), erased_at=None)
    rows = rows.exclude(normalised=None).annotate(months=Coalesce(months, RetentionRule.LAPSED_MONTHS), last=last)
    ends = ExpressionWrapper(F("last") + F("months") * Value(MONTH, Span()), Moment())
    return rows.annotate(ends=ends).order_by("pk")


def _counted(rows: Any) -> dict[int, int]:
    return {row["key"]: row["number"] for row in rows.annotate(number=Count("pk")).order_by()}


def _number(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most
