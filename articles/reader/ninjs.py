"""A story for partners' systems: IPTC ninjs 3.0 (iptc.org/std/ninjs/ninjs-schema_3.0.json), one news object a story.

3.0 and not 2.x: since then every property is spelled one way, and 3.1 adds nothing that a story of ours says. The text
is the feed's, with disclosure and corrections inside, so that whoever prints it prints them; a withdrawn story is
"canceled", which is the partners' sign to take it down.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from articles import partners
from articles.models import Story
from articles.reader import assembly, feeds, gathering
from articles.reader.assembly import StoryPage
from articles.times import when, zone_of
from media_assets import renditions, rights
from media_assets.models import ImagePlacement, Rendition, Use
from newsroom import blocks
from newsroom.blocks import Target
from newsroom.blocks.rendering import absolute
from newsroom.publication.models import Publication

MEDIA_TYPE = "application/json"
STANDARD = {"name": "ninjs", "version": "3.0", "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"}


def path(page: str) -> str:
    """Where the news object of the story at ``page`` is."""
    return f"{page}ninjs.json"


def usable(story: Story, publication: Publication, at: datetime) -> tuple[StoryPage, bytes]:
    """A story from ``gathering.find`` as it stands at ``at``: what it says, and the whole object written down."""
    loaded = gathering.load([story])
    page = assembly.say(story, publication, at, target=Target.FEED, loaded=loaded)
    assert story.published_revision is not None
    made = {
        "uri": feeds.guid(page),
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "pubStatus": "usable",
        "firstCreated": page.published.iso,
        "versionCreated": page.modified.iso,
        "contentCreated": page.published.iso,
        "language": publication.language,
        "headlines": _several(main=page.headline, kicker=page.kicker, search=_other(page.search_title, page)),
        "descriptions": _several(summary=page.standfirst, search=page.description),
        "bodies": _bodies(page),
        "by": page.byline,
        "infoSources": [
            {"name": author.name, "role": "author", "uri": f"{settings.ORIGIN}{author.path}"} for author in page.people
        ],
        "subjects": [
            {"name": page.section.name, "rel": "section", "uri": f"{settings.ORIGIN}{page.section.path}"},
            *({"name": topic.name, "rel": "about", "uri": f"{settings.ORIGIN}{topic.path}"} for topic in page.topics),
        ],
        "copyrightHolder": publication.name,
        "altIds": [{"role": "story", "value": str(page.id)}],
        "renditions": [{"name": "page", "href": page.address, "contentType": "text/html"}],
        "associations": _pictures(page, story, loaded.get("image", {}), at),
        "trustIndicators": [
            {"title": title, "href": f"{settings.ORIGIN}/about/{name}/"}
            for name, title in (("sources", "How we use sources"), ("corrections", "Corrections policy"))
        ],
        "edNote": "\n".join(f"{note.name}, {note.when.words}: {note.line}" for note in page.corrections),
    }
    return page, _numbered(story, {name: said for name, said in made.items() if said})


def canceled(story: Story, publication: Publication) -> bytes:
    """A withdrawn story: its name, that it is no longer to be used, and the public notice. Nothing else of it."""
    assert story.first_published_at is not None
    left = when(story.withdrawn_at or story.first_published_at, zone_of(publication))
    return _numbered(
        story,
        {
            "uri": feeds.name_of(story.pk, story.first_published_at),
            "standard": STANDARD,
            "type": "text",
            "pubStatus": "canceled",
            "versionCreated": left.iso,
            "edNote": story.withdrawn_notice or "This story has been withdrawn.",
        },
    )


def _numbered(story: Story, made: dict[str, Any]) -> bytes:
    """Written down with its version, which partners compare: higher whenever anything else in it is other than before.
    Never below the revision's number, which it was before it had one of its own."""
    number = partners.version(story.pk, _written(made), least=story.published_revision_id or 1)
    return _written({**made, "version": str(number)})


def _several(**said: str) -> list[dict[str, str]]:
    return [{"role": role, "contentType": "text/plain", "value": value} for role, value in said.items() if value]


def _other(title: str, page: StoryPage) -> str:
    return title if title != page.headline else ""


def _bodies(page: StoryPage) -> list[dict[str, Any]]:
    html = absolute(render_to_string("reader/_feed_text.html", {"page": page}, using="public").strip(), settings.ORIGIN)
    if not html:
        return []
    words = len(strip_tags(html).split())
    return [{"role": "main", "contentType": "text/html", "wordCount": words, "value": html}]


def _pictures(
    page: StoryPage, story: Story, loaded: Mapping[int, ImagePlacement], at: datetime
) -> list[dict[str, Any]]:
    """The lead and the pictures in the text that partners may have and whose files are there, each once."""
    assert story.published_revision is not None
    inside = [each.id for each in blocks.references(story.published_revision.body) if each.kind == "image"]
    lead = page.lead_placement
    placed = [lead] if lead else []
    placed += [loaded[number] for number in dict.fromkeys(inside) if number in loaded]
    return [
        _picture(placement, "lead" if placement is lead else "inside")
        for placement in placed
        if rights.usability(placement.asset, Use.FEED, at).allowed and renditions.picture(placement.asset).ready
    ]


def _picture(placement: ImagePlacement, name: str) -> dict[str, Any]:
    asset = placement.asset
    files = [row for row in renditions.current(asset) if row.format == Rendition.Format.JPEG]
    made = {
        "name": name,
        "uri": f"{settings.ORIGIN}{renditions.address(files[-1])}",
        "type": "picture",
        "pubStatus": "usable",
        "by": asset.creator,
        "infoSources": [{"name": asset.listed_credit, "role": "credit"}],
        "copyrightNotice": asset.copyright_notice,
        "descriptions": _several(caption=placement.caption, alternative=placement.alternative_text),
        "renditions": [
            {
                "name": f"{row.width}",
                "href": f"{settings.ORIGIN}{renditions.address(row)}",
                "contentType": "image/jpeg",
                "width": row.width,
                "height": row.height,
            }
            for row in files
        ],
    }
    return {key: said for key, said in made.items() if said}


def _written(made: dict[str, Any]) -> bytes:
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
