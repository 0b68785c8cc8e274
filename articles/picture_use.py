"""Where the library's pictures stand: in what readers see, in open drafts, with products."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from articles.access import may, published
from articles.models import Draft, Product, ProductPlacement, Reference, Story
from media_assets.models import ImagePlacement
from media_assets.usage import Concern, Used
from newsroom.accounts.models import Person

# (block's kind, placement's id) -> asset id
Placed = dict[tuple[str, int], int]


def find(person: Person, asset_ids: set[int], at: datetime) -> dict[int, list[Used]]:
    """The places of these pictures that this person may open: readers' pages for everybody; for those who read drafts
    also drafts, withdrawn stories and products. Seven queries at most."""
    found: dict[int, list[Used]] = {asset_id: [] for asset_id in asset_ids}
    rights = may(person)
    placed = _placed(asset_ids)
    if placed:
        stories = Story.objects.filter(published_revision__isnull=False) if rights.read else published(at)
        for asset_id, used in _in_stories(stories, placed, at, at_desk=rights.read):
            found[asset_id].append(used)
    if rights.read:
        if placed:
            page = "articles-desk:write" if rights.write else "articles-desk:preview"
            for asset_id, used in _in_drafts(placed, page):
                found[asset_id].append(used)
        for product in Product.objects.filter(picture_id__in=asset_ids):
            if product.picture_id is not None:
                address = reverse("articles-desk:product", args=[product.pk])
                found[product.picture_id].append(Used(str(product), address, "Product"))
    return found


def shown(stories: QuerySet[Story], asset_ids: set[int], most: int) -> Iterator[tuple[Story, int]]:
    """Which of these pictures stand before readers in which of ``stories``, the first ``most`` of them; four queries at
    most, none where there are no pictures."""
    placed = _placed(asset_ids) if asset_ids else {}
    if not placed:
        return
    found = list(stories.filter(_with(placed, "published_revision")).distinct()[:most])
    inside = _places(placed, {story.published_revision_id for story in found if story.published_revision_id})
    for story in found:
        revision = story.published_revision
        assert revision is not None
        for asset_id, _ in _of(placed, inside, revision.pk, revision.lead_image_id):
            yield story, asset_id


def _placed(asset_ids: set[int]) -> Placed:
    images = ImagePlacement.objects.filter(asset_id__in=asset_ids).values_list("pk", "asset_id")
    products = ProductPlacement.objects.filter(picture__in=asset_ids).values_list("pk", "picture")
    return {("image", pk): asset for pk, asset in images} | {("product", pk): asset for pk, asset in products if asset}


def _standing_in(placed: Placed) -> QuerySet[Reference]:
    images, products = ([pk for kind, pk in placed if kind == wanted] for wanted in ("image", "product"))
    return Reference.objects.filter(
        Q(kind="image", placement_id__in=images) | Q(kind="product", placement_id__in=products)
    )


def _with(placed: Placed, revision: str) -> Q:
    """Rows whose revision (the name of their foreign key) shows one of the placements."""
    leads = [pk for kind, pk in placed if kind == "image"]
    inside = _standing_in(placed).values("revision")
    return Q(**{f"{revision}__lead_image__in": leads}) | Q(**{f"{revision}__in": inside})


def _in_stories(stories: QuerySet[Story], placed: Placed, at: datetime, *, at_desk: bool) -> Iterator[tuple[int, Used]]:
    found = list(
        stories.filter(_with(placed, "published_revision")).select_related("section", "published_revision").distinct()
    )
    inside = _places(placed, {story.published_revision_id for story in found if story.published_revision_id})
    for story in found:
        revision = story.published_revision
        assert revision is not None
        url = reverse("articles-desk:history", args=[story.pk]) if at_desk else story.path
        for asset_id, place in _of(placed, inside, revision.pk, revision.lead_image_id):
            state, words = (
                ("embargo", "Embargo") if story.embargoed(at) else (story.readers, story.get_readers_display())
            )
            yield asset_id, Used(revision.headline, url, words, story.visible_updated_at, state, place)


def _in_drafts(placed: Placed, page: str) -> Iterator[tuple[int, Used]]:
    drafts = Draft.objects.exclude(standing=Draft.Standing.CLOSED).select_related("head", "story")
    # A story that was opened again and not written in yet says what readers see: that is one place, not two.
    unlike = drafts.exclude(head=F("story__published_revision"), story__published_revision__isnull=False)
    found = list(unlike.filter(_with(placed, "head")).distinct())
    inside = _places(placed, {draft.head_id for draft in found if draft.head_id})
    for draft in found:
        head = draft.head
        assert head is not None
        url = reverse(page, args=[draft.story_id])
        for asset_id, place in _of(placed, inside, head.pk, head.lead_image_id):
            title = head.headline or "Untitled story"
            spiked = draft.story.spiked_at is not None
            state, words = ("spiked", "Spiked") if spiked else (draft.standing, draft.get_standing_display())
            yield asset_id, Used(title, url, words, draft.changed_at, state, place)


def _places(placed: Placed, revision_ids: set[int]) -> dict[int, set[tuple[str, int]]]:
    """Revision id -> the placements in its body."""
    inside: dict[int, set[tuple[str, int]]] = {}
    rows = _standing_in(placed).filter(revision_id__in=revision_ids)
    for revision_id, kind, placement_id in rows.values_list("revision_id", "kind", "placement_id"):
        inside.setdefault(revision_id, set()).add((kind, placement_id))
    return inside


def _of(
    placed: Placed, inside: dict[int, set[tuple[str, int]]], revision_id: int, lead: int | None
) -> Iterator[tuple[int, str]]:
    """Each picture of one revision, once, with all the ways in which it stands there."""
    ways: dict[int, list[str]] = {}
    if lead is not None and (asset_id := placed.get(("image", lead))) is not None:
        ways.setdefault(asset_id, []).append("lead picture")
    for kind, pk in sorted(inside.get(revision_id, ())):
        way = "in the text" if kind == "image" else "with a product"
        if way not in ways.setdefault(placed[kind, pk], []):
            ways[placed[kind, pk]].append(way)
    yield from ((asset_id, ", ".join(all_ways)) for asset_id, all_ways in ways.items())


def concerned(asset_ids: set[int], at: datetime) -> dict[int, list[Concern]]:
    """The stories that readers see with these pictures, and those in the making: for whoever must be told that one goes.
    A fixed number of queries."""
    placed = _placed(asset_ids)
    found: dict[int, list[Concern]] = {}
    if not placed:
        return found
    read = published(at).filter(_with(placed, "published_revision"))
    drafts = Draft.objects.exclude(standing=Draft.Standing.CLOSED).filter(_with(placed, "head"), story__spiked_at=None)
    rows = [
        *((story.pk, story.published_revision) for story in read.select_related("published_revision").distinct()),
        *((draft.story_id, draft.head) for draft in drafts.select_related("head").distinct()),
    ]
    inside = _places(placed, {revision.pk for _, revision in rows if revision is not None})
    behind = _behind({story_id for story_id, _ in rows})
    told = set()
    for story_id, revision in rows:
        assert revision is not None
        for asset_id, _ in _of(placed, inside, revision.pk, revision.lead_image_id):
            if (asset_id, story_id) not in told:
                told.add((asset_id, story_id))
                url = reverse("articles-desk:write", args=[story_id])
                concern = Concern(revision.headline or "Untitled story", url, behind[story_id])
                found.setdefault(asset_id, []).append(concern)
    return found


def _behind(story_ids: set[int]) -> dict[int, tuple[Person, ...]]:
    """Story id -> its owner and everybody in its byline who may read stories in the making."""
    stories = Story.objects.filter(pk__in=story_ids).select_related("owner").prefetch_related("bylines__person")
    return {
        story.pk: tuple(
            one
            for one in {one.pk: one for one in (story.owner, *(line.person for line in story.bylines.all()))}.values()
            if may(one).read
        )
        for story in stories
    }
