"""What an open page is told of how its draft stands, and whose words it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from articles import drafts, workflow
from articles.models import Draft, Revision
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.writing.conftest import AT, Desk, make_desk

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
OPENING = "<p>The gates opened at nine.</p>"


def approved_desk() -> Desk:
    desk = make_desk(lead_image=pictures.image_placement())
    workflow.submit(draft=desk.draft, person=desk.alice, expected_version=desk.draft.version, at=AT)
    workflow.approve(draft=desk.draft, person=desk.bob, expected_version=desk.draft.version, at=AT)
    return desk


def post(client: Client, desk: Desk, **typed: Any) -> Any:
    return client.post(f"{desk.url}save/", desk.typed(**typed), headers=JSON)


def test_an_untouched_page_learns_that_its_draft_is_approved(client: Client) -> None:
    desk = approved_desk()
    client.force_login(desk.alice)
    told = client.post(f"{desk.url}presence/", {"draft": desk.draft.pk, "pen": "a"}).json()
    assert (told["approved"]["by"], told["closed"]) == ("Bob Barrow", None)


def test_others_words_come_into_the_page_of_an_approved_draft_and_it_stays_approved(client: Client) -> None:
    desk = make_desk(lead_image=pictures.image_placement())
    client.force_login(desk.alice)
    client.get(desk.url)
    untouched = desk.typed(base=desk.head.pk, pen="hers", auto="yes", knowing="yes")
    workflow.submit(draft=desk.draft, person=desk.alice, expected_version=desk.draft.version, at=AT)
    theirs = replace(drafts.content_of(desk.head), headline="His headline")
    drafts.save(desk.draft.pk, person=desk.bob, expected_version=desk.draft.version, content=theirs, at=AT)
    workflow.approve(draft=desk.draft, person=desk.bob, expected_version=desk.draft.version, at=AT)
    count = Revision.objects.count()
    told = client.post(f"{desk.url}save/", untouched, headers=JSON)
    assert told.status_code == 200, told.content
    answer = told.json()
    assert answer["joined"]["fields"]["headline"] == "His headline"
    assert (answer["by"], answer["approved"]["by"]) == (["Bob Barrow"], "Bob Barrow")
    assert (desk.draft.standing, Revision.objects.count()) == (Draft.Standing.APPROVED, count)
    # One letter typed meanwhile, and it waits for a person to say so.
    told = client.post(f"{desk.url}save/", untouched | {"kicker": "Typed"}, headers=JSON)
    assert told.status_code == 409, told.content
    assert (told.json()["held"], told.json()["by"]) == (True, "Bob Barrow")
    assert desk.draft.standing == Draft.Standing.APPROVED


def test_ones_own_words_from_another_window_are_told_apart(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    began = desk.typed(base=desk.head.pk, pen="desk")
    post(client, desk, base=desk.head.pk, pen="phone", headline="From the phone")
    answer = client.post(f"{desk.url}save/", began, headers=JSON).json()
    assert (answer["joined"]["fields"]["headline"], answer["by"]) == ("From the phone", [""])
    assert post(client, desk, base=desk.head.pk, pen="desk").json()["by"] == []


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_draft_that_was_closed_meanwhile_says_so_and_the_way_on(client: Client, withdrawn: bool) -> None:
    alice = make_desk().alice
    make = stories.withdrawn_story if withdrawn else stories.published_story
    story = make(owner=alice, body=OPENING)
    draft = Draft.objects.get(story=story)
    client.force_login(alice)
    url = f"/desk/stories/{story.pk}/"
    told = client.post(f"{url}presence/", {"draft": draft.pk, "pen": "a"}).json()["closed"]
    assert told["again"] == ("Mend the text" if withdrawn else "Write an update")
    assert ("withdrawn" in told["because"]) is withdrawn
    typed = {"draft": draft.pk, "expected_version": draft.version, "headline": "Typed on", "body": OPENING}
    refused = client.post(f"{url}save/", typed, headers=JSON)
    assert (refused.status_code, refused.json()["closed"]) == (422, told)
    assert 'id="open-again"' in client.get(f"{url}?draft={draft.pk}").content.decode()


def test_what_this_page_adds_itself_is_nobody_elses(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    began = desk.typed(base=desk.head.pk, pen="desk", kicker="Typed here")
    theirs = replace(drafts.content_of(desk.head), headline="His headline")
    drafts.save(desk.draft.pk, person=desk.bob, expected_version=desk.draft.version, content=theirs, at=AT)
    answer = client.post(f"{desk.url}save/", began, headers=JSON).json()
    assert (answer["joined"]["fields"], answer["by"]) == ({"headline": "His headline"}, ["Bob Barrow"])
