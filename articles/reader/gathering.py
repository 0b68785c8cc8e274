"""The rows behind readers' pages: a story with all that its page needs beside it, in one query, and what stands in bodies,
one query for each kind."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from articles import seen
from articles.blocks import QuoteBlock, RelatedBlock
from articles.models import Story, Topic, Update
from articles.reader import cards, furniture, posts, told
from newsroom import blocks
from newsroom.blocks import Reference
from newsroom.prepared import Prepared

# What stands under "Read next": first what shares most topics, of the newest stories of all sections, then the section's
# newest. Not of all stories: however many there are, no page waits for them to be compared.
NEXT, ALIKE, AMONG = 5, 3, 200


Tagged: Any = Story.topics.through


def rows(stories: QuerySet[Story]) -> QuerySet[Story]:
    """``stories`` with what their own words need beside each row: one query for a page, and for a whole feed."""
    notes = Update.objects.filter(story=OuterRef("pk")).exclude(kind=Update.Kind.MINOR).order_by("-at", "-id")
    notes = notes.filter(post__isnull=True)  # a live post stands in the text itself, with its time
    topics = Topic.objects.filter(stories=OuterRef("pk")).order_by("name")
    return stories.select_related("section", "published_revision").annotate(
        _people=cards.authors(),
        _notes=ArraySubquery(notes.values(json=told.note_of())),
        _topics=ArraySubquery(topics.values(json=JSONObject(id="pk", name="name", slug="slug"))),
        _quotes=QuoteBlock.beside("published_revision"),
        _related=RelatedBlock.beside("published_revision"),
    )


def _at_address(section: str, slug: str, at: datetime, **more: Any) -> QuerySet[Story]:
    latest = cards.newest(at).exclude(pk=OuterRef("pk"))
    beside = latest.filter(section=OuterRef("section")).values(json=cards.card_of())[:NEXT]
    ours = Tagged.objects.filter(story=OuterRef(OuterRef(OuterRef("pk")))).values("topic")
    shared = Tagged.objects.filter(story=OuterRef("pk"), topic__in=ours).order_by().values("story")
    alike = Story.objects.filter(pk__in=cards.newest(at).values("pk")[:AMONG]).exclude(pk=OuterRef("pk"))
    alike = alike.annotate(shared=Subquery(shared.annotate(number=Count("pk")).values("number"))).filter(shared__gt=0)
    alike = alike.order_by("-shared", "-first_published_at", "-pk")
    found = rows(cards.newest(at)).filter(section__slug=section, slug=slug)
    return (
        found.annotate(
            _next=ArraySubquery(beside),
            _alike=ArraySubquery(alike.values(json=cards.card_of())[:ALIKE]),
            _sections=cards.sections(),
            _seen=seen.last(),
            **posts.beside(),
            **more,
        )
    )[:1]


def _with_furniture(section: str, slug: str, at: datetime) -> QuerySet[Story]:
    return _at_address(section, slug, at, **furniture.beside())


_STAND_INS: dict[str, Any] = {
    "section": "\x00section",
    "slug": "\x00slug",
    "at": datetime(1, 2, 3, 4, 5, 6, tzinfo=UTC),
}
_found = Prepared[Story](_at_address, **_STAND_INS)
_furnished = Prepared[Story](_with_furniture, **_STAND_INS)


def find(section: str, slug: str, at: datetime) -> Story | None:
    """The story at an address with all that its page needs beside it, in one query; None when readers may not see it.

    Ask for the publication after this: on the first page after a purge it comes with the story.
    """
    due, began = furniture.due(), time.monotonic()
    found = next(iter((_furnished if due else _found)(section=section, slug=slug, at=at)), None)
    if due and found is not None:
        furniture.take(found, began=began)
    return found


def load(stories: Iterable[Story], *, extra: Iterable[int | None] = ()) -> dict[str, Mapping[int, Any]]:
    """The blocks and lead images of ``stories`` from ``rows``, and the images ``extra``: one query per kind, none for
    quotations and related stories, which came beside the rows.

    They are asked for all the same where the row was without one: another revision is shown than the row's (a preview).
    """
    found = list(stories)
    wanted = [Reference("image", number) for number in extra if number]
    for story in found:
        if (revision := story.published_revision) is not None:
            wanted += blocks.references(revision.body)
            if revision.lead_image_id:
                wanted.append(Reference("image", revision.lead_image_id))
    quotes = QuoteBlock.unpack(row for story in found for row in story._quotes)  # type: ignore[attr-defined]
    related = [row for story in found for row in story._related]  # type: ignore[attr-defined]
    beside: dict[str, set[int]] = {"quote": set(quotes), "related": {row["placement"]["id"] for row in related}}
    asked = {each.kind for each in wanted if each.id not in beside.get(each.kind, {each.id})}
    wanted += [Reference("image", number) for number in RelatedBlock.pictured(related)]
    loaded = dict(blocks.load(each for each in wanted if each.kind not in beside or each.kind in asked))
    if "quote" not in asked:
        loaded["quote"] = quotes
    if "related" not in asked:
        loaded["related"] = RelatedBlock.unpack(related, loaded.get("image", {}))
    return loaded
