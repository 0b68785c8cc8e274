"""Times to come as people at the desk type them: to the minute, in the desk's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from articles.times import zone_name

FARTHEST = timedelta(days=366 * 2)
SHIFT = timedelta(hours=12)


class NotAMoment(ValueError):
    """What was typed is no time to come; the message says what to do."""


def read(text: str, *, at: datetime) -> datetime:
    """``2025-09-12T07:30`` in the desk's zone, or with an offset of its own; aware, in UTC, seconds dropped.

    An hour that the clocks repeat in autumn is taken the first time round.

    Raises:
        NotAMoment: it cannot be read, does not exist (the hour that is left out in spring), is not after ``at``, or
            lies more than two years ahead.
    """
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise NotAMoment("Give a day and a time, for example 2026-03-01 07:30.") from None
    if typed.tzinfo is None:
        zone = timezone.get_default_timezone()
        local = typed.replace(tzinfo=zone)
        try:
            back = local.astimezone(UTC).astimezone(zone)
        except OverflowError:
            raise NotAMoment("Give a time within the next two years.") from None
        if back.replace(tzinfo=None) != typed:
            raise NotAMoment(f"There is no {typed:%H:%M} on that day: the clocks go forward. Choose another time.")
        typed = local
    try:
        moment = typed.astimezone(UTC).replace(second=0, microsecond=0)
        if moment > at + FARTHEST:
            raise NotAMoment("Give a time within the next two years.")
    except OverflowError:
        raise NotAMoment("Give a time within the next two years.") from None
    if moment <= at:
        raise NotAMoment(f"It is {said(at)} already. Give a later time.")
    return moment


def said(moment: datetime) -> str:
    """A moment in the desk's zone for sentences: "07:30 BST on 12 September 2025"."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} {zone_name(local)} on {local.day} {local:%B %Y}"


def field_value(moment: datetime | None) -> str:
    """As the desk's date fields want it: local, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" if moment else ""


def zone() -> str:
    """The desk's zone as people read it: "Europe/London, now GMT"."""
    local = timezone.localtime()
    return f"{timezone.get_default_timezone_name()}, now {zone_name(local)}"
