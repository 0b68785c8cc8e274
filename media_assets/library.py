"""Finding pictures: by id with all that templates need, by words, and by what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.utils import timezone

from media_assets.models import Agency, Asset, Shape, Standing
from media_assets.models.loading import load, with_everything

__all__ = ["Asked", "Page", "browse", "found", "load", "search", "with_everything", "words"]

PAGE = 48
SOON = timedelta(days=30)
# Words that more pictures have are looked for from the newest on; rarer ones are gathered from the index. The index
# alone would gather and sort every picture of "getty"; the walk alone would pass by all of them for one name.
RARE = 2_000
STATES = {
    "usable": "May be used",
    "incomplete": "Incomplete",
    "soon": "Ending soon",
    "ended": "Ended",
    "barred": "Not to be used",
    "withdrawn": "Withdrawn",
}
_WORD = re.compile(r"\w+")
_MONTH = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])")
_OTHERS = str.maketrans("øØłŁđĐßæÆœŒþÞðı", "oOlLdDsaAoOtTdi")


def fold(text: str) -> str:
    """Without accents, as ``media_assets_fold`` in PostgreSQL writes the words that are searched."""
    plain = unicodedata.normalize("NFKD", text.translate(_OTHERS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a search, at most eight; punctuation and search operators are not words."""
    return _WORD.findall(fold(text))[:8]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to see of the library. It stands in the address, whole.

    q: words. state: a key of STATES. agency, by, collection: ids. month: taken in then, "2026-05", in the desk's zone.
    shape: of Shape. shows: a person shown. event: the event's whole name. batch: what came in together (hex).
    """

    q: str = ""
    state: str = ""
    agency: int | None = None
    by: int | None = None
    month: str = ""
    shape: str = ""
    shows: str = ""
    event: str = ""
    collection: int | None = None
    batch: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Asked:
        """Read an address's query. What cannot be is not asked."""

        def text(name: str, most: int = 200) -> str:
            return str(data.get(name) or "").replace("\0", "")[:most].strip()

        def number(name: str) -> int | None:
            said = text(name, 19)
            return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None

        state, month, shape, batch = text("state"), text("month"), text("shape"), text("batch", 32)
        return cls(
            q=text("q"),
            state=state if state in STATES else "",
            agency=number("agency"),
            by=number("by"),
            month=month if _MONTH.fullmatch(month) else "",
            shape=shape if shape in Shape.values else "",
            shows=text("shows"),
            event=text("event"),
            collection=number("collection"),
            batch=batch if re.fullmatch(r"[0-9a-f]{32}", batch) else "",
        )

    def query(self, **other: Any) -> dict[str, str]:
        """The address's query for this, with ``other`` in place of some of it; what is empty is left out."""
        said = {field.name: getattr(self, field.name) for field in fields(self)} | other
        return {name: str(value) for name, value in said.items() if value not in ("", None)}

    def without(self, *names: str) -> Asked:
        """The same without these."""
        empty: dict[str, Any] = {name: None if name in ("agency", "by", "collection") else "" for name in names}
        return replace(self, **empty)

    @property
    def filters(self) -> list[str]:
        """The names of what is asked beside words and state."""
        return [name for name in self.query() if name not in ("q", "state")]


@dataclass(frozen=True)
class Page:
    """A page of the grid, the newest first. newer, older: where the pages beside it begin; empty: there is none."""

    assets: list[Asset]
    newer: str
    older: str


def search(text: str) -> QuerySet[Asset]:
    """Return assets that hold every word of ``text`` (or a word that begins with it) in caption, people, event, credit,
    creator, alternative text, file name or number, or whose agency's name holds the text; newest first. Empty: all. Three
    queries at most before the first row."""
    text = text.replace("\0", " ")  # which PostgreSQL refuses in any text
    newest = Asset.objects.order_by("-added_at", "-pk")
    if not text.strip():
        return newest
    wanted = words(text)
    if not wanted:
        return newest.none()
    query = SearchQuery(" & ".join(f"'{word}':*" for word in wanted), search_type="raw", config="simple")
    agencies = list(Agency.objects.filter(name__icontains=text.strip()).values_list("pk", flat=True)[:20])
    ids = set(Asset.objects.filter(words=query).order_by().values_list("pk", flat=True)[: RARE + 1])
    if len(ids) <= RARE and agencies:
        ids |= set(Asset.objects.filter(agency__in=agencies).order_by().values_list("pk", flat=True)[: RARE + 1])
    if len(ids) <= RARE:
        return newest.filter(pk__in=ids)
    # "IS TRUE" keeps PostgreSQL from the index, which it would choose for its guess of what a prefix matches.
    holds = Func(
        F("words"), query, template="((%(expressions)s) IS TRUE)", arg_joiner=" @@ ", output_field=BooleanField()
    )
    walked = newest.alias(holds=holds)
    return walked.filter(Q(holds=True) | Q(agency__in=agencies)) if agencies else walked.filter(holds=True)


def found(asked: Asked, at: datetime) -> QuerySet[Asset]:
    """Return what is asked for, the newest first; no row is read yet beyond what ``search`` says."""
    rows = search(asked.q)
    if asked.state == "soon":
        rows = rows.filter(standing=Standing.USABLE, usable_until__gt=at, usable_until__lt=at + SOON)
    elif asked.state:
        rows = rows.filter(standing=asked.state)
    if asked.agency is not None:
        rows = rows.filter(agency=asked.agency)
    if asked.by is not None:
        rows = rows.filter(added_by=asked.by)
    if asked.month:
        begins, ends = _month(asked.month)
        rows = rows.filter(added_at__gte=begins, added_at__lt=ends)
    if asked.shape:
        rows = rows.filter(shape=asked.shape)
    if asked.shows:
        rows = rows.filter(people__contains=[asked.shows])
    if asked.event:
        rows = rows.filter(event=asked.event).exclude(event="")
    if asked.collection is not None:
        rows = rows.filter(collected__collection=asked.collection)
    if asked.batch:
        rows = rows.filter(batch=asked.batch)
    return rows


def browse(rows: QuerySet[Asset], *, before: str = "", after: str = "", most: int | None = None) -> Page:
    """A page of ``rows``: those older than the place ``before``, or newer than ``after``, else the first ones; two queries.

    A place is the moment and number of a picture, so a page costs the same wherever it stands, and nothing that comes in
    meanwhile moves it.
    """
    most = most or PAGE
    place, back = _place(after or before), bool(after)
    if place is not None:
        at, pk = place
        here = (
            Q(added_at__gte=at) & (Q(added_at__gt=at) | Q(pk__gt=pk))
            if back
            else (Q(added_at__lte=at) & (Q(added_at__lt=at) | Q(pk__lt=pk)))
        )
        rows = rows.filter(here)
    ordered = rows.order_by("added_at", "pk") if back and place else rows.order_by("-added_at", "-pk")
    keys = list(ordered.values_list("added_at", "pk")[: most + 1])
    more = len(keys) > most
    keys = keys[:most]
    if back and place:
        keys.reverse()
    loaded = load([pk for _, pk in keys])
    first, last = (_written(*keys[0]), _written(*keys[-1])) if keys else ("", "")
    back = back and place is not None
    return Page(
        [loaded[pk] for _, pk in keys if pk in loaded],
        newer=first if (more if back else place is not None) else "",
        older=last if (back or more) else "",
    )


def _written(at: datetime, pk: int) -> str:
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{(since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds}-{pk}"


def _place(written: str) -> tuple[datetime, int] | None:
    moment, _, pk = written.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (moment, pk)):
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(moment)), int(pk)


def _month(month: str) -> tuple[datetime, datetime]:
    year, number = int(month[:4]), int(month[5:])
    zone = timezone.get_current_timezone()
    begins = datetime(year, number, 1, tzinfo=zone)
    return begins, datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
