"""What the desk's palette finds of ours: stories, sources and products by their words."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Q, Value
from django.urls import reverse

from articles import products, search
from articles.access import may
from articles.models import Draft, Product, SearchEntry, Source, Story
from newsroom.accounts.models import Person
from newsroom.deskui.palette import Hit
from newsroom.wording import quoted

MOST = 6


def stories(person: Person, q: str) -> Iterator[Hit]:
    """Stories by the words of their open drafts and of what readers see; three queries."""
    found = search.find(person, SearchEntry.Kind.STORY, q, most=MOST)
    known = stories_by_id([row.thing for row in found.rows])
    for row in found.rows:
        if story := known.get(row.thing):
            detail = f"{standing(story)[1]}, {story.section.name}"
            yield Hit(row.name or "Untitled story", page_of(person, story), "Story", detail)


def stories_by_id(ids: list[int]) -> dict[int, Story]:
    """Stories with section, owner and open drafts; two queries."""
    return Story.objects.select_related("section", "owner").prefetch_related("drafts").in_bulk(ids) if ids else {}


def open_draft(story: Story) -> Draft | None:
    """The open draft of a story of ``stories_by_id``, a quick correction first."""
    drafts = [draft for draft in story.drafts.all() if draft.standing != Draft.Standing.CLOSED]
    return min(drafts, key=lambda draft: (draft.kind, -draft.pk), default=None)


def standing(story: Story) -> tuple[str, str]:
    """Where a story of ``stories_by_id`` stands: a chip's state and its words."""
    if story.spiked_at is not None:
        return "spiked", "Spiked"
    if draft := open_draft(story):
        return draft.standing, draft.get_standing_display()
    return story.readers, story.get_readers_display()


def page_of(person: Person, story: Story) -> str:
    """Where a person goes on with a story of ``stories_by_id``."""
    if open_draft(story) is None:
        return reverse("articles-desk:history", args=[story.pk])
    return reverse("articles-desk:write" if may(person).write else "articles-desk:preview", args=[story.pk])


def sources_(person: Person, q: str) -> Iterator[Hit]:
    found = search.find(person, SearchEntry.Kind.SOURCE, q, most=MOST)
    known = Source.objects.in_bulk([row.thing for row in found.rows]) if found.rows else {}
    for row in found.rows:
        if source := known.get(row.thing):
            yield Hit(
                source.printed, reverse("articles-desk:source", args=[source.pk]), "Source", source.get_kind_display()
            )


def products_(person: Person, q: str) -> Iterator[Hit]:
    """Products by their own words, then those whose merchant has this name."""
    if not may(person).read:
        return
    found = search.find(person, SearchEntry.Kind.PRODUCT, q, most=MOST).rows
    best = {row.thing: place for place, row in enumerate(found)}
    others = (
        products.listing(q=q).exclude(pk__in=best).order_by("maker", "title", "pk").values("pk")[: MOST - len(best)]
    )
    names = StringAgg("offers__merchant__name", ", ", ordering="offers__pk", default=Value(""))
    hits = (
        Product.objects.filter(Q(pk__in=best) | Q(pk__in=others))
        .annotate(sold_by=names)
        .order_by("maker", "title", "pk")
    )
    for product in sorted(hits, key=lambda product: best.get(product.pk, MOST)):
        yield Hit(str(product), reverse("articles-desk:product", args=[product.pk]), "Product", product.sold_by)


def everything(person: Person, q: str) -> Iterator[Hit]:
    """The way to the page of results, which shows where the words stand and has filters."""
    if search.kinds_for(person):
        yield Hit(
            f"Search for {quoted(q)}",
            f"{reverse('articles-desk:search')}?{urlencode({'q': q})}",
            "Search",
            "All results",
        )
