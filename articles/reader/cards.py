"""Stories among others: what a card says, fetched as JSON beside the row that leads to it, so that a page of any
length costs no further query, and their pictures in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from articles.access import published
from articles.models import Byline, Reference, Section, Story
from articles.times import When, when, zone_of
from media_assets import placements, renditions, rights
from media_assets.crops import Crops
from media_assets.models import ImagePlacement, Use
from media_assets.renditions import Picture
from newsroom.publication.models import Publication


@dataclass(frozen=True)
class SectionLink:
    id: int
    name: str
    slug: str

    @property
    def path(self) -> str:
        return f"/{self.slug}/"


@dataclass(frozen=True)
class Card:
    """One story as other pages show it. ``first``, ``published``: its first publication, which orders lists.
    ``updated``: ``when`` is a later update. ``until``: when it next changes by itself: the rights to its picture begin or end, or its live time is over.
    ``never``: when the right ends by which its picture is shown. ``stand_in_id``: the asset of another picture of the story, shown
    because its lead picture may not be."""

    id: int
    path: str
    section: SectionLink
    headline: str
    kicker: str
    standfirst: str
    byline: str
    first: datetime
    published: When
    when: When
    updated: bool
    live: bool
    sells: bool
    lead_image_id: int | None
    picture: Picture | None = None
    crops: Crops | None = None
    asset_id: int | None = None
    credit: str = ""
    until: datetime | None = None
    never: datetime | None = None
    stand_in_id: int | None = None

    @property
    def tags(self) -> set[str]:
        """The page tags of a page that shows this card."""
        return {f"story:{self.id}"} | {f"asset:{pk}" for pk in (self.asset_id, self.stand_in_id) if pk}


def names(people: list[str]) -> str:
    """Join names as a byline does: "Ann", "Ann and Bob", "Ann, Bob and Cy"."""
    return " and ".join(filter(None, [", ".join(people[:-1]), *people[-1:]]))


def bylines(story: str = "pk") -> ArraySubquery:
    """The names of a story's bylines in order; ``story`` names the outer query's field with its id."""
    rows = Byline.objects.filter(story=OuterRef(story)).order_by("position", "id")
    return ArraySubquery(rows.values("person__name"))


def authors(story: str = "pk") -> ArraySubquery:
    """As ``bylines``, each with the person's id, as JSON."""
    rows = Byline.objects.filter(story=OuterRef(story)).order_by("position", "id")
    return ArraySubquery(rows.values(json=JSONObject(id="person_id", name="person__name")))


def card_of() -> JSONObject:
    """What a card needs of a Story row, as one JSON value."""
    sells = Reference.objects.filter(revision=OuterRef("published_revision"), kind="product")
    return JSONObject(
        id="pk",
        slug="slug",
        section_id="section_id",
        section_name="section__name",
        section_slug="section__slug",
        headline="published_revision__headline",
        kicker="published_revision__kicker",
        standfirst="published_revision__standfirst",
        lead_image_id="published_revision__lead_image_id",
        live="live",
        live_until="live_until",
        first="first_published_at",
        updated="visible_updated_at",
        people=bylines(),
        sells=Exists(sells),
    )


def newest(at: datetime) -> QuerySet[Story]:
    """What readers may see at ``at``, newest first. The indexes of Story carry this order."""
    return published(at).order_by("-first_published_at", "-id")


def sections() -> ArraySubquery:
    """Every section in the menu's order, as JSON beside any row."""
    rows = Section.objects.order_by("position", "name")
    return ArraySubquery(rows.values(json=JSONObject(id="pk", name="name", slug="slug")))


def links(rows: Iterable[Mapping[str, Any]]) -> list[SectionLink]:
    return [SectionLink(**row) for row in rows]


def build(row: Mapping[str, Any], publication: Publication, at: datetime) -> Card:
    """Make a card as it is at ``at``, still without its picture, of what ``card_of`` fetched."""
    section = SectionLink(row["section_id"], row["section_name"], row["section_slug"])
    first, touched = moment(row["first"]), moment(row["updated"])
    ends = moment(row["live_until"]) if row["live_until"] else None
    live = row["live"] and (ends is None or ends > at)
    return Card(
        id=row["id"],
        path=f"/{section.slug}/{row['slug']}/",
        section=section,
        headline=row["headline"],
        kicker=row["kicker"] or section.name,
        standfirst=row["standfirst"],
        byline=names(row["people"]),
        first=first,
        published=when(first, zone_of(publication)),
        when=when(touched, zone_of(publication)),
        updated=touched > first,
        live=live,
        sells=row["sells"],
        lead_image_id=row["lead_image_id"],
        until=ends if live else None,
    )


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of the moments that there are."""
    return min((moment for moment in moments if moment), default=None)


def credits(cards: Iterable[Card | None]) -> list[str]:
    """Whose pictures ``cards`` show, each once, in order: small pictures share one line of credit."""
    return list(dict.fromkeys(card.credit for card in cards if card is not None and card.credit))


def moment(value: str | datetime) -> datetime:
    """A time out of PostgreSQL's JSON (ISO 8601 with offset)."""
    parsed = parse_datetime(value) if isinstance(value, str) else value
    assert parsed is not None
    return parsed


class Pictures(dict[int, ImagePlacement]):
    """Lead images by placement id. instead: by story, the next picture of a story whose own may not be shown."""

    instead: dict[int, ImagePlacement]


def pictures(cards: Iterable[Card], at: datetime) -> Pictures:
    """The lead images of all ``cards``. One query, none when no card has one; two more while the right to one of them is
    over."""
    some = list(cards)
    wanted = {card.lead_image_id for card in some if card.lead_image_id}
    found = Pictures(placements.load(wanted) if wanted else {})
    barred = [
        card.id
        for card in some
        if (own := found.get(card.lead_image_id or 0)) and not rights.usability(own.asset, Use.WEB, at).allowed
    ]
    found.instead = _instead(barred, at) if barred else {}
    return found


def _instead(story_ids: list[int], at: datetime) -> dict[int, ImagePlacement]:
    """The first other picture of each story that may be shown at ``at``."""
    inside = Reference.objects.filter(kind="image", revision__published_in__in=story_ids)
    rows = list(inside.order_by("pk").values_list("revision__published_in", "placement_id"))
    loaded = placements.load(placement_id for _, placement_id in rows)
    found: dict[int, ImagePlacement] = {}
    for story_id, placement_id in rows:
        placement = loaded.get(placement_id)
        if placement is None or not renditions.picture(placement.asset).ready:
            continue
        if rights.usability(placement.asset, Use.WEB, at).allowed:
            found.setdefault(story_id, placement)
    return found


def hang(card: Card, loaded: Mapping[int, ImagePlacement], at: datetime, use: Use = Use.WEB) -> Card:
    """Return the card with its picture, if it has one that may be shown at ``at``.

    The asset is named even when its picture may not be shown: the purge that allows it must find the page.
    """
    placement = loaded.get(card.lead_image_id or 0)
    if placement is None:
        return card
    own = placement.asset
    until = earliest([card.until, rights.changes_at(own, at)])
    instead = loaded.instead.get(card.id) if isinstance(loaded, Pictures) and use is Use.WEB else None
    asset = instead.asset if instead else own
    shown = renditions.picture(asset)
    allowed = shown.ready and rights.usability(asset, use, at).allowed
    return replace(
        card,
        picture=shown if allowed else None,
        crops=Crops(asset) if allowed else None,
        asset_id=own.pk,
        stand_in_id=instead.asset_id if instead else None,
        credit=asset.listed_credit if allowed else "",
        until=earliest([until, rights.changes_at(asset, at)]),
        never=rights.allowed_until(asset, use, at) if allowed else None,
    )
