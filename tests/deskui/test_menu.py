"""The menu shows what a person may open, marks where they are, and costs no query."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from newsroom.deskui import context, menu
from newsroom.deskui.menu import Item
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def anybody(person: Any) -> bool:
    return True


def editors(person: Any) -> bool:
    return bool(person.has_role("editor"))


@pytest.fixture
def three(empty_desk: None) -> None:
    menu.register(Item("People", "people", "accounts:people", editors, order=30))
    menu.register(Item("Board", "story", "articles-desk:board", anybody, order=10, key="s"))
    menu.register(Item("Help", "help", "deskui:help", anybody, order=20))


@pytest.mark.usefixtures("three")
def test_shows_what_the_person_may_open_in_order() -> None:
    def labels(role: str) -> list[str]:
        return [entry.label for entry in menu.entries_for(person(role), path="/")]

    assert labels("editor") == ["Board", "Help", "People"]
    assert labels("reporter") == ["Board", "Help"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("path", "namespace", "current"),
    [
        ("/desk/stories/", "articles-desk", ["Board"]),
        ("/desk/people/", "accounts", ["People"]),
        ("/desk/people/7/", "accounts", ["People"]),
        ("/desk/help/", "deskui", ["Help"]),
        ("/desk/stories/7/", "articles-desk", ["Board"]),
        ("/desk/elsewhere/", "elsewhere", []),
        ("/desk/me/", "accounts", []),
        ("/", "", []),
    ],
)
def test_one_entry_at_most_is_where_the_person_is(path: str, namespace: str, current: list[str]) -> None:
    entries = menu.entries_for(person("editor"), path=path, namespace=namespace)
    assert [entry.label for entry in entries if entry.current] == current


@pytest.mark.usefixtures("three")
def test_refuses_a_place_or_a_key_twice() -> None:
    with pytest.raises(menu.Twice):
        menu.register(Item("Board", "story", "articles-desk:board", anybody, order=1))
    with pytest.raises(menu.Twice):
        menu.register(Item("Me", "person", "accounts:me", anybody, order=1, key="s"))


def test_the_shell_costs_no_query(client: Client) -> None:
    alice = person("administrator", "editor")
    request = RequestFactory().get("/desk/me/")
    request.user, request.resolver_match = alice, None  # type: ignore[assignment]
    with CaptureQueriesContext(connection) as captured:
        desk = context.desk(request)["desk"]
        assert desk is not None
        assert desk.menu
        assert desk.actions is not None
    assert len(captured) == 0


def test_a_reader_s_page_does_not_look_at_who_asks() -> None:
    """Reading the session there would make the page vary by cookie, and no cache could keep it."""

    class Untouchable:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"the reader's page asked for user.{name}")

    request = RequestFactory().get("/royals/a-story/")
    request.user = Untouchable()  # type: ignore[assignment]
    assert context.desk(request) == {"desk": None}


def test_every_place_that_the_menu_shows_opens(client: Client) -> None:
    """An entry that answers 403 would be a door painted on the wall."""
    for role in ["reporter", "editor", "picture_editor", "legal", "marketing", "administrator"]:
        somebody = person(role)
        client.force_login(somebody)
        desk_request = RequestFactory().get("/desk/me/")
        desk_request.user, desk_request.resolver_match = somebody, None  # type: ignore[assignment]
        desk = context.desk(desk_request)["desk"]
        assert desk is not None
        for entry in desk.menu:
            assert client.get(entry.url).status_code == 200, f"{entry.label} for {role}"
        for action in desk.actions:
            assert client.get(action["url"]).status_code == 200, f"{action['label']} for {role}"


def test_symbols_of_menu_and_templates_are_in_the_sprite() -> None:
    import re
    from pathlib import Path

    from django.conf import settings

    base = Path(settings.BASE_DIR)
    drawn = set(re.findall(r'id="i-([\w-]+)"', (base / "static/icons/desk.svg").read_text()))
    used = {item.icon for item in menu._items.values()}
    places = {item.label: item.icon for item in menu._items.values()}
    assert places["Front page"] != places["Clicks"]
    for path in [*base.glob("templates/**/*.html")]:
        used |= set(re.findall(r'{%\s*icon "([\w-]+)"', path.read_text()))
        used |= set(re.findall(r'icon_name="([\w-]+)"', path.read_text()))
    from newsroom.deskui.templatetags.desk import STATES

    used |= {symbol for _, symbol, _ in STATES.values()}
    assert used - drawn == set()
