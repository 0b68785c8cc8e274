"""Times as readers meet them: one moment, the same in the markup and in words, its zone named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from newsroom.publication.models import Publication


@dataclass(frozen=True)
class When:
    """One moment.

    iso: ISO 8601 with offset, to the second: what ``datetime`` attributes and structured data say.
    words: "11 September 2025, 09.12 BST". short: "09.12 BST, 11 September". day: "11 September 2025".
    """

    moment: datetime
    iso: str
    words: str
    short: str
    day: str


def when(moment: datetime, zone: tzinfo) -> When:
    """Say ``moment`` (aware) in ``zone``.

    Raises:
        ValueError: the moment is naive; guessing its zone would move it by hours.
    """
    if moment.tzinfo is None:
        raise ValueError("A time for readers needs its offset.")
    local = moment.astimezone(zone).replace(microsecond=0)
    month = f"{local.day} {local:%B}"
    clock = f"{local:%H.%M} {zone_name(local)}"
    return When(
        moment=moment,
        iso=local.isoformat(),
        words=f"{month} {local.year}, {clock}",
        short=f"{clock}, {month}",
        day=f"{month} {local.year}",
    )


def zone_name(local: datetime) -> str:
    """The zone's own short name ("BST"); zones without one are named by their distance ("UTC+5:30")."""
    name = local.tzname() or ""
    if name and name[0] not in "+-":
        return name
    minutes = int((local.utcoffset() or datetime.now(UTC).utcoffset()).total_seconds() // 60)  # type: ignore[union-attr]
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def zone_of(publication: Publication) -> ZoneInfo:
    return ZoneInfo(publication.time_zone)
