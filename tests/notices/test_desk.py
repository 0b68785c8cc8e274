"""The bell, the list, marking read, and the preferences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.accounts.models import Person
from newsroom.deskui import bell
from newsroom.deskui.menu import Twice
from newsroom.notices.models import Notice
from tests.asserts import assert_sound, page
from tests.factories.accounts import person
from tests.notices.conftest import after

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_kinds")]
LIST = "/desk/notices/"


@pytest.fixture
def desk(client: Client, alice: Person) -> Client:
    client.force_login(alice)
    return client


def test_the_bell_counts_what_is_unread(desk: Client, tell: Callable[..., None], alice: Person, bob: Person) -> None:
    for number in range(3):
        tell("kit.quiet", [alice], key=str(number))
    tell("kit.quiet", [bob], key="another’s")
    Notice.objects.filter(key="0").update(read_at=after(1))
    root = page(desk.get("/desk/help/"))
    assert [link.attributes["title"] for link in root.one("nav", "nav").all("a", "bell")] == ["Notices, 2 unread"]
    assert [badge.text for badge in root.all("b", "badge")] == ["2", "2"]


def test_the_bell_stops_counting_at_ninety_nine(desk: Client, tell: Callable[..., None], alice: Person) -> None:
    for number in range(101):
        tell("kit.quiet", [alice], key=str(number))
    assert page(desk.get("/desk/help/")).all("b", "badge")[0].text == "99+"


def test_the_shell_has_one_bell() -> None:
    with pytest.raises(Twice):
        bell.register(bell.Bell("deskui:help", count=lambda person: 0))


def bell_count(desk: Client) -> str:
    return page(desk.get("/desk/help/")).all("b", "badge")[0].text


def test_the_list_is_one_s_own_and_narrows_by_its_address(
    desk: Client, tell: Callable[..., None], alice: Person, bob: Person
) -> None:
    tell("kit.quiet", [alice], key="quiet")
    tell("kit.loud", [alice], key="loud", detail="Some words of it.")
    tell("kit.quiet", [bob], key="another’s")
    tell("kit.legal", [alice], key="of an old role")
    Notice.objects.filter(key="quiet").update(read_at=after(1))

    def told(query: str) -> list[str]:
        root = page(desk.get(LIST + query))
        assert_sound(root)
        return [each.text.removeprefix("It happened: ") for each in root.all("p", "told")]

    assert told("") == ["loud", "quiet"], "what the roles of today do not let one read is not shown"
    assert told("?show=unread") == ["loud"]
    assert told("?kind=kit.quiet") == ["quiet"]
    assert told("?show=unread&kind=kit.quiet") == []
    assert told("?kind=kit.nothing&show=x&page=x") == ["loud", "quiet"]
    old = Notice.objects.get(key="of an old role")
    assert bell_count(desk) == "1"
    assert desk.post(f"{LIST}{old.pk}/read/").status_code == 404
    alice.roles = ["legal"]
    alice.save()
    assert told("") == ["of an old role", "loud", "quiet"]
    assert bell_count(desk) == "2"


def test_an_empty_list_teaches(desk: Client) -> None:
    assert "No notices yet" in desk.get(LIST).content.decode()
    assert "Nothing here" in desk.get(LIST + "?show=unread").content.decode()


def test_read_and_unread_come_back_to_the_same_view(desk: Client, tell: Callable[..., None], alice: Person) -> None:
    tell("kit.quiet", [alice], key="1")
    row = Notice.objects.get()
    answer = desk.post(f"{LIST}{row.pk}/read/", {"as": "read", "here": f"{LIST}?show=unread"})
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?show=unread")
    row.refresh_from_db()
    assert row.read_at
    desk.post(f"{LIST}{row.pk}/read/", {"as": "unread", "here": "https://elsewhere.example/desk/notices/"})
    row.refresh_from_db()
    assert row.read_at is None


def test_the_way_back_leads_nowhere_else(desk: Client, tell: Callable[..., None], alice: Person) -> None:
    tell("kit.quiet", [alice], key="1")
    for here in ("https://elsewhere.example/", "//elsewhere.example/desk/notices/", "/desk/people/", "\x00"):
        answer = desk.post(f"{LIST}{Notice.objects.get().pk}/read/", {"here": here})
        assert answer["Location"] == LIST


def test_nobody_marks_another_s(desk: Client, tell: Callable[..., None], bob: Person) -> None:
    tell("kit.quiet", [bob], key="1")
    row = Notice.objects.get()
    assert desk.post(f"{LIST}{row.pk}/read/").status_code == 404
    desk.post(f"{LIST}read/", {"up_to": str(row.pk)})
    row.refresh_from_db()
    assert row.read_at is None


def test_all_as_read_leaves_what_came_after_the_page_was_drawn(
    desk: Client, tell: Callable[..., None], alice: Person
) -> None:
    tell("kit.quiet", [alice], key="seen")
    shown = page(desk.get(LIST)).one("input", name="up_to").attributes["value"]
    tell("kit.quiet", [alice], key="not seen")
    desk.post(f"{LIST}read/", {"up_to": shown})
    assert list(Notice.objects.filter(read_at=None).values_list("key", flat=True)) == ["not seen"]


def test_preferences_show_the_kinds_that_concern_one_and_keep_the_choice(desk: Client, alice: Person) -> None:
    root = page(desk.get(f"{LIST}preferences/"))
    assert_sound(root)
    assert [each.text for each in root.all("legend")] == ["A quiet thing", "A loud thing", "A thing to see"]
    assert [each.attributes["value"] for each in root.all("input", name="kit.must")] == ["desk", "both"]
    assert "two minutes" in root.text, "the rule of the letters stands here"
    answer = desk.post(f"{LIST}preferences/", {"kit.quiet": "both", "kit.legal": "none"})
    assert answer.status_code == 302
    assert list(alice.notice_preferences.values_list("kind", "desk", "mail")) == [("kit.quiet", True, True)]
    ticked = page(desk.get(f"{LIST}preferences/")).all("input", name="kit.quiet", checked="")
    assert [each.attributes["value"] for each in ticked] == ["both"]


@pytest.mark.parametrize(("kind", "answer"), [("kit.must", "none"), ("kit.quiet", "elsewhere"), ("kit.quiet", "\x00")])
def test_a_preference_that_is_not_offered_changes_nothing(desk: Client, alice: Person, kind: str, answer: str) -> None:
    refused = desk.post(f"{LIST}preferences/", {"kit.loud": "none", kind: answer})
    assert refused.status_code == 422
    assert "Nothing was changed" in refused.content.decode()
    assert not alice.notice_preferences.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_the_same_for_one_and_for_twenty(
    desk: Client, tell: Callable[..., None], alice: Person, count: int
) -> None:
    for number in range(count):
        tell("kit.quiet", [alice], key=str(number))
    desk.get(LIST)
    with CaptureQueriesContext(connection) as ran:
        desk.get(LIST)
    # session, person, count, rows, the bell; the publication may stand in the process already
    assert len([query for query in ran if "publication" not in query["sql"]]) == 5, ran.captured_queries


def test_the_bell_is_one_query_of_a_page_and_none_for_a_reader(client: Client, db: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as ran:
            client.get("/desk/help/")
        return sum("notices_notice" in query["sql"] for query in ran)

    assert asked() == 0
    client.force_login(person("legal"))
    assert asked() == 1
