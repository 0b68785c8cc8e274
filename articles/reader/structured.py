"""What machines read of a page: schema.org data as JSON in the page. Field names: schema.org/NewsArticle and Google's
article documentation. It says nothing that the page does not say: same headline, dates, credit, corrections."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from articles.reader.cards import SectionLink
from media_assets import crops
from newsroom.publication.models import Publication

if TYPE_CHECKING:
    from articles.reader.assembly import StoryPage
    from articles.reader.front import ListPage
    from articles.reader.places import AuthorLink, Place
    from articles.reader.posts import Coverage, Post

# A headline may hold "</script>" or "<!--": either would end the element or change how the rest is read (HTML standard,
# 4.12.1.3). U+2028 and U+2029 end a line in old parsers of JSON in scripts.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
HEADLINE_LENGTH = 110  # Google's article documentation: longer headlines are cut


def write(data: dict[str, Any]) -> SafeString:
    """Return ``data`` as JSON that may stand inside ``<script type="application/ld+json">``."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308  every character that HTML could act on is escaped


def organisation(publication: Publication) -> dict[str, Any]:
    about = f"{settings.ORIGIN}/about"
    made: dict[str, Any] = {
        "@type": "NewsMediaOrganization",
        "@id": f"{settings.ORIGIN}/#publisher",
        "name": publication.name,
        "url": f"{settings.ORIGIN}/",
        "publishingPrinciples": f"{about}/sources/",
        "unnamedSourcesPolicy": f"{about}/sources/",
        "correctionsPolicy": f"{about}/corrections/",
        "ethicsPolicy": f"{about}/ethics/",
        "masthead": f"{about}/who-we-are/",
        "actionableFeedbackPolicy": f"{settings.ORIGIN}/complaints/",
    }
    if publication.contact_email:
        made["email"] = publication.contact_email
    return made


def person(author: AuthorLink) -> dict[str, Any]:
    return {"@type": "Person", "name": author.name, "url": f"{settings.ORIGIN}{author.path}"}


def crumbs(
    publication: Publication, section: SectionLink | Place, headline: str = "", address: str = ""
) -> dict[str, Any]:
    """Where a page stands: front page, section or the like, and the story when ``headline`` is given."""
    steps = [(publication.name, f"{settings.ORIGIN}/"), (section.name, f"{settings.ORIGIN}{section.path}")]
    if headline:
        steps.append((headline, address))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": item}
            for place, (name, item) in enumerate(steps, start=1)
        ],
    }


def news_article(page: StoryPage, publication: Publication) -> SafeString:
    """The story's NewsArticle, its place in the site, and its publisher."""
    article: dict[str, Any] = {
        "@type": "NewsArticle",
        "@id": f"{page.address}#article",
        "headline": page.headline[:HEADLINE_LENGTH],
        "description": page.description,
        "datePublished": page.published.iso,
        "dateModified": page.modified.iso,
        "author": [person(author) for author in page.people],
        "publisher": {"@id": f"{settings.ORIGIN}/#publisher"},
        "mainEntityOfPage": {"@type": "WebPage", "@id": page.address},
        "isAccessibleForFree": True,
        "articleSection": page.section.name,
        "inLanguage": publication.language,
    }
    if len(page.headline) > HEADLINE_LENGTH:
        article["alternativeHeadline"] = page.headline
    if page.topics:
        article["keywords"] = [topic.name for topic in page.topics]
    if page.pictured and (images := crops.structured(page.pictured, base_url=settings.ORIGIN)):
        article["image"] = images
    if page.corrections:
        article["correction"] = [
            {"@type": "CorrectionComment", "text": note.line, "datePublished": note.when.iso}
            for note in page.corrections
        ]
    if page.coverage:
        article |= _live_blog(page, page.coverage)
    return write(
        {"@graph": [article, crumbs(publication, page.section, page.headline, page.address), organisation(publication)]}
    )


def _live_blog(page: StoryPage, coverage: Coverage) -> dict[str, Any]:
    """What makes live coverage of the article. Each post has its own words and times, never the story's."""
    made: dict[str, Any] = {"@type": "LiveBlogPosting", "coverageStartTime": coverage.began.iso}
    if coverage.ended:
        made["coverageEndTime"] = coverage.ended.iso
    if coverage.posts:
        made["liveBlogUpdate"] = [_update(page, post) for post in coverage.posts]
    return made


def _update(page: StoryPage, post: Post) -> dict[str, Any]:
    address = f"{page.address}#{post.anchor}"
    made: dict[str, Any] = {
        "@type": "BlogPosting",
        "@id": address,
        "url": address,
        "headline": post.headline,
        "articleBody": post.body,
        "datePublished": post.when.iso,
        "author": person(post.author) if post.author else {"@id": f"{settings.ORIGIN}/#publisher"},
    }
    if not post.edited:  # when other words came is on record for the story, not for this post
        made["dateModified"] = post.when.iso
    return made


def website(publication: Publication) -> SafeString:
    """The front page: the site and who publishes it."""
    site = {
        "@type": "WebSite",
        "@id": f"{settings.ORIGIN}/#site",
        "name": publication.name,
        "url": f"{settings.ORIGIN}/",
        "description": publication.tagline,
        "inLanguage": publication.language,
        "publisher": {"@id": f"{settings.ORIGIN}/#publisher"},
    }
    return write({"@graph": [site, organisation(publication)]})


def collection(page: ListPage, publication: Publication) -> SafeString:
    """A page of stories: its name, its place, its stories in order; of an author's, whose it is."""
    stories = [card for card in (page.lead, *page.beside, *page.river) if card]
    address = f"{settings.ORIGIN}{page.place.path}"
    listed: dict[str, Any] = {
        "@type": "CollectionPage",
        "name": page.place.name,
        "url": address,
        "isPartOf": {"@type": "WebSite", "@id": f"{settings.ORIGIN}/#site", "name": publication.name},
    }
    graph: list[dict[str, Any]] = [listed, crumbs(publication, page.place)]
    if page.place.kind == "author":
        publisher = {"@id": f"{settings.ORIGIN}/#publisher"}
        whose = {"@type": "Person", "name": page.place.name, "url": address, "worksFor": publisher}
        # A part of a page is a work of its own kind (schema.org, hasPart): a list is none.
        works = [
            {"@type": "NewsArticle", "headline": card.headline, "url": f"{settings.ORIGIN}{card.path}"}
            for card in stories
        ]
        listed |= {"@type": "ProfilePage", "mainEntity": whose, "hasPart": works}
        graph.append(organisation(publication))
    else:
        listed["mainEntity"] = {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, "url": f"{settings.ORIGIN}{card.path}", "name": card.headline}
                for place, card in enumerate(stories, start=1)
            ],
        }
    return write({"@graph": graph})
