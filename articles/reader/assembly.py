"""A story's page: everything on it, put together in a handful of queries.

One query brings the story with its people, notes, topics, quotations, what to read next and the menu, as JSON beside the
row; one brings every picture on the page; then one for each other kind of block in the body. Their number does not
depend on how long the story is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from articles import offers, products
from articles.blocks.related import lead_asset
from articles.corrections import KINDS
from articles.models import Revision, Story, Update
from articles.reader import cards, gathering, posts, rhythm, social, structured, told
from articles.reader.cards import SectionLink
from articles.reader.places import AuthorLink, TopicLink
from articles.reader.rhythm import Row
from articles.reader.share import Way, ways
from articles.reader.told import Note
from articles.times import When, when, zone_of
from media_assets import renditions, rights
from media_assets.models import Asset, ImagePlacement, Use
from newsroom import blocks
from newsroom.blocks import PageContext, Reference, Target
from newsroom.publication.models import Publication

UPDATES_SHOWN = 3


@dataclass(frozen=True)
class StoryPage:
    """All that a story's page says. Templates, structured data and feeds read this and nothing else.

    pictured: what search engines are told it shows: its lead picture, or while that may not be shown the first in the text.
    """

    id: int
    path: str
    address: str
    section: SectionLink
    headline: str
    kicker: str
    standfirst: str
    search_title: str
    description: str
    social_title: str
    social_description: str
    people: list[AuthorLink]
    published: When
    updated: When | None
    live: bool
    lead: dict[str, Any] | None
    lead_placement: ImagePlacement | None
    pictured: ImagePlacement | None
    social_image: social.SocialImage | None
    body: SafeString
    pieces: tuple[tuple[str, str], ...]
    sells: bool
    notes: list[Note]
    topics: list[TopicLink]
    share: list[Way]
    locale: str
    sections: list[SectionLink]
    tags: frozenset[str]
    until: datetime | None = None
    never: datetime | None = None
    next: Row | None = None
    next_credits: list[str] = field(default_factory=list)
    structured: SafeString = field(default_factory=SafeString)
    coverage: posts.Coverage | None = None

    @property
    def authors(self) -> list[str]:
        return [author.name for author in self.people]

    @property
    def byline(self) -> str:
        return cards.names(self.authors)

    @property
    def modified(self) -> When:
        """The one clock's last time: what dateModified, Open Graph and feeds say."""
        return self.updated or self.published

    @property
    def corrections(self) -> list[Note]:
        """Every correction and clarification, the newest first."""
        return [note for note in self.notes if note.kind in KINDS]

    @property
    def corrections_above(self) -> list[Note]:
        return [note for note in self.corrections if note.top]

    @property
    def corrections_below(self) -> list[Note]:
        return [note for note in self.corrections if not note.top]

    @property
    def corrections_name(self) -> str:
        """Over those above the text."""
        kinds = {note.name for note in self.corrections_above}
        if len(kinds) > 1:
            return "Corrections and clarifications"
        return f"{''.join(kinds)}{'s' if len(self.corrections_above) > 1 else ''}"

    @property
    def updates(self) -> list[Note]:
        """The newest updates; the log at the foot has them all."""
        return self._updates[:UPDATES_SHOWN]

    @property
    def earlier_updates(self) -> int:
        return len(self._updates[UPDATES_SHOWN:])

    @property
    def log(self) -> list[Note]:
        """All that readers were told of the story since it was published, in order."""
        return self.notes[::-1]

    @property
    def _updates(self) -> list[Note]:
        return [note for note in self.notes if note.kind == Update.Kind.UPDATE]


def page(story: Story, publication: Publication, at: datetime) -> StoryPage:
    """Put the page of a story from ``gathering.find`` together, as it stands at ``at``."""
    unseen = {row["id"]: row for row in [*story._alike, *story._next]}  # type: ignore[attr-defined]
    beside = [cards.build(row, publication, at) for row in [*unseen.values()][: gathering.NEXT]]
    loaded = gathering.load([story], extra=[card.lead_image_id for card in beside])
    made = say(story, publication, at, target=Target.WEB, loaded=loaded)
    images = loaded.get("image", {})
    beside = [cards.hang(card, images, at) for card in beside]
    # Not section:<id>: a new story in the section would then throw away the pages of every old one. What stands under
    # "Read next" follows when the page is next drawn; a withdrawn story leaves at once, by its own tag.
    tags = made.tags | {tag for card in beside for tag in card.tags}
    made = replace(
        made,
        sections=cards.links(story._sections),  # type: ignore[attr-defined]
        next_credits=cards.credits(beside),
        next=rhythm.row(made.section, beside, rhythm.BIG) if beside else None,
        tags=frozenset(tags),
        until=cards.earliest([made.until, *(card.until for card in beside)]),
        never=cards.earliest([made.never, *(card.never for card in beside)]),
        coverage=posts.coverage(story, _shown(story), made.people, at, zone_of(publication)),
    )
    return replace(made, structured=structured.news_article(made, publication))


def say(
    story: Story,
    publication: Publication,
    at: datetime,
    *,
    target: Target,
    loaded: Mapping[str, Mapping[int, Any]],
) -> StoryPage:
    """What a story from ``gathering.rows`` says on one exit: words, times, lead picture, body. ``loaded``: of ``gathering.load``."""
    revision = _shown(story)
    assert story.first_published_at is not None
    assert story.visible_updated_at is not None
    zone = zone_of(publication)
    section = SectionLink(story.section_id, story.section.name, story.section.slug)
    path = story.path
    rendered = blocks.render(
        revision.body,
        target,
        at=at,
        page=PageContext(path=path, base_url=settings.ORIGIN, story_id=story.pk, form="story"),
        link_rel=products.link_rel,
        loaded=loaded,
        # Only the page itself is followed by open pages: elsewhere the keys would be noise.
        keys=revision.paragraph_keys if target is Target.WEB else None,
        anchors=posts.anchors(story, revision) if target is Target.WEB else None,
    )
    standing = blocks.references(revision.body)
    images = loaded.get("image", {})
    placement = images.get(revision.lead_image_id or 0)
    # Other sites and search engines get the next picture of a story whose lead picture may not be shown.
    ones = [each.id for each in standing if each.kind == "image"] if placement else []
    offered = [one for one in (placement, *(images.get(pk) for pk in ones)) if one]
    tags = {f"story:{story.pk}", "publication", *rendered.tags}
    # Not topic:<id>: what is new under a topic would then throw away every old page that names it.
    tags |= {f"topic-name:{row['id']}" for row in story._topics}  # type: ignore[attr-defined]
    if placement is not None:
        tags.add(f"asset:{placement.asset_id}")
    moved = story.visible_updated_at > story.first_published_at
    until, never = _until(
        [*standing, Reference("image", revision.lead_image_id or 0)],
        loaded,
        at,
        target,
        story.live_until if story.live_at(at) else None,
    )
    return StoryPage(
        id=story.pk,
        path=path,
        address=f"{settings.ORIGIN}{path}",
        section=section,
        headline=revision.headline,
        kicker=revision.kicker,
        standfirst=revision.standfirst,
        search_title=revision.search_title or revision.headline,
        description=revision.search_description or revision.standfirst or revision.headline,
        social_title=revision.social_title or revision.headline,
        social_description=revision.social_description
        or revision.search_description
        or revision.standfirst
        or revision.headline,
        people=[AuthorLink(**row) for row in story._people],  # type: ignore[attr-defined]
        published=when(story.first_published_at, zone),
        updated=when(story.visible_updated_at, zone) if moved else None,
        live=story.live_at(at),
        lead=_lead(placement, at, Use.FEED if target is Target.FEED else Use.WEB),
        lead_placement=placement,
        pictured=_pictured_by(offered, at),
        social_image=next(filter(None, (social.image(one, at) for one in offered)), None),
        body=rendered.html,
        pieces=rendered.pieces,
        sells='rel="sponsored' in rendered.html,
        notes=[told.note(row, zone) for row in story._notes],  # type: ignore[attr-defined]
        topics=[TopicLink(**row) for row in story._topics],  # type: ignore[attr-defined]
        share=ways(revision.social_title or revision.headline, f"{settings.ORIGIN}{path}"),
        locale=publication.language.replace("-", "_"),
        sections=[],
        tags=frozenset(tags),
        until=until,
        never=never,
    )


def _shown(story: Story) -> Revision:
    assert story.published_revision is not None
    return story.published_revision


def _until(
    references: Iterable[Reference],
    loaded: Mapping[str, Mapping[int, Any]],
    at: datetime,
    target: Target,
    live_until: datetime | None,
) -> tuple[datetime | None, datetime | None]:
    """When the page next changes by itself: the first price on it grows stale, the rights to a picture begin or end, or
    the live notice goes. And when what it shows may not be shown any more, by anybody (promises 13 and 16). (The outbox
    says it too, but only while a worker runs.)"""
    moments, ends = [live_until], list[datetime | None]()
    for reference in references:
        placed = loaded.get(reference.kind, {}).get(reference.id)
        if placed is None:
            continue
        if reference.kind == "product" and placed.offer and (stale := offers.shown_until(placed.offer)) and stale > at:
            ends.append(stale)
        if reference.kind == "related" and placed.story.embargoed(at):
            moments.append(placed.story.embargo_until)
        if (asset := _pictured(reference.kind, placed)) is not None:
            moments.append(rights.changes_at(asset, at))
            use = Use.FEED if target is Target.FEED else Use.WEB
            if rights.usability(asset, use, at).allowed:
                ends.append(rights.allowed_until(asset, use, at))
    return cards.earliest([*moments, *ends]), cards.earliest(ends)


def _pictured_by(placed: Iterable[ImagePlacement], at: datetime) -> ImagePlacement | None:
    """The first picture that the page shows."""
    shown = (one for one in placed if rights.usability(one.asset, Use.WEB, at).allowed)
    return next((one for one in shown if renditions.picture(one.asset).ready), None)


def _pictured(kind: str, placed: Any) -> Asset | None:
    """The picture that a loaded placement shows."""
    if kind == "image":
        return placed.asset
    if kind == "product":
        return placed.picture
    return lead_asset(placed.story) if kind == "related" else None


def _lead(placement: ImagePlacement | None, at: datetime, use: Use) -> dict[str, Any] | None:
    if placement is None or not rights.usability(placement.asset, use, at).allowed:
        return None
    return renditions.lead(placement)
