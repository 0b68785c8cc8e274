"""The Notes tab and page: without a script by forms, with one in place; nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Note
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
AS_DATA = {"Accept": "application/json"}


@pytest.fixture
def told() -> Any:
    return make.story(headline="The gates open", body="<p>The gates opened at nine.</p><p>By noon it was full.</p>")


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(person(role))
    return client


def test_by_forms_alone(told: Any) -> None:
    desk = signed_in("editor")
    root = page(desk.get(f"/desk/stories/{told.pk}/"))
    form = root.one("form", "note-form")
    key = form.all("option")[2].attributes["value"]
    fields = {
        each.attributes["name"]: each.attributes["value"]
        for each in form.all("input")
        if each.attributes["name"] != "csrfmiddlewaretoken"
    }
    answer = desk.post(form.attributes["action"], {**fields, "paragraph": key, "words": "Full of whom?"})
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/stories/{told.pk}/#rail-notes")
    root = page(desk.get(f"/desk/stories/{told.pk}/"))
    thread = root.one("li", "thread")
    assert "By noon it was full." in thread.text
    assert "Full of whom?" in thread.text
    assert root.one("span", data_dot="notes").text == "1"
    note = Note.objects.get()
    desk.post(f"/desk/notes/{note.pk}/reply/", {"words": "Of ducks.", "here": "write"})
    desk.post(f"/desk/notes/{note.pk}/resolve/", {"here": "write"})
    root = page(desk.get(f"/desk/stories/{told.pk}/"))
    assert "Bob Barrow resolved this" in root.one("details", "resolved").text
    assert "hidden" in root.one("span", data_dot="notes").attributes


def test_legal_has_a_page_and_reads_the_story_from_there(told: Any) -> None:
    make.note(told, words="Is this ours to say?")
    desk = signed_in("legal")
    root = page(desk.get(f"/desk/stories/{told.pk}/notes/"))
    assert_sound(root)
    assert "Is this ours to say?" in root.text
    assert root.one("a", "go").attributes["href"] == f"/desk/stories/{told.pk}/preview/"
    answer = desk.post(f"/desk/stories/{told.pk}/notes/new/", {"words": "It is.", "here": "write"})
    assert answer["Location"] == f"/desk/stories/{told.pk}/notes/", "legal has no writing screen to go back to"


def test_an_administrator_reads_and_is_offered_nothing_to_press(told: Any) -> None:
    make.note(told)
    root = page(signed_in("administrator").get(f"/desk/stories/{told.pk}/notes/"))
    assert root.one("li", "thread")
    assert root.one("div", "notes").all("form") == []


def test_refused_words_stay_in_their_field(told: Any) -> None:
    desk, long = signed_in("editor"), "é" * 4001
    key = told.draft.head.paragraph_keys[1]
    answer = desk.post(f"/desk/stories/{told.pk}/notes/new/", {"words": long, "paragraph": key})
    assert answer.status_code == 422
    root = page(answer)
    assert root.one("textarea", id="note-words").text == long
    assert root.one("p", id="note-words-error").text.startswith("Keep a note to 4,000")
    assert [each.attributes["value"] for each in root.all("option", selected="")] == [key]

    answer = desk.post(f"/desk/stories/{told.pk}/notes/new/", {"words": "Hm", "paragraph": "gone-by-now"})
    root = page(answer)
    assert root.one("textarea", id="note-words").text == "Hm"
    assert "Choose another place" in root.one("p", id="note-paragraph-error").text

    note = make.note(told)
    answer = desk.post(f"/desk/notes/{note.pk}/reply/", {"words": long}, headers=AS_DATA)
    assert answer.status_code == 422
    root = page(answer.json()["html"])
    assert root.one("textarea", id=f"answer-{note.pk}").text == long
    assert root.one("textarea", id="note-words").text == ""


def test_who_is_second_to_resolve_is_told_by_whom(told: Any) -> None:
    note = make.note(told, resolved=True)
    answer = signed_in("editor").post(f"/desk/notes/{note.pk}/resolve/", headers=AS_DATA)
    assert answer.status_code == 422
    assert "Bob Barrow has resolved this note already." in answer.json()["html"]


def test_a_script_is_answered_the_fragment(told: Any) -> None:
    desk = signed_in("reporter")
    answer = desk.post(f"/desk/stories/{told.pk}/notes/new/", {"words": "@Nobody?"}, headers=AS_DATA)
    data = answer.json()
    assert (answer.status_code, data["open"]) == (200, 1)
    assert "Nobody who may read this story is called “Nobody”." in data["said"]
    assert desk.get(f"/desk/stories/{told.pk}/notes/", headers=AS_DATA).json()["open"] == 1


def test_words_are_text_and_names_are_marked(told: Any) -> None:
    desk = signed_in("reporter")
    person("editor")
    words = "<b>@Bob Barrow</b>\n@Alice <script>alert(1)</script> & so on"
    data = desk.post(f"/desk/stories/{told.pk}/notes/new/", {"words": words}, headers=AS_DATA).json()
    said = page(data["html"]).one("p", "spoken")
    assert [each.text for each in said.all("b")] == ["@Bob Barrow"]
    assert not said.all("script")
    assert said.text == "<b>@Bob Barrow</b>@Alice <script>alert(1)</script> & so on"


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same_for_one_and_for_twenty(told: Any, count: int) -> None:
    for _ in range(count):
        make.note(told)
    desk = signed_in("legal")
    desk.get(f"/desk/stories/{told.pk}/notes/")
    with CaptureQueriesContext(connection) as ran:
        desk.get(f"/desk/stories/{told.pk}/notes/")
    # session, person, draft with its people, notes, entries, mentions, earlier words, names, the bell
    assert len([query for query in ran if "publication" not in query["sql"]]) == 9, ran.captured_queries
