"""A flood of complaints: set aside by what they share, in one press, and brought in again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from articles import complaints, notice_kinds, setting_aside
from articles.models import Complaint, Story
from articles.refusals import Refused
from newsroom import notices
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
ASIDE = "/desk/complaints/aside/"


@pytest.fixture
def desk(client: Client, bob: Person) -> Client:
    client.force_login(bob)
    return client


@pytest.fixture
def story() -> Story:
    return make.published_story()


def aside() -> set[str]:
    return set(Complaint.objects.filter(set_aside=True).values_list("wrong", flat=True))


def test_who_was_told_and_has_not_looked_is_told_no_more(bob: Person, story: Story, now: datetime) -> None:
    one, other = make.complaint(story, wrong="Buy pills"), make.complaint(story, wrong="The bridge, not the river")
    for complaint in (one, other):
        with transaction.atomic():
            notices.tell(
                notice_kinds.COMPLAINT.name, [bob], key=complaints.told_under(complaint.pk), title="A reader",
                detail=complaint.wrong, url="/desk/", at=now,
            )  # fmt: skip
    assert setting_aside.set_aside([one.pk], person=bob, at=now) == 1
    one.refresh_from_db()
    assert (one.set_aside, one.version) == (True, 2)
    assert [(entry.act, entry.person) for entry in one.entries.all()] == [("set it aside", bob)]
    assert [row.detail for row in Notice.objects.all()] == ["The bridge, not the river"]
    assert list(complaints.open_of(story.pk)) == [other]
    assert setting_aside.bring_in([one.pk, other.pk], person=bob, at=now) == 1
    assert complaints.open_of(story.pk).count() == 2


def test_what_is_decided_stays_and_what_a_person_set_aside_is_kept(
    bob: Person, story: Story, now: datetime, later: Callable[[int], datetime]
) -> None:
    decided = make.complaint(story, state="upheld", decided_by=bob)
    flood = make.complaint(story, wrong="Buy pills")
    assert setting_aside.set_aside([decided.pk, flood.pk, 10**12], person=bob, at=now) == 1
    complaints.forget(later(60 * 24 * 40))
    assert Complaint.objects.filter(pk=flood.pk).exists(), "somebody's decision is on record"
    for role in ("reporter", "marketing"):
        with pytest.raises(Refused):
            setting_aside.bring_in([flood.pk], person=person(role), at=now)


def test_ticked_or_all_that_the_search_finds(desk: Client, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    flood = [make.complaint(story, wrong=f"Buy pills {number}", contact="x@pills.example") for number in range(3)]
    real = make.complaint(story, wrong="The bridge, not the river")
    answer = desk.post(ASIDE, {"ids": [str(flood[0].pk), "x", "\x00"], "stands": "new", "q": "pills"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/complaints/?stands=new&q=pills")
    assert aside() == {"Buy pills 0"}
    root = page(desk.get("/desk/complaints/?q=pills.example"))
    assert_sound(root)
    assert [button.text for button in root.one("form", id="many").all("button")] == [
        "Set the ticked ones aside",
        "Set aside all 2 found",
    ]
    monkeypatch.setattr(setting_aside, "MOST", 1)
    assert "the first 1 of 2 found" in page(desk.get("/desk/complaints/?q=pills")).text
    monkeypatch.undo()
    desk.post(ASIDE, {"all": "1", "q": "pills.example"})
    assert aside() == {f"Buy pills {number}" for number in range(3)}
    desk.post(ASIDE, {"all": "1", "q": ""})
    assert real.wrong not in aside(), "without a search it would be the whole queue"
    assert "Nothing was changed" in desk.get("/desk/complaints/").content.decode()
    desk.post(ASIDE, {"all": "1", "q": "pills", "stands": "aside", "to": "in"})
    assert aside() == set()
