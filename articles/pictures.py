"""Which pictures leave the readers together with a story (promises 8 and 9)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from articles.access import published
from articles.models import Product, ProductPlacement, Reference, Revision, Story
from media_assets.models import ImagePlacement


def closed(asset_ids: set[int], at: datetime) -> set[int]:
    """Those assets that stand in a story which is withdrawn or under embargo, and in none that readers may see.

    Pictures of products stay, the library's and those that stories took from it. Seven queries at most.
    """
    placed = dict(ImagePlacement.objects.filter(asset_id__in=asset_ids).values_list("pk", "asset_id"))
    if not placed:
        return set()
    away = Story.objects.filter(Q(readers=Story.Readers.WITHDRAWN) | Q(embargo_until__gt=at))
    found = {placed[pk] for pk in _standing(away, set(placed), drafts=True)}
    if not found:
        return set()
    kept = {placed[pk] for pk in _standing(published(at), set(placed), drafts=False)}
    for products in (Product.objects, ProductPlacement.objects):
        kept |= set(products.filter(picture_id__in=found).values_list("picture_id", flat=True).distinct())
    return found - kept


def assets_of(story_id: int) -> set[int]:
    """The assets that stand in what readers see or saw of a story, and in its open drafts."""
    stories = Story.objects.filter(pk=story_id)
    revisions = _revisions(stories, drafts=True)
    leads = revisions.filter(lead_image__isnull=False).values_list("lead_image__asset_id", flat=True)
    placements = Reference.objects.filter(revision__in=revisions, kind="image").values("placement_id")
    inside = ImagePlacement.objects.filter(pk__in=placements).values_list("asset_id", flat=True)
    return set(leads) | set(inside)


def shown_in(story_id: int) -> set[int]:
    """The assets that stand in what readers see of a story, those with its products too."""
    revisions = Revision.objects.filter(pk__in=Story.objects.filter(pk=story_id).values("published_revision"))
    leads = revisions.filter(lead_image__isnull=False).values_list("lead_image__asset_id", flat=True)
    placed = {
        kind: Reference.objects.filter(revision__in=revisions, kind=kind).values("placement_id")
        for kind in ("image", "product")
    }
    images = ImagePlacement.objects.filter(pk__in=placed["image"]).values_list("asset_id", flat=True)
    products = ProductPlacement.objects.filter(pk__in=placed["product"]).values_list("picture_id", flat=True)
    return {pk for pk in (*leads, *images, *products) if pk}


def _revisions(stories: QuerySet[Story], *, drafts: bool) -> QuerySet[Revision]:
    shown = Q(pk__in=stories.values("published_revision"))
    return Revision.objects.filter(shown | Q(head_of__story__in=stories) if drafts else shown)


def _standing(stories: QuerySet[Story], placements: set[int], *, drafts: bool) -> set[int]:
    """Which of these image placements stand in a revision of ``stories``."""
    revisions = _revisions(stories, drafts=drafts)
    leads = revisions.filter(lead_image_id__in=placements).values_list("lead_image_id", flat=True)
    inside = Reference.objects.filter(kind="image", placement_id__in=placements, revision__in=revisions)
    return {pk for pk in leads if pk} | set(inside.values_list("placement_id", flat=True))
