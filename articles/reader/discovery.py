"""What search engines ask for: robots.txt and the two site maps (sitemaps.org 0.9; Google's news extension)."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from django.conf import settings

from articles.models import Section
from articles.reader import cards
from articles.reader.feeds import xml
from articles.times import when, zone_of
from newsroom.publication.models import Publication

MOST = 20_000  # of the 50,000 that one file may hold
NEWS_MOST = 1_000
NEWS_AGE = timedelta(days=2)
NEWS_FRESH = timedelta(hours=1)  # a story leaves the news map by growing old: nothing purges it then


def robots() -> str:
    """Everything public may be read; the desk, and pages that belong to one reader, are nobody's to list."""
    closed = ("/desk/", "/admin/", "/newsletters/confirm/", "/newsletters/leave/", "/go/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines += [f"Sitemap: {settings.ORIGIN}/sitemap.xml", f"Sitemap: {settings.ORIGIN}/news-sitemap.xml"]
    return "\n".join(lines) + "\n"


def sitemap(publication: Publication, at: datetime) -> str:
    """Front page, corrections, sections and stories, newest first, each with the one clock's last time."""
    zone = zone_of(publication)
    rows = cards.newest(at).values_list("section__slug", "slug", "visible_updated_at")[:MOST]
    parts = [f"<url><loc>{settings.ORIGIN}{path}</loc></url>" for path in ("/", "/corrections/")]
    parts += [
        f"<url><loc>{settings.ORIGIN}/{slug}/</loc></url>"
        for slug in Section.objects.order_by("position", "name").values_list("slug", flat=True)
    ]
    parts += [
        f"<url><loc>{settings.ORIGIN}/{section}/{slug}/</loc><lastmod>{when(touched, zone).iso}</lastmod></url>"
        for section, slug, touched in rows
        if touched
    ]
    return _urlset("", parts)


def news_sitemap(publication: Publication, at: datetime) -> str:
    """The stories first published in the last two days."""
    zone = zone_of(publication)
    language = publication.language.split("-")[0].lower()
    found = cards.newest(at).filter(first_published_at__gt=at - NEWS_AGE)
    rows = found.values_list("section__slug", "slug", "first_published_at", "published_revision__headline")[:NEWS_MOST]
    parts = [
        f"<url><loc>{settings.ORIGIN}/{section}/{slug}/</loc><news:news><news:publication>"
        f"<news:name>{_text(publication.name)}</news:name><news:language>{_text(language)}</news:language>"
        f"</news:publication><news:publication_date>{when(first, zone).iso}</news:publication_date>"
        f"<news:title>{_text(headline)}</news:title></news:news></url>"
        for section, slug, first, headline in rows
        if first
    ]
    return _urlset(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', parts)


def _text(words: str) -> str:
    return escape(xml(words))


def _urlset(more: str, parts: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{more}>\n' + "\n".join(parts) + "\n</urlset>\n"
    )
