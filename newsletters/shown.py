"""Which stories a letter shows, and whether readers may still see each of them (domain 8 and 9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from articles.access import published
from articles.models import Story
from media_assets import library, rights
from media_assets.models import Rendition, Use
from newsletters.models import Issue, ShownStory
from newsroom.wording import quoted

# The address of a picture's file, as every letter of ours names it.
_FILE = re.compile(r"/media/([0-9a-f]{32})/")


class Gone(Exception):
    """Readers may not see a story that the letter shows. ``message`` names it."""

    def __init__(self, headlines: list[str]) -> None:
        self.message = sentence(headlines)
        super().__init__(self.message)


def keep(issue: Issue, story_ids: Iterable[int]) -> None:
    """Write down which stories the letter shows. Called when it is frozen."""
    ShownStory.objects.bulk_create([ShownStory(issue=issue, story_id=pk) for pk in sorted(set(story_ids))])


def gone(issue_id: int, *, at: Any) -> QuerySet[ShownStory]:
    """Return the stories of a frozen letter that readers may not see at ``at``: a moment, or the database's ``Now()``.

    Asked through ``published``, the one way out, so that a new reason to hide a story is one here as well.
    """
    return ShownStory.objects.filter(~Exists(published(at).filter(pk=OuterRef("story_id"))), issue=issue_id)


def hold_fast(issue_id: int, *, at: datetime) -> None:
    """Lock the letter's stories against a withdrawal until the caller's transaction ends, and ask for each.

    A withdrawal comes wholly before (and is found here) or wholly after (and its event holds the sending). The caller
    holds the issue's row already: everybody takes the issue, then stories, then deliveries.

    Raises:
        Gone: readers may not see one of them.
    """
    lock(ShownStory.objects.filter(issue=issue_id).values("story_id"))
    if missing := headlines(gone(issue_id, at=at).values_list("story_id", flat=True)):
        raise Gone(missing)


def beside(issue: Issue) -> QuerySet[Story]:
    """Return the stories that the letter shows only inside blocks of others, for the desk."""
    places = issue.places.values("story_id")
    rows = Story.objects.filter(shown_in_issues__issue=issue).exclude(pk__in=places)
    return rows.select_related("section", "published_revision").order_by("shown_in_issues__pk")


def lock(story_ids: Iterable[int] | QuerySet[Any, Any]) -> None:
    """Lock these stories' rows, in the order in which everybody does."""
    rows = Story.objects.filter(pk__in=story_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def assets_in(issue: Issue) -> set[int]:
    """Return the ids of the pictures that a frozen letter names."""
    named = set(_FILE.findall(issue.frozen_html))
    return set(Rendition.objects.filter(digest__in=named).values_list("asset_id", flat=True))


def pictures_gone(issue: Issue, *, at: datetime) -> list[str]:
    """Return the titles of pictures that a frozen letter names and that may not be sent at ``at``."""
    return [
        asset.title
        for asset in library.load(assets_in(issue)).values()
        if not rights.usability(asset, Use.MAIL, at).allowed
    ]


def headlines(story_ids: Iterable[int]) -> list[str]:
    """Return the stories' headlines as readers last saw them."""
    rows = Story.objects.filter(pk__in=list(story_ids)).order_by("pk")
    return [headline or "A story" for headline in rows.values_list("published_revision__headline", flat=True)]


def sentence(headlines: list[str]) -> str:
    """Say it to marketing."""
    named = ", ".join(quoted(headline[:100]) for headline in headlines[:2])
    if len(headlines) > 2:
        named += f" and {len(headlines) - 2} more"
    return f"Readers may no longer see {named or 'a story'}, which this letter shows. Nobody else gets it."
