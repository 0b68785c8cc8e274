"""The history of a story, as a person reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from articles import ledger
from articles.desk import history
from articles.models import MoveLog
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


@pytest.mark.django_db
def test_a_long_history_is_read_to_its_beginning_and_any_two_states_are_compared(
    bob: Person, alice: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 5)
    story = make.story(owner=alice, headline="State 1", at=now)
    for number in range(2, 18):
        make.revision(story.draft, author=alice, headline=f"State {number}", at=now + timedelta(hours=number))
        MoveLog.objects.create(story=story, move="submit", person=alice, at=now + timedelta(hours=number, minutes=1))
    desk = Client()
    desk.force_login(bob)
    address = f"/desk/stories/{story.pk}/history/"
    read: list[str] = []
    url = address
    for _ in range(9):
        shown = page(desk.get(url)).one("section", **{"aria-labelledby": "happened"})
        read += [line.text for line in shown.all("p") if "saved revision" in line.text]
        further = [link for link in shown.all("a") if link.attributes.get("rel") == "next"]
        if not further:
            break
        url = address + further[0].attributes["href"].split("#")[0]
    assert read == [f"Alice Ashdown saved revision {number}" for number in range(17, 0, -1)], "each once, none left out"
    first, last = story.draft.revisions.order_by("pk").first(), story.draft.revisions.order_by("pk").last()
    answer = desk.get(address, {"compare": last.pk, "with": first.pk})
    chosen = [option.attributes["value"] for option in page(answer).all("option", selected="")]
    assert chosen == [str(first.pk), str(last.pk)]
    for typed in ("", "x", "2025-01-01", "9999-12-31T23:59:59+00:00"):
        assert desk.get(address, {"before": typed}).status_code == 200
    other = make.story()
    assert desk.get(address, {"compare": other.draft.head_id}).status_code == 404
    assert desk.get(address, {"compare": last.pk, "with": other.draft.head_id}).status_code == 404
