"""An issue's letter: its stories as they stand now, in HTML and in plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from articles import products
from articles.access import published
from articles.corrections import KINDS
from articles.models import Story
from articles.reader import cards, gathering, told
from articles.reader.told import Note
from articles.times import When, when, zone_of
from media_assets import placements, renditions, rights
from media_assets.models import ImagePlacement, Use
from newsletters.composition import mjml
from newsletters.message import leave_url
from newsletters.models import Issue, IssueStory
from newsroom import blocks
from newsroom.blocks import PageContext, Target
from newsroom.publication.current import current

PICTURE_WIDTH = 600  # CSS pixels: the letter's own width
_BLANK = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Shown:
    """A story's lead picture in the letter."""

    src: str
    width: int
    height: int
    alternative_text: str
    caption: str
    credit: str


@dataclass(frozen=True)
class Item:
    """A story in the letter, as it stands on the site."""

    story_id: int
    revision_id: int
    address: str
    headline: str
    kicker: str
    standfirst: str
    live: bool
    whole: bool
    byline: str
    published: When
    updated: When | None
    corrections: list[Note]
    picture: Shown | None
    picture_left_out: str = ""
    body: str = ""
    body_text: str = ""


@dataclass(frozen=True)
class Used:
    """Which revision a place of the issue shows."""

    pk: int
    revision_id: int


@dataclass(frozen=True)
class Composed:
    """What would be sent.

    missing: headlines of stories that readers cannot see any more. shown: every story that the letter shows, at a place
    of its own or in a block of a whole story. left_out: what a block would show if readers could see it.
    """

    subject: str
    html: str
    text: str
    items: list[Item]
    places: list[Used]
    missing: list[str]
    shown: frozenset[int] = frozenset()
    left_out: list[str] = field(default_factory=list)


def compose(issue: Issue, *, at: datetime) -> Composed:
    """Put the letter together from what readers see at ``at``; drafts never enter it.

    Queries: one for the places, one for the stories, one for their pictures, and one for each kind of block in
    stories that stand in it whole.
    """
    places = list(issue.places.select_related("story__published_revision").order_by("position", "id"))
    seen = gathering.rows(published(at).filter(pk__in=[place.story_id for place in places]))
    stories = {story.pk: story for story in seen}
    there = [(place, stories[place.story_id]) for place in places if place.story_id in stories]
    images = placements.load({_revision(story).lead_image_id for _, story in there if _revision(story).lead_image_id})
    bodies = [_revision(story).body for place, story in there if place.shape == IssueStory.Shape.WHOLE]
    loaded = blocks.load(reference for body in bodies for reference in blocks.references(body))
    items = [_item(place, story, images, loaded, at) for place, story in there]
    beside, left_out = _beside(bodies, loaded, at)
    context = _context(issue, items, at)
    return Composed(
        subject=issue.subject,
        html=str(mjml.render("emails/issue.mjml", context)),
        text=_text("emails/issue.txt", context),
        items=items,
        places=[Used(place.pk, _revision(story).pk) for place, story in there],
        missing=[_headline(place) for place in places if place.story_id not in stories],
        shown=frozenset(stories) | beside,
        left_out=left_out,
    )


def _context(issue: Issue, items: list[Item], at: datetime) -> dict[str, Any]:
    return {
        "issue": issue,
        "newsletter": issue.newsletter,
        "publication": current(),
        "home": settings.ORIGIN,
        "items": items,
        "intro": [part.strip() for part in issue.intro.split("\n\n") if part.strip()],
        "sells": any('rel="sponsored' in item.body for item in items),
        "leave": leave_url(),
        "at": at,
    }


def _item(place: IssueStory, story: Story, images: Any, loaded: Any, at: datetime) -> Item:
    revision = _revision(story)
    whole = place.shape == IssueStory.Shape.WHOLE
    shown, left_out = _picture(images.get(revision.lead_image_id), at)
    page = PageContext(path=story.path, base_url=settings.ORIGIN, story_id=story.pk, form=f"letter:{place.issue_id}")

    def body(target: Target) -> str:
        return blocks.render(revision.body, target, at=at, page=page, link_rel=products.link_rel, loaded=loaded).html

    assert story.first_published_at is not None
    assert story.visible_updated_at is not None
    first, touched, zone = story.first_published_at, story.visible_updated_at, zone_of(current())
    notes = [told.note(row, zone) for row in story._notes]  # type: ignore[attr-defined]
    return Item(
        story_id=story.pk,
        revision_id=revision.pk,
        address=f"{settings.ORIGIN}{story.path}",
        headline=revision.headline,
        kicker=revision.kicker or story.section.name,
        standfirst=revision.standfirst,
        live=story.live_at(at),
        whole=whole,
        byline=cards.names([row["name"] for row in story._people]),  # type: ignore[attr-defined]
        published=when(first, zone),
        updated=when(touched, zone) if touched > first else None,
        corrections=[note for note in notes if note.kind in KINDS],
        picture=shown,
        picture_left_out=left_out,
        body=body(Target.MAIL) if whole else "",
        body_text=str(body(Target.TEXT)) if whole else "",
    )


def _beside(
    bodies: list[str], loaded: Mapping[str, Mapping[int, Any]], at: datetime
) -> tuple[frozenset[int], list[str]]:
    """The stories that blocks of these bodies show, and the titles of blocks that readers of the letter do not get.

    A block says by its page tags which stories it stands on, so that a new kind of block is held as well.
    """
    shown: set[int] = set()
    left_out: list[str] = []
    for reference in dict.fromkeys(reference for body in bodies for reference in blocks.references(body)):
        block, placement = blocks.get(reference.kind), loaded.get(reference.kind, {}).get(reference.id)
        if block is None or placement is None:
            continue
        stories = {int(tag.removeprefix("story:")) for tag in block.tags(placement) if tag.startswith("story:")}
        if not stories:
            continue
        if block.allowed(placement, at, Target.MAIL):
            shown |= stories
        else:
            left_out.append(block.title(placement))
    return frozenset(shown), left_out


def _picture(placement: ImagePlacement | None, at: datetime) -> tuple[Shown | None, str]:
    """The lead picture, or why it is left out: mail is a use of its own, and what is mailed cannot be called back."""
    if placement is None:
        return None, ""
    usable = rights.usability(placement.asset, Use.MAIL, at)
    if not usable.allowed:
        return None, usable.sentence
    made = renditions.picture(placement.asset)
    if not made.ready:
        return None, "Its files are still being made."
    return (
        Shown(
            src=f"{settings.ORIGIN}{made.src}",
            width=PICTURE_WIDTH,
            height=max(1, round(made.height * PICTURE_WIDTH / made.width)),
            alternative_text=placement.alternative_text,
            caption=placement.caption,
            credit=placement.asset.labelled_credit,
        ),
        "",
    )


def _revision(story: Story) -> Any:
    assert story.published_revision is not None  # published() asks for it
    return story.published_revision


def _headline(place: IssueStory) -> str:
    revision = place.story.published_revision
    return revision.headline if revision else "A story that was never published"


def _text(template: str, context: dict[str, Any]) -> str:
    return _BLANK.sub("\n\n", render_to_string(template, context)).strip() + "\n"
