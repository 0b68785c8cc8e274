"""Corrections for tests, as ``corrections.keep`` leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from articles import merge
from articles.models import CorrectedPlace, Correction, Story, Update
from tests.factories.articles import update


def correction(
    story: Story,
    *,
    places: Sequence[tuple[str, str, str]] = (("headline", "Five days", "Four days"),),
    prominence: str = "top",
    stood: timedelta = timedelta(hours=2),
    **facts: Any,
) -> Update:
    """A correction with its record. places: place, before, after. Facts as ``update``."""
    note = update(story, **{"kind": "correction", "line": "It was four days, not five.", **facts})
    record = Correction.objects.create(update=note, prominence=prominence, suggested="top")
    for number, (place, before, after) in enumerate(places):
        CorrectedPlace.objects.create(
            correction=record,
            place=place,
            position=0 if place in merge.FIELDS else number + 1,
            before=before,
            after=after,
            since=note.at - stood if before else None,
            until=note.at,
        )
    return note
