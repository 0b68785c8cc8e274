"""What no approval and no editor passes: a legal hold and an embargo. Asked by every move that shows readers words."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from articles import moments
from articles.models import Story


def passable(stories: QuerySet[Story], at: datetime) -> QuerySet[Story]:
    """``stories`` without those that a gate closes at ``at``: the condition of the statement that publishes."""
    return stories.filter(Q(embargo_until__isnull=True) | Q(embargo_until__lte=at), held_at__isnull=True)


def why_closed(story: Story, at: datetime) -> str:
    """The sentence for the desk, or "". Needs ``held_by`` loaded where there is a hold, or it costs a query."""
    if story.held_at is not None and story.held_by is not None:
        return (
            f"{story.held_by.name} placed a legal hold on this story at {moments.said(story.held_at)}: "
            f"{story.held_reason} Only legal can lift it."
        )
    if story.embargo_until is not None and story.embargoed(at):
        return f"This story is under embargo until {moments.said(story.embargo_until)}. No reader may see it before."
    return ""
