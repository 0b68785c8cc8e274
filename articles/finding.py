"""What the desk's palette finds of ours: stories, sources and products by their words."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from articles import products, sources
from articles.access import may
from articles.models import Draft, Story
from newsroom.accounts.models import Person
from newsroom.deskui.palette import Hit

MOST = 6


def stories(person: Person, q: str) -> Iterator[Hit]:
    """Open drafts and published stories with ``q`` in the headline or address; one query each."""
    rights = may(person)
    if not rights.read:
        return
    page = "articles-desk:write" if rights.write else "articles-desk:preview"
    open_ones = (
        Draft.objects.exclude(standing=Draft.Standing.CLOSED)
        .filter(Q(head__headline__icontains=q) | Q(story__slug__icontains=q))
        .select_related("story__section", "head")
        .order_by("-changed_at")[:MOST]
    )
    seen = set()
    for draft in open_ones:
        seen.add(draft.story_id)
        headline = draft.head.headline if draft.head else ""
        detail = f"{draft.get_standing_display()}, {draft.story.section.name}"
        yield Hit(headline or "Untitled story", reverse(page, args=[draft.story_id]), "Story", detail)
    others = (
        Story.objects.filter(published_revision__headline__icontains=q)
        .exclude(pk__in=seen)
        .select_related("section", "published_revision")
        .order_by("-first_published_at")[: MOST - len(seen)]
    )
    for story in others:
        headline = story.published_revision.headline if story.published_revision else story.slug
        detail = f"{story.get_readers_display()}, {story.section.name}"
        yield Hit(headline, reverse("articles-desk:history", args=[story.pk]), "Story", detail)


def sources_(person: Person, q: str) -> Iterator[Hit]:
    if may(person).read_sources:
        for source in sources.listing(person, q=q)[:MOST]:
            yield Hit(
                source.printed, reverse("articles-desk:source", args=[source.pk]), "Source", source.get_kind_display()
            )


def products_(person: Person, q: str) -> Iterator[Hit]:
    if may(person).read:
        for product in products.listing(q=q).prefetch_related("offers__merchant")[:MOST]:
            sold = ", ".join(offer.merchant.name for offer in product.offers.all())
            yield Hit(str(product), reverse("articles-desk:product", args=[product.pk]), "Product", sold)
