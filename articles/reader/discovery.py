"""What machines ask for: robots.txt, security.txt (RFC 9116) and the news site map (sitemaps.org 0.9; Google's news
extension). The other site maps are in ``sitemaps``."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from django.conf import settings

from articles.reader import cards
from articles.reader.feed_formats import xml
from articles.times import when, zone_of
from newsroom.publication.models import Publication

NEWS_MOST = 1_000
NEWS_AGE = timedelta(days=2)
SECURITY_KEPT = timedelta(days=180)
NEWS_FRESH = timedelta(hours=1)  # a story leaves the news map by growing old: nothing purges it then


def robots() -> str:
    """Everything public may be read; the desk, and pages that belong to one reader, are nobody's to list."""
    closed = ("/desk/", "/live/", "/admin/", "/newsletters/confirm/", "/newsletters/leave/", "/go/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines += [f"Sitemap: {settings.ORIGIN}/sitemap.xml", f"Sitemap: {settings.ORIGIN}/news-sitemap.xml"]
    return "\n".join(lines) + "\n"


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


def security(publication: Publication, at: datetime) -> str:
    """RFC 9116: whom to tell of a hole in the site. Expires within the year that the RFC asks for; "" without a contact."""
    if not publication.contact_email:
        return ""
    return (
        f"Contact: mailto:{publication.contact_email}\n"
        f"Expires: {at + SECURITY_KEPT:%Y-%m-%dT00:00:00Z}\n"
        f"Preferred-Languages: {publication.language.split('-')[0].lower()}\n"
        f"Canonical: {settings.ORIGIN}/.well-known/security.txt\n"
    )


def _text(words: str) -> str:
    return escape(xml(words))


def _urlset(more: str, parts: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{more}>\n' + "\n".join(parts) + "\n</urlset>\n"
    )
