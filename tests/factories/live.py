"""Live stories for tests: who holds the pen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from articles.models import LivePen, Story
from newsroom.accounts.models import Person
from tests.factories.accounts import person as somebody
from tests.factories.articles import published_story


def live_pen(
    story: Story | None = None,
    *,
    person: Person | None = None,
    by: Person | None = None,
    at: datetime | None = None,
    until: datetime | None = None,
) -> LivePen:
    """A pen that writes now, or from ``at`` until ``until`` (six hours)."""
    at = at or timezone.now() - timedelta(minutes=1)
    return LivePen.objects.create(
        story=story or published_story(live=True),
        person=person or somebody("reporter", name="Dele Okoro"),
        given_by=by or somebody("editor"),
        given_at=at,
        until=until or at + timedelta(hours=6),
    )
