"""The history of a story, as a person reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from articles import ledger
from articles.desk import history
from articles.models import Draft, MoveLog
from newsroom.accounts.models import Person
from tests.articles.test_together import THREE, Page
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets


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


@pytest.mark.django_db
def test_words_that_lost_a_clash_stay_for_good(alice: Person, bob: Person, now: datetime) -> None:
    """They were never in a saved state: the history shows them at their moment, whatever becomes of the draft."""
    draft = make.story(owner=alice, body=THREE).draft
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"), headline="Hers")
    for_paragraph, for_headline = sorted(
        his.save(now, body=THREE.replace("nine", "eight <strong>sharp</strong>"), headline="His").clashes,
        key=lambda clash: clash.place == "headline",
    )
    desk = Client()
    desk.force_login(bob)

    def told(place: str) -> str:
        shown = page(desk.get(f"/desk/stories/{draft.story_id}/history/")).one("ol", "happened")
        (line,) = [line for line in shown.all("li", "move") if f"Bob Barrow changed {place}" in line.text]
        return " ".join(line.text.split())

    assert "The gates opened at eight sharp." in told("paragraph 1 at the same time as Alice Ashdown")
    assert "“sharp” is bold." in told("paragraph 1")
    assert told("the headline").count("Waits for a choice.") == 1
    answer = desk.post(f"/desk/stories/{draft.story_id}/clashes/{for_headline.pk}/", {"choice": "theirs"}, follow=True)
    assert "The other text stays in the story’s history." in answer.content.decode()
    assert "His" in told("the headline")
    assert "Bob Barrow chose Alice Ashdown’s text" in told("the headline")
    Draft.objects.filter(pk=draft.pk).update(standing="closed")
    assert "eight sharp" in told("paragraph 1")
    assert "Nobody had chosen when the draft was published" in told("paragraph 1")
    assert for_paragraph.position == 1


@pytest.mark.django_db
def test_queries_of_a_history_do_not_grow_with_its_clashes(
    alice: Person, bob: Person, django_assert_max_num_queries: Any
) -> None:
    draft = make.story(owner=alice, body=THREE).draft
    desk = Client()
    desk.force_login(bob)
    counts = []
    for number in range(20):
        placed = [media_assets.image_placement().pk for _ in range(2)]
        make.clash(draft, place="lead_image", yours=str(placed[0]), theirs=str(placed[1]), pen=str(number))
        if number in (0, 19):
            with django_assert_max_num_queries(60) as captured:
                shown = desk.get(f"/desk/stories/{draft.story_id}/history/").content.decode()
            counts.append(sum("publication_publication" not in query["sql"] for query in captured))
            assert shown.count("card-picture") == 2 * (number + 1)
    assert counts[0] == counts[1]
