"""The dates that picture files carry, as they really come, and as people read them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# 2012-05-01T14:30:00+01:00 and its relatives: colons in the day (EXIF), none at all (IIM), a space before the zone,
# a time without seconds, a month or a year alone.
_DATE = re.compile(
    r"""\s*(?P<year>\d{4})(?:[-:/.]?(?P<month>\d\d)(?:[-:/.]?(?P<day>\d\d))?)?
    (?:(?:[T\s]\s*)(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?)?
    \s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?\s*""",
    re.VERBOSE | re.ASCII,
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Moment:
    """What a date says, and no more: 0 for a month or day that it does not name, None for an absent time or zone."""

    year: int
    month: int = 0
    day: int = 0
    time: tuple[int, int] | None = None
    offset: int | None = None  # minutes east of Greenwich

    @property
    def words(self) -> str:
        """ "1 May 2012, 14:30 (UTC+1)": as it was where the picture was taken."""
        parts = [str(self.year)]
        if self.month:
            parts.insert(0, _MONTHS[self.month - 1])
        if self.day:
            parts.insert(0, str(self.day))
        said = " ".join(parts)
        if self.time is None:
            return said
        said += f", {self.time[0]:02}:{self.time[1]:02}"
        if self.offset is None:
            return said
        hours, minutes = divmod(abs(self.offset), 60)
        ahead = f"{'+' if self.offset > 0 else '−'}{hours}" + (f":{minutes:02}" if minutes else "")
        return f"{said} (UTC{ahead if self.offset else ''})"


def parsed(text: str) -> Moment | None:
    """Read a date in any of the forms that files carry; None where it is none, like "0000:00:00 00:00:00"."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    given = found["month"] is None or 1 <= month <= 12
    given &= found["day"] is None or (1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1])
    if not (1800 <= year <= 2200 and given and hour < 24 and minute < 60 and second < 61):
        # IIM writes zeros for a day that is not known: 20120500.
        unknown = 1800 <= year <= 2200 and not day and found["day"] and (not month or 1 <= month <= 12)
        return Moment(year, month) if unknown else None
    offset = None
    if zone := found["zone"]:
        offset = 0 if zone[0] not in "+-" else int(zone[1:3]) * 60 + int(zone[-2:])
        offset = -offset if zone[0] == "-" else offset
        if abs(offset) > 15 * 60:
            offset = None
    # Midnight to the second is how systems write a day without a time.
    told = found["hour"] is not None and (hour, minute, second) != (0, 0, 0)
    return Moment(year, month, day, (hour, minute) if told else None, offset if told else None)


def words(text: str) -> str:
    """Return the date as people read it, or the text itself where it is none."""
    found = parsed(text)
    return found.words if found else text
