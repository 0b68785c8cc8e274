"""Following a product block to the shop: where it leads, and how often that happened.

Nothing tells one reader from another: no cookie, no address, no moment finer than the day is kept (privacy page). A
click is written straight into PostgreSQL, one row for each block, story and day; a reader's way never waits for Redis.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from articles import tracking
from articles.access import published
from articles.models import Click, MoveLog, ProductPlacement, Reference, Story
from articles.moves import MOVES
from articles.times import zone_of
from newsroom.publication.current import current

# Moves that put a revision before readers.
PUBLISHES = tuple(move.name for move in MOVES if move.readers_become == Story.Readers.PUBLISHED)
# What calls itself a program. A reader's browser says none of these words; who hides cannot be told apart.
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|embedly|monitor|scanner|headless|python|curl|wget|"
    r"libwww|java/|go-http-client|okhttp|node-fetch|axios|httpclient|feedfetcher|lighthouse",
    re.IGNORECASE,
)
_ASKED_EARLY = ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")
MOST = 20_000  # lines of one table


@dataclass(frozen=True)
class Going:
    """Where a block leads. story_id: None for one that only the desk sees."""

    placement_id: int
    address: str
    story_id: int | None


def going(placement_id: int, at: datetime) -> Going | None:
    """Where a block leads that readers have met; None for any other.

    It must have stood in a revision that was published, of a story that readers may see at ``at``: letters and feeds
    keep the links of yesterday's revision. Two queries.
    """
    placement = ProductPlacement.objects.filter(pk=placement_id).only("link", "tag", "tracking").first()
    if placement is None:
        return None
    inside = Reference.objects.filter(kind="product", placement_id=placement_id).values("revision")
    shown = MoveLog.objects.filter(revision__in=inside, move__in=PUBLISHES, story__in=published(at))
    story_id = shown.order_by("-pk").values_list("story_id", flat=True).first()
    return Going(placement_id, address_of(placement), story_id) if story_id is not None else None


def previewed(placement_id: int) -> Going | None:
    """Where a block of a draft leads, for the desk's preview."""
    placement = ProductPlacement.objects.filter(pk=placement_id).only("link", "tag", "tracking").first()
    return Going(placement_id, address_of(placement), None) if placement else None


def address_of(placement: ProductPlacement) -> str:
    """The affiliate link as it was approved with the story."""
    return tracking.link(placement.link, tag=placement.tag, template=placement.tracking)


def counts(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is somebody following the link: no HEAD, no program, nothing that a browser asks in advance."""
    agent = headers.get("User-Agent", "")
    early = any("prefetch" in headers.get(name, "").lower() or "preview" in headers.get(name, "").lower()
                for name in _ASKED_EARLY)  # fmt: skip
    return method == "GET" and bool(agent.strip()) and not _ROBOT.search(agent) and not early


def count(followed: Going, at: datetime) -> None:
    """Add one to the block's day. One statement: two readers at once are two clicks."""
    day = at.astimezone(zone_of(current())).date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO articles_click (placement_id, story_id, day, count) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (placement_id, story_id, day) DO UPDATE SET count = articles_click.count + 1",
            [followed.placement_id, followed.story_id, day],
        )


@dataclass(frozen=True)
class Line:
    """A row of the totals. name: product, headline or merchant, as readers met it."""

    name: str
    clicks: int
    days: int


# by -> heading, and the columns that name a row.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "product": ("Product", ("placement__maker", "placement__title")),
    "story": ("Story", ("story__published_revision__headline", "story_id")),
    "merchant": ("Merchant", ("placement__merchant",)),
}


def totals(by: str, *, since: date, until: date, at: datetime) -> list[Line]:
    """Clicks from ``since`` to ``until``, both included, the most first. by: a key of GROUPS. One query.

    A headline is what readers see at ``at``; a story that they may not see then is not named here (marketing reads no
    drafts).
    """
    columns = GROUPS[by][1]
    found = _between(since, until)
    if by == "story":
        found = found.annotate(seen=Exists(published(at).filter(pk=OuterRef("story"))))
    found = found.values(*columns, *(["seen"] if by == "story" else []))
    rows = found.annotate(clicks=Sum("count"), days=Count("day", distinct=True)).order_by("-clicks", *columns)[:MOST]
    return [Line(_name(by, row), row["clicks"], row["days"]) for row in rows]


def number(*, since: date, until: date) -> int:
    return _between(since, until).aggregate(all=Sum("count"))["all"] or 0


def _between(since: date, until: date) -> QuerySet[Click]:
    return Click.objects.filter(day__gte=since, day__lte=until)


def _name(by: str, row: Mapping[str, str]) -> str:
    if by == "story" and not row["seen"]:
        return "A story that readers do not see"
    return str(row[GROUPS[by][1][0]]) if by == "story" else " ".join(str(row[name]) for name in GROUPS[by][1])
