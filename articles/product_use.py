"""Where products stand: the stories whose readers see one, and the drafts that hold one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from articles.models import Draft, ProductPlacement, Reference, Story

MOST = 50


@dataclass(frozen=True)
class Stands:
    """A story that shows the product. state: words for the desk."""

    story_id: int
    headline: str
    state: str


def stories(product_id: int) -> list[Stands]:
    """The stories that show a product now, published ones first, then open drafts of others. Two queries; the newest
    MOST of each."""
    inside = standing(Q(product_id=product_id))
    seen = Story.objects.filter(published_revision__in=inside.values("revision")).order_by("-visible_updated_at")
    found = [
        Stands(pk, headline, Story.Readers(readers).label)
        for pk, headline, readers in seen.values_list("pk", "published_revision__headline", "readers")[:MOST]
    ]
    published = {stands.story_id for stands in found}
    drafts = Draft.objects.exclude(standing=Draft.Standing.CLOSED).filter(head__in=inside.values("revision"))
    found += [
        Stands(pk, headline or "Untitled story", Draft.Standing(where).label)
        for pk, headline, where in drafts.order_by("-changed_at").values_list("story_id", "head__headline", "standing")[
            :MOST
        ]
        if pk not in published
    ]
    return found


def standing(placements: Q) -> QuerySet[Reference]:
    """The references to these placements, in whatever revision."""
    wanted = ProductPlacement.objects.filter(placements)
    return Reference.objects.filter(kind="product", placement_id__in=wanted.values("pk"))
