"""One other story of ours, offered between two paragraphs; it disappears while that story is not published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles import typed
from articles.access import published
from articles.blocks.picking import FOUND, chosen
from articles.blocks.picturing import shown
from articles.models import Reference, RelatedPlacement, Revision, Section, Story
from articles.times import when, zone_of
from media_assets.models import Asset, ImagePlacement, loading
from newsroom.accounts.models import Person
from newsroom.blocks import Block, Choice, Field, Picker, PlaceRefused, Problem, Target
from newsroom.prepared import Prepared
from newsroom.publication.current import current
from newsroom.wording import quoted

_ASSET = "story__published_revision__lead_image__asset"
_by_id = Prepared[Any](
    lambda ids: (
        RelatedPlacement.objects.filter(pk__any=ids)
        .select_related("story__section", f"{_ASSET}__agency")
        .defer("story__published_revision__body", f"{_ASSET}__words", f"{_ASSET}__found")
        .annotate(_made=loading.made_of(_ASSET), _rows=loading.rows_of(_ASSET))
    ),
    ids=[-1],
)


class RelatedBlock(Block):
    """One other story of ours, offered between two paragraphs; it disappears while that story is not published."""

    kind = "related"
    label = "Related story"
    icon = "i-related"
    asked = "The other story is published; while it is not, readers do not see the block."
    asked_stops = False
    picker = Picker(
        search="Search published stories",
        fields=(Field("line", "Words of the link", help="Empty: the story’s own headline.", max_length=200),),
        empty="No published story has these words in its headline.",
    )

    def load(self, ids: set[int]) -> Mapping[int, RelatedPlacement]:
        loaded = {placement.pk: placement for placement in _by_id(ids=list(ids))}
        for placement in loaded.values():
            if (lead := lead_asset(placement.story)) is not None:
                loading.unpack(lead, placement._made, placement._rows)
        return loaded

    @staticmethod
    def beside(revision: str) -> ArraySubquery:
        """The stories offered in the body of the outer row's revision, as ``QuoteBlock.beside``. Their pictures are asked
        for with the page's own (``pictured``), and ``unpack`` puts them together."""
        used = Reference.objects.filter(kind="related", revision=OuterRef(OuterRef(revision))).values("placement_id")
        found = RelatedPlacement.objects.filter(pk__in=used)
        return ArraySubquery(
            found.values(
                json=JSONObject(
                    placement=JSONObject(id="pk", line="line"),
                    story=JSONObject(
                        id="story_id",
                        slug="story__slug",
                        readers="story__readers",
                        embargo_until="story__embargo_until",
                        first_published_at="story__first_published_at",
                    ),
                    section=JSONObject(id="story__section_id", slug="story__section__slug"),
                    revision=JSONObject(
                        id="story__published_revision_id",
                        headline="story__published_revision__headline",
                        lead_image_id="story__published_revision__lead_image_id",
                    ),
                )
            )
        )

    @staticmethod
    def pictured(rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """The lead images that ``unpack`` needs for these rows of ``beside``."""
        return [row["revision"]["lead_image_id"] for row in rows if row["revision"]["lead_image_id"]]

    @staticmethod
    def unpack(rows: Iterable[Mapping[str, Any]], images: Mapping[int, ImagePlacement]) -> dict[int, RelatedPlacement]:
        """The placements that ``beside`` brought, by id, as ``load`` gives them."""
        made = {}
        for row in rows:
            moments = {name: _moment(row["story"][name]) for name in ("embargo_until", "first_published_at")}
            story = Story(**{**row["story"], **moments})
            story.section = Section(**row["section"])
            if row["revision"]["id"] is not None:
                story.published_revision = Revision(**row["revision"])
                story.published_revision.lead_image = images.get(row["revision"]["lead_image_id"])
            placement = RelatedPlacement(**row["placement"], story=story)
            made[placement.pk] = placement
        return made

    def tags(self, placement: RelatedPlacement) -> set[str]:
        lead = lead_asset(placement.story)
        return {f"story:{placement.story_id}"} | ({f"asset:{lead.pk}"} if lead is not None else set())

    def allowed(self, placement: RelatedPlacement, at: datetime, target: Target) -> bool:
        return placement.story.shown_at(at)

    def checks(self, placement: RelatedPlacement, at: datetime) -> Iterable[Problem]:
        if not self.allowed(placement, at, Target.WEB):
            yield Problem(
                f"The related story {quoted(self.title(placement))} is not published; readers do not see it.",
                stop=False,
            )

    def context(self, placement: RelatedPlacement, target: Target, at: datetime) -> dict[str, Any]:
        path = placement.story.path
        lead = lead_asset(placement.story)
        picture = shown(lead, target, at, shape="4x3")
        return {
            "picture_credit": lead.labelled_credit if picture is not None and lead is not None else "",
            "address": f"{settings.ORIGIN}{path}",
            "line": self.title(placement),
            "path": path,
            "shown": self.allowed(placement, at, target),
            "picture": picture,
        }

    def title(self, placement: RelatedPlacement) -> str:
        revision = placement.story.published_revision
        return placement.line or (revision.headline if revision is not None else placement.story.slug)

    def published_words(self, placement: RelatedPlacement) -> Mapping[str, str]:
        return {"words of the link": placement.line}

    def search(self, person: Person, q: str) -> list[Choice]:
        found = published(timezone.now()).select_related("section", "published_revision")
        for word in typed.line(q)[:100].split()[:8]:
            found = found.filter(published_revision__headline__icontains=word)
        return [
            Choice(
                story.pk,
                story.published_revision.headline if story.published_revision else "",
                f"{story.section.name}, {when(story.first_published_at, zone_of(current())).day}"
                if story.first_published_at
                else story.section.name,
            )
            for story in found.order_by("-first_published_at", "-id")[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        now = timezone.now()
        story = published(now).filter(pk=chosen(fields, "Choose a story.")).first()
        if story is None:
            raise PlaceRefused({"choice": "Readers cannot see this story. Choose a published one."})
        if str(story.pk) == fields.get("story", ""):
            raise PlaceRefused({"choice": "This is the story that you are writing. Choose another."})
        line = typed.line(fields.get("line", ""))
        if len(line) > 200:
            raise PlaceRefused({"line": f"Keep it to 200 characters; it has {len(line)}."})
        return RelatedPlacement.objects.create(story=story, line=line, created_by=person, created_at=now).pk

    def values(self, placement: RelatedPlacement) -> dict[str, str]:
        return {"choice": str(placement.story_id), "choice_title": self.title(placement), "line": placement.line}


def _moment(value: str | None) -> datetime | None:
    return parse_datetime(value) if value else None


def lead_asset(story: Story) -> Asset | None:
    """The asset of a published story's lead picture; needs ``published_revision__lead_image__asset`` loaded."""
    revision = story.published_revision
    return revision.lead_image.asset if revision is not None and revision.lead_image is not None else None
