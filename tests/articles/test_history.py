"""The history of a story, as a person reads it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from articles import ledger
from newsroom.accounts.models import Person
from tests.asserts import page
from tests.factories import articles as make


@pytest.mark.django_db
def test_a_waiver_s_reason_stands_as_it_was_written(bob: Person, now: datetime) -> None:
    story = make.story(body="<p>On “The Crown”.</p>")
    ledger.waive(story_id=story.pk, words="The Crown", reason="Title of the series.", person=bob, at=now)
    desk = Client()
    desk.force_login(bob)
    shown = page(desk.get(f"/desk/stories/{story.pk}/history/")).one("section", **{"aria-labelledby": "waivers"})
    assert [line.text for line in shown.all("p")][:2] == ["“The Crown”", "Title of the series."]
    assert ".." not in shown.text
