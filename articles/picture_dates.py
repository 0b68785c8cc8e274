"""When readers saw which picture in which story: from the moves that showed a revision, and those that took it away.

Both ways: the stories that ever showed a picture, and the pictures that a story ever showed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from articles.access import may
from articles.models import MoveLog, ProductPlacement, Reference, Revision, Story
from articles.moves import MOVES, On
from media_assets.models import ImagePlacement
from media_assets.usage import Shown
from newsroom.accounts.models import Person

_SHOWING = frozenset(move.name for move in MOVES if move.shows and move.on is On.DRAFT)
_HIDING = frozenset(move.name for move in MOVES if move.readers_become == Story.Readers.WITHDRAWN)
_AGAIN = frozenset({"reinstate"})
MOST = 2_000  # moves of one answer; a live story has a few hundred
STORIES = 200


@dataclass(frozen=True)
class Span:
    """One picture in what readers saw of a story. ended: None where they see it still."""

    story_id: int
    asset_id: int
    began: datetime
    ended: datetime | None


def of_story(story_id: int) -> list[Span]:
    """The pictures that readers saw in a story, the present ones first. Five queries at most."""
    spans = _spans({story_id})
    return sorted(spans, key=lambda one: (one.ended is not None, -(one.ended or one.began).timestamp()))


def find(person: Person, asset_ids: set[int], at: datetime) -> dict[int, list[Shown]]:
    """For a picture's page: the stories in which readers saw it, for those who may read them at the desk. Eight queries at
    most."""
    if not may(person).read:
        return {}
    images = list(ImagePlacement.objects.filter(asset_id__in=asset_ids).values_list("pk", flat=True))
    products = list(ProductPlacement.objects.filter(picture__in=asset_ids).values_list("pk", flat=True))
    inside = Reference.objects.filter(
        Q(kind="image", placement_id__in=images) | Q(kind="product", placement_id__in=products)
    )
    holding = Q(revision__lead_image__in=images) | Q(revision__in=inside.values("revision"))
    logs = MoveLog.objects.filter(holding, move__in=_SHOWING).order_by("-at")
    stories = set(list(dict.fromkeys(logs.values_list("story_id", flat=True)[:MOST]))[:STORIES])
    spans = [one for one in _spans(stories) if one.asset_id in asset_ids]
    named = Story.objects.filter(pk__in=stories).values_list("pk", "published_revision__headline", "slug")
    titles = {pk: headline or slug for pk, headline, slug in named}
    found: dict[int, list[Shown]] = {}
    for one in sorted(spans, key=lambda span: span.began, reverse=True):
        title = titles.get(one.story_id) or f"Story {one.story_id}"
        url = reverse("articles-desk:history", args=[one.story_id])
        found.setdefault(one.asset_id, []).append(Shown(title, url, one.began, one.ended))
    return found


def _spans(stories: Iterable[int]) -> list[Span]:
    moves = MoveLog.objects.filter(story__in=list(stories), move__in=_SHOWING | _HIDING | _AGAIN)
    logs = list(moves.order_by("-at", "-pk").values_list("story_id", "revision_id", "move", "at")[:MOST])[::-1]
    shown = _pictures({revision for _, revision, move, _ in logs if revision and move in _SHOWING})
    spans: list[Span] = []
    began: dict[int, dict[int, datetime]] = {}
    last: dict[int, set[int]] = {}
    for story, revision, move, at in logs:
        if move in _HIDING:
            now: set[int] = set()
        else:
            now = shown.get(revision or 0, set()) if move in _SHOWING else last.get(story, set())
            last[story] = now
        running = began.setdefault(story, {})
        spans += [Span(story, gone, running.pop(gone), at) for gone in set(running) - now]
        for new in now - set(running):
            running[new] = at
    spans += [Span(story, asset, since, None) for story, running in began.items() for asset, since in running.items()]
    return spans


def _pictures(revisions: set[int]) -> dict[int, set[int]]:
    """Revision id -> the assets in it: its lead picture, those of its text, and those of its products."""
    found: dict[int, set[int]] = {}
    leads = Revision.objects.filter(pk__in=revisions, lead_image__isnull=False)
    for revision, asset in leads.values_list("pk", "lead_image__asset_id"):
        found.setdefault(revision, set()).add(asset)
    inside = list(
        Reference.objects.filter(revision__in=revisions, kind__in=("image", "product")).values_list(
            "revision_id", "kind", "placement_id"
        )
    )
    ids = {kind: {pk for _, of, pk in inside if of == kind} for kind in ("image", "product")}
    images = dict(ImagePlacement.objects.filter(pk__in=ids["image"]).values_list("pk", "asset_id"))
    products = dict(ProductPlacement.objects.filter(pk__in=ids["product"]).values_list("pk", "picture"))
    for revision, kind, placement in inside:
        there = images.get(placement) if kind == "image" else products.get(placement)
        if there is not None:
            found.setdefault(revision, set()).add(there)
    return found
