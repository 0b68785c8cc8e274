"""The writing screen as the server writes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from articles.models import Draft, Story
from tests.asserts import page
from tests.factories import articles as stories
from tests.factories.accounts import person
from tests.writing.conftest import Desk, make_desk

pytestmark = pytest.mark.django_db


def test_new_story(client: Client) -> None:
    section, alice = stories.section(), person("reporter")
    client.force_login(alice)
    assert page(client.get("/desk/stories/new/")).one("h1").text == "New story"
    answer = client.post("/desk/stories/new/", {"headline": "A walk by the sea", "section": section.pk})
    story = Story.objects.get()
    assert answer["Location"] == f"/desk/stories/{story.pk}/"
    assert (story.slug, story.owner) == ("a-walk-by-the-sea", alice)


@pytest.mark.parametrize("data", [{}, {"headline": "x" * 201, "section": "1"}, {"headline": "x", "section": "999"}, {"headline": "x\x00", "section": "x"}])  # fmt: skip
def test_new_story_refused(client: Client, data: dict[str, str]) -> None:
    stories.section()
    client.force_login(person("reporter"))
    answer = client.post("/desk/stories/new/", data)
    assert answer.status_code == 200
    assert "aria-invalid" in answer.content.decode()
    assert not Story.objects.exists()


def test_fields_with_labels_and_the_body_as_a_plain_text_area(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    shown = page(client.get(desk.url))
    labels = {label.attributes.get("for"): label.text for label in shown.all("label")}
    for name, label in (("kicker", "Kicker"), ("headline", "Headline"), ("standfirst", "Standfirst"), ("body", "Body")):
        field = shown.one("textarea", name=name)
        assert labels[field.attributes["id"]] == label
    assert shown.one("textarea", name="body").text.startswith("<p>The gates opened at nine.</p>")
    assert shown.one("form", id="writing").attributes["action"] == f"{desk.url}save/"


def test_the_policy_is_loosened_for_styles_only_and_only_here(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    policy = client.get(desk.url)["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self' 'unsafe-inline';" in policy
    assert "'unsafe-inline'" not in client.get("/desk/stories/new/")["Content-Security-Policy"]


def test_one_primary_move_and_the_others_in_a_menu(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    shown = page(client.get(desk.url))
    bar = shown.one("header", "top")
    assert [button.text for button in bar.all("button", "go")] == ["Submit for review"]
    Draft.objects.filter(pk=desk.draft.pk).update(standing="in_review")
    client.force_login(desk.bob)
    bar = page(client.get(desk.url)).one("header", "top")
    in_dialogs = [button for dialog in bar.all("dialog") for button in dialog.all("button", "go")]
    assert [button.text for button in bar.all("button", "go") if button not in in_dialogs] == ["Approve"]
    asks = bar.one("dialog", id="move-request-changes")
    assert asks.one("textarea", name="reason").attributes["id"]
    assert asks.one("input", name="expected_version").attributes["value"] == str(desk.draft.version)


def test_a_move_that_is_not_theirs_says_why(client: Client) -> None:
    desk = make_desk()
    Draft.objects.filter(pk=desk.draft.pk).update(standing="in_review")
    client.force_login(desk.alice)
    menu = page(client.get(desk.url)).one("header", "top").one("details", "menu")
    assert menu.text.count("They are for an editor.") == 1, "said once, for all of them"
    assert "Request changes, Approve" in menu.text


def test_a_published_story_shows_what_readers_see_and_offers_its_next_version(client: Client) -> None:
    story = stories.published_story()
    client.force_login(person("reporter"))
    shown = page(client.get(f"/desk/stories/{story.pk}/"))
    assert "This draft is closed." in shown.text
    assert shown.one("form", id="open-again").attributes["action"].endswith(f"/desk/stories/{story.pk}/reopen/")


def test_sources_and_checks_speak_of_the_saved_text(client: Client) -> None:
    entry = stories.quotation("We saw the car")
    desk = make_desk(
        body=f'<p>One said <q data-quotation="{entry.pk}">“We saw the car”</q>, another “nothing at all”.</p>'
    )
    client.force_login(desk.alice)
    shown = page(client.get(desk.url))
    sources = shown.one(id="rail-sources")
    assert "1 of 2 quotations needs a source" in sources.text
    assert "Quotation not tied “nothing at all”" in sources.text
    assert shown.one(data_dot="sources").text == "1"
    assert "Nothing stops approval" not in shown.one(id="rail-checks").text


@pytest.mark.parametrize("path", ["?draft=x", "?draft=999999", "?draft=-1", "?draft=99999999999999999999999"])
def test_an_odd_draft_is_no_error(client: Client, desk: Desk, path: str) -> None:
    client.force_login(desk.alice)
    assert client.get(desk.url + path).status_code in (200, 404)


def test_the_page_costs_the_same_with_one_and_with_twenty_blocks(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 20):
        entries = [stories.quotation(f"Words number {n}") for n in range(number)]
        placed = [stories.quote_placement(entry) for entry in entries]
        body = "".join(f'<div data-block="quote" data-id="{one.pk}"></div>' for one in placed) + "".join(
            f'<p><q data-quotation="{entry.pk}">“{entry.words}”</q></p>' for entry in entries
        )
        desk = make_desk(body=body)
        client.force_login(desk.alice)
        client.get(desk.url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(desk.url).status_code == 200
        # The publication is asked for once a second, whoever comes then.
        counts.append(sum("publication_publication" not in query["sql"] for query in captured))
    assert counts[0] == counts[1] <= 32, counts
