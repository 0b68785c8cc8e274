"""The site maps (sitemaps.org 0.9): an index; one file each for pages, topics and authors; and the stories by month.

A month is cut by the stories' numbers, 20,000 of them to a part: so no part can hold more, whatever is published, and
nothing has to be counted. Each file reads its own part by an index, and the index one row for each part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.urls import reverse

from articles.access import published
from articles.models import Section, Story, Topic
from articles.reader import cards, places
from articles.times import when, zone_of
from newsroom.publication.models import Publication

SIZE = 20_000  # stories' numbers to a part; one file may hold 50,000, and the page cache keeps up to 4 MB
MOST = 50_000  # topics, and authors
# The very words of the index in migration 0031.
_MONTH = "date_trunc('month', articles_story.first_published_at AT TIME ZONE 'UTC')"
_PART = "(articles_story.id / 20000)"

# From the newest part down, each found by its neighbour: PostgreSQL touches one entry of the index for each.
_PARTS = f"""
WITH RECURSIVE part (month, number) AS (
    (SELECT {_MONTH}, {_PART} FROM articles_story WHERE readers = 'published' ORDER BY 1 DESC, 2 DESC LIMIT 1)
    UNION ALL
    SELECT next.month, next.number FROM part, LATERAL (
        SELECT {_MONTH} AS month, {_PART} AS number FROM articles_story
        WHERE readers = 'published' AND ({_MONTH}, {_PART}) < (part.month, part.number)
        ORDER BY {_MONTH} DESC, {_PART} DESC LIMIT 1
    ) AS next
)
SELECT month, number, ({{newest}}) FROM part
"""  # noqa: S608  constants


@dataclass(frozen=True)
class Part:
    """month: its first moment, UTC without a zone. number: from 1. touched: the newest visible time in it."""

    month: datetime
    number: int
    touched: datetime

    @property
    def path(self) -> str:
        return reverse("reader:sitemap-month", args=[f"{self.month:%Y-%m}", self.number])


def tag(moment: datetime) -> str:
    """The page tag of the files with the stories first published in that month (aware)."""
    return f"sitemap:{moment.astimezone(UTC):%Y-%m}"


def parts(at: datetime) -> list[Part]:
    """The parts that hold a story which readers may see at ``at``, the newest first. One query."""
    inside = _where(f"{_MONTH} = part.month AND {_PART} = part.number")
    newest = published(at).filter(inside).order_by("-visible_updated_at").values("visible_updated_at")[:1]
    sql, values = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_PARTS.format(newest=sql), values)
        # A part whose stories are all under embargo says nothing, not even that it is there.
        return [Part(month, number + 1, touched) for month, number, touched in cursor.fetchall() if touched]


def index(publication: Publication, at: datetime) -> str:
    zone = zone_of(publication)
    rows = [f"<sitemap><loc>{settings.ORIGIN}/sitemaps/{name}.xml</loc></sitemap>" for name in FILES]
    rows += [
        f"<sitemap><loc>{settings.ORIGIN}{part.path}</loc><lastmod>{when(part.touched, zone).iso}</lastmod></sitemap>"
        for part in parts(at)
    ]
    return _written("sitemapindex", rows)


def month(publication: Publication, month: str, number: int, at: datetime) -> str | None:
    """One part's file, the story touched last at the top; None where readers may see none of its stories. One query.

    month: "2025-09", UTC.
    """
    rows = in_part(month, number, at).values_list("section__slug", "slug", "visible_updated_at")
    zone = zone_of(publication)
    found = [
        f"<url><loc>{settings.ORIGIN}/{section}/{slug}/</loc><lastmod>{when(touched, zone).iso}</lastmod></url>"
        for section, slug, touched in rows
        if touched
    ]
    return _written("urlset", found) if found else None


def in_part(month: str, number: int, at: datetime) -> QuerySet[Story]:
    inside = _where(f"{_MONTH} = %s::timestamp AND {_PART} = %s", f"{month}-01", number - 1)
    return published(at).filter(inside).order_by("-visible_updated_at", "-id")


def pages(about: Iterable[str], at: datetime) -> str:
    """Front page, sections, corrections and what we say of ourselves (``about``: their paths)."""
    sections = Section.objects.order_by("position", "name").values_list("slug", flat=True)
    return _listed(["/", *(f"/{slug}/" for slug in sections), "/corrections/", *about])


def topics(about: Iterable[str], at: datetime) -> str:
    """Every topic with a story that readers may see at ``at``."""
    told = cards.newest(at).filter(topics=OuterRef("pk")).order_by()
    found = Topic.objects.alias(_told=_one(told)).filter(_told__isnull=False).order_by("pk")
    return _listed(f"/topics/{slug}/" for slug in found.values_list("slug", flat=True)[:MOST])


def authors(about: Iterable[str], at: datetime) -> str:
    """Everybody whose name stands over a story that readers may see at ``at``."""
    found = places.named(at).order_by("pk")
    return _listed(places.author_path(*row) for row in found.values_list("pk", "name")[:MOST])


def _where(words: str, *values: object) -> RawSQL:
    return RawSQL(words, values, output_field=BooleanField())  # noqa: S611  constants; values go beside them


def _one(stories: QuerySet[Story]) -> Subquery:
    """Whether there is one, asked for each row. (``Exists`` is joined: with all stories, to find a handful of names.)"""
    return Subquery(stories.values("pk")[:1])


def _listed(paths: Iterable[str]) -> str:
    return _written("urlset", [f"<url><loc>{settings.ORIGIN}{escape(path)}</loc></url>" for path in paths])


def _written(element: str, rows: list[str]) -> str:
    inside = "\n".join([f'<{element} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', *rows, f"</{element}>"])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{inside}\n'


FILES = {"pages": pages, "topics": topics, "authors": authors}
