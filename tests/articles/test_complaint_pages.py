"""The pages of complaints: the queue by what is due first, and a form that loses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import complaints
from articles.complaints import Change
from articles.models import Complaint
from newsroom.accounts.models import Person
from tests.asserts import assert_sound, page
from tests.factories import articles as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk(bob: Person) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def test_the_queue_by_what_is_due_first(desk: Client, bob: Person) -> None:
    make.complaint(wrong="second", at=make.AT + DAY, owner=bob, state="looking")
    make.complaint(wrong="first")
    make.complaint(wrong="settled", state="resolved", decided_by=bob)
    make.complaint(wrong="robot", set_aside=True)

    def shown(query: str) -> list[str]:
        root = page(desk.get(f"/desk/complaints/{query}"))
        assert_sound(root)
        return [cell.one("a").text for cell in root.all("td", "name")]

    assert shown("") == ["first", "second"]
    assert shown("?stands=mine") == ["second"]
    assert shown("?stands=new") == ["first"]
    assert shown("?stands=looking") == ["second"]
    assert shown("?stands=decided") == ["settled"]
    assert shown("?stands=aside") == ["robot"]
    assert shown("?q=SECO") == ["second"]
    assert shown("?stands=nonsense&page=x") == ["first", "second"]
    assert "overdue" in page(desk.get("/desk/complaints/")).text


def test_a_refusal_keeps_what_was_typed(desk: Client) -> None:
    one = make.complaint(contact="reader@example.org")
    typed = {"expected_version": "1", "state": "upheld", "owner": "999999", "outcome": "", "update": "x"}
    answer = desk.post(f"/desk/complaints/{one.pk}/change/", typed)
    assert answer.status_code == 422
    root = page(answer)
    assert_sound(root)
    assert {each.attributes["id"] for each in root.all("p", "error")} == {
        "owner-error",
        "outcome-error",
        "update-error",
    }
    assert root.one("select", id="state").one("option", selected="").attributes["value"] == "upheld"
    answer = desk.post(f"/desk/complaints/{one.pk}/answer/", {"expected_version": "7", "words": "Half an answer"})
    assert answer.status_code == 409
    assert page(answer).one("textarea", id="words").text == "Half an answer"


def test_a_page_that_lost_its_version_changes_nothing(desk: Client) -> None:
    one = make.complaint()
    for version in ("", "x", "-1", "\x00"):
        answer = desk.post(f"/desk/complaints/{one.pk}/change/", {"expected_version": version, "state": "looking"})
        assert answer.status_code == 422
    assert Complaint.objects.get().state == "new"


def test_words_of_a_reader_are_text(desk: Client) -> None:
    one = make.complaint(wrong="<script>alert(1)</script>", quoted="<b>x</b>", page="javascript:alert(1)", contact="")
    root = page(desk.get(f"/desk/complaints/{one.pk}/"))
    assert root.one("p", "reported").text == "<script>alert(1)</script>"
    assert not [link for link in root.all("a") if "javascript" in link.attributes.get("href", "")]


@pytest.mark.parametrize("count", [1, 20])
def test_the_queue_and_the_page_cost_the_same_for_one_and_for_twenty(
    desk: Client, bob: Person, now: datetime, count: int
) -> None:
    for _ in range(count):
        one = make.complaint(owner=bob, state="looking")
        to = Change(state="looking", owner_id=bob.pk, outcome="So far nothing.")
        complaints.change(complaint=one, person=bob, expected_version=one.version, to=to, at=now)
        make.update(one.story)
    for path, most in (("/desk/complaints/", 7), (f"/desk/complaints/{one.pk}/", 8)):
        desk.get(path)
        with CaptureQueriesContext(connection) as ran:
            desk.get(path)
        made = [query["sql"][:200] for query in ran if "publication_publication" not in query["sql"]]
        assert len(made) == most, "\n".join(made)


def test_a_complaint_that_named_no_story_gets_one(desk: Client, bob: Person) -> None:
    """A reader wrote a headline, or nothing: only with the story can its correction be tied to it."""
    at = timezone.now()
    story = make.published_story()
    lost = make.complaint(story, at=at)
    Complaint.objects.filter(pk=lost.pk).update(story=None, revision=None, page="The one about the river")
    address = f"/desk/complaints/{lost.pk}/"
    assert "Which story it is about" in desk.get(address).content.decode()
    form = {"state": "looking", "expected_version": "1", "page": "https://elsewhere.example/no/such"}
    answer = desk.post(f"{address}change/", form)
    assert answer.status_code == 422
    assert form["page"] in answer.content.decode()
    lost.refresh_from_db()
    assert lost.story is None
    assert desk.post(f"{address}change/", form | {"page": f"{settings.ORIGIN}{story.path}"}).status_code == 302
    lost.refresh_from_db()
    assert (lost.story, lost.revision) == (story, story.published_revision)
    entry = lost.entries.get(act="said which story it is about")
    assert (entry.words, entry.person) == (story.path, bob)
    other = make.published_story()
    desk.post(f"{address}change/", {"state": "looking", "expected_version": "2", "page": other.path})
    lost.refresh_from_db()
    assert lost.story == story  # what is known is not changed by a field that the page does not show


def test_what_was_set_aside_lately_is_named(desk: Client) -> None:
    make.complaint(set_aside=True, at=timezone.now())
    make.complaint(set_aside=True, at=timezone.now() - timedelta(days=2))
    assert "1 set aside in the last day" in desk.get("/desk/complaints/").content.decode()
