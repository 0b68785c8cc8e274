"""Following a product block to the shop: where it leads, and which requests are somebody following it.

Nothing tells one reader from another: no cookie, no address, no moment finer than the day is kept (privacy page). A
click is written straight into PostgreSQL, one row for each block, story and day; a reader's way never waits for Redis.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from articles import tracking
from articles.access import published
from articles.models import MoveLog, ProductPlacement, Reference, Story
from articles.moves import MOVES
from articles.times import zone_of
from newsroom.publication.current import current

# Moves that put a revision before readers.
PUBLISHES = tuple(move.name for move in MOVES if move.readers_become == Story.Readers.PUBLISHED)
# What calls itself a program. A reader's browser says none of these words; who hides cannot be told apart.
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|embedly|monitor|scanner|headless|python|curl|wget|"
    r"libwww|java/|go-http-client|okhttp|node-fetch|axios|httpclient|feedfetcher|lighthouse|googleother|google-|"
    r"mediapartners|ia_archiver|microsoft office|barracuda|mimecast|proofpoint|whatsapp|slackbot|slack-|iframely|phantomjs|puppeteer|"
    r"playwright|ruby|perl|php/|guzzle|undici|aiohttp|scrapy|urlcheck|link ?check|uptime|pingdom",
    re.IGNORECASE,
)
_ASKED_EARLY = ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")
# A press that was one too many asks twice within this time; so does nobody who goes back and looks again.
TWICE = 3.0  # seconds
MOST_REMEMBERED = 10_000


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


def asked_early(headers: Mapping[str, str]) -> bool:
    """Whether a browser asks before anybody has followed the link (Sec-Purpose; Purpose, X-Moz and X-Purpose of old)."""
    said = [headers.get(name, "").lower() for name in _ASKED_EARLY]
    return any(word in value for value in said for word in ("prefetch", "prerender", "preview"))


def counts(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is somebody following the link: no HEAD, no program, nothing that a browser asks in advance,
    and no picture, frame or script of another page that names our address (Fetch Metadata, W3C): a navigation of the
    whole window. A browser that says nothing of that (before 2023, or in a letter) is believed."""
    agent = headers.get("User-Agent", "")
    mode, goal = headers.get("Sec-Fetch-Mode", "navigate"), headers.get("Sec-Fetch-Dest", "document")
    return (
        method == "GET"
        and bool(agent.strip())
        and not _ROBOT.search(agent)
        and not asked_early(headers)
        and (mode, goal) == ("navigate", "document")
    )


class Lately:
    """Which links were followed from where in the last seconds, so that a double click is one.

    It lives in this process's memory, under a key that is made with the process and written nowhere; after
    ``TWICE`` seconds an entry counts for nothing. Not in Redis: a reader's way never waits for it. Two clicks that reach
    two processes are two.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._seen: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def again(self, placement_id: int, network: str, agent: str, *, now: float) -> bool:
        """Whether the same was asked in the ``TWICE`` seconds before. now: of a clock that never goes back, in seconds."""
        said = f"{placement_id}\n{network}\n{agent}".encode(errors="replace")
        mark = hashlib.blake2b(said, key=self._key, digest_size=16).digest()
        with self._lock:
            before = self._seen.pop(mark, None)
            self._seen[mark] = now  # last in the order again
            for old, at in list(itertools.islice(self._seen.items(), 8)):
                if now - at > TWICE or len(self._seen) > MOST_REMEMBERED:
                    del self._seen[old]
        return before is not None and now - before <= TWICE


def count(followed: Going, at: datetime) -> None:
    """Add one to the block's day. One statement: two readers at once are two clicks."""
    day = at.astimezone(zone_of(current())).date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO articles_click (placement_id, story_id, day, count) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (placement_id, story_id, day) DO UPDATE SET count = articles_click.count + 1",
            [followed.placement_id, followed.story_id, day],
        )
