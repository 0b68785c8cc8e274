"""What readers reported, and that the story was withdrawn for it: tied in the move itself, or afterwards."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from articles import complaints, workflow
from articles.models import MoveLog, Story
from newsroom.accounts.models import Person
from tests.articles.test_complaints import change
from tests.asserts import page
from tests.factories import articles as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(bob: Person) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def test_the_form_of_a_withdrawal_offers_what_readers_reported(desk: Client, bob: Person, now: datetime) -> None:
    told = make.published_story()
    one, other = make.complaint(told), make.complaint(told)
    decided, elsewhere = make.complaint(told, state="upheld", decided_by=bob), make.complaint()
    address = f"/desk/stories/{told.pk}/withdraw/"
    shown = page(desk.get(address)).all("input", name="complaints")
    assert {box.attributes["value"] for box in shown} == {str(one.pk), str(other.pk)}
    typed = {"expected_version": Story.objects.get(pk=told.pk).version, "reason": "The family was not asked."}
    for wrong in (decided.pk, elsewhere.pk):
        answer = desk.post(address, {**typed, "complaints": [one.pk, wrong]})
        assert answer.status_code == 422
        assert "decided meanwhile" in answer.content.decode()
        assert Story.objects.get(pk=told.pk).readers == "published", "all of it or nothing"
        again = page(answer).all("input", name="complaints", checked="")
        assert [box.attributes["value"] for box in again] == [str(one.pk)]
    assert desk.post(address, {**typed, "complaints": [one.pk]}).status_code == 302
    log = MoveLog.objects.get(move="withdraw")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.withdrawal, one.decided, other.withdrawal) == (log, False, None)
    entry = one.entries.get(act="tied a withdrawal to it")
    assert (entry.words, entry.person) == ("The family was not asked.", bob)
    # On its own page it is said, with the way to the receipts.
    facts = page(desk.get(f"/desk/complaints/{one.pk}/")).one("section", **{"aria-labelledby": "facts"})
    assert [link.attributes["href"] for link in facts.all("a") if link.text == "Its receipts"] == [
        f"/desk/stories/{told.pk}/receipts/"
    ]


def test_a_story_without_reports_asks_nothing_of_them(desk: Client) -> None:
    told = make.published_story()
    assert not page(desk.get(f"/desk/stories/{told.pk}/withdraw/")).all("input", name="complaints")


def test_the_withdrawal_that_followed_is_tied_on_the_page_and_of_the_same_story(
    desk: Client, bob: Person, now: datetime
) -> None:
    told, stranger = make.published_story(), make.published_story()
    one, address = make.complaint(told), "/desk/complaints/{}/"
    assert not page(desk.get(address.format(one.pk))).all("select", name="withdrawal")
    ours, theirs = (
        workflow.withdraw(story=story, person=bob, expected_version=story.version, at=now, reason="Wrong")
        for story in (told, stranger)
    )
    form = page(desk.get(address.format(one.pk))).one("select", name="withdrawal")
    assert [option.attributes["value"] for option in form.all("option")] == ["", str(ours.pk)]
    for wrong in (str(theirs.pk), "0", "x", "9" * 25):
        one.refresh_from_db()
        typed = {"expected_version": one.version, "state": "looking", "withdrawal": wrong}
        answer = desk.post(f"/desk/complaints/{one.pk}/change/", typed)
        assert (answer.status_code, "Choose one of this story’s withdrawals." in answer.content.decode()) == (422, True)
    one = change(one, bob, now, withdrawal_id=ours.pk)
    assert one.withdrawal == ours
    one = change(one, bob, now, withdrawal_id=ours.pk)
    assert one.entries.filter(act="tied a withdrawal to it", words="Wrong").count() == 1
    one = change(one, bob, now)
    assert one.withdrawal is None
    assert one.entries.filter(act="untied the withdrawal").exists()


def test_what_a_withdrawal_is_not(bob: Person, now: datetime) -> None:
    told = make.published_story()
    held = workflow.take(
        "hold", subject=told, person=make.somebody("legal"), expected_version=1, at=now, reason="Wait."
    )
    assert held not in complaints.withdrawals(told.pk)
    assert not complaints.withdrawals(None).exists()
