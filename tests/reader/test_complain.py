"""A reader reports a mistake: without a script, from a kept page, answered the same whoever sends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from articles import complaining
from articles.models import Complaint, Story
from newsroom.notices.models import Notice
from newsroom.outbox import relay
from newsroom.outbox.models import Event
from tests.asserts import assert_sound, page
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.flush import flush_by_delete  # noqa: F401

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}
AT = datetime(2025, 9, 11, 9, 0, tzinfo=UTC)


def send(**fields: Any) -> Any:
    return Client().post("/complaints/send/", {"wrong": "The queue was short.", **fields}, headers=OURS)


def test_from_the_foot_of_the_story_to_the_desk() -> None:
    story = make.published_story(headline="The gates open")
    reader = Client()
    link = page(reader.get(story.path)).one("p", "report").one("a")
    root = page(reader.get(link.attributes["href"]))
    assert_sound(root)
    assert root.one("p", "about").one("a").text == "The gates open"
    form = root.one("form")
    assert form.all("input", name="csrfmiddlewaretoken") == [], "a kept page carries no token"
    fields = {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input")}
    answer = reader.post(
        form.attributes["action"],
        {**fields, "wrong": "Not at nine.\r\nAt ten.", "quoted": "opened at nine", "contact": " reader@example.org "},
        headers=OURS,
    )
    assert (answer.status_code, answer["Location"]) == (303, "/complaints/thanks/")
    assert_sound(page(reader.get("/complaints/thanks/")))
    made = Complaint.objects.get()
    assert (made.story, made.revision, made.page) == (story, story.published_revision, story.path)
    assert (made.wrong, made.quoted, made.contact) == ("Not at nine.\nAt ten.", "opened at nine", "reader@example.org")
    assert (made.state, made.set_aside, made.owner) == ("new", False, None)
    assert made.due_at - made.received_at == timedelta(days=28)
    assert not reader.cookies


def test_the_pages_are_kept_and_stand_on_what_they_show() -> None:
    story = make.published_story()
    sections = {f"section:{story.section_id}"}
    for path, tags in (
        ("/complaints/", sections),
        ("/complaints/thanks/", sections),
        (f"/complaints{story.path}", {f"story:{story.pk}"} | sections),
    ):
        answer = Client().get(path)
        assert answer.page_tags == {"publication"} | tags
        assert not answer.cookies
    assert not hasattr(send(wrong=""), "page_tags"), "what somebody typed must be shown to nobody else"


@pytest.mark.django_db(transaction=True)
def test_editors_and_legal_are_told_and_marketing_is_not() -> None:
    people = [person(role) for role in ("editor", "legal", "marketing", "reporter", "picture_editor")]
    story = make.published_story(headline="The gates open", owner=people[3], approver=people[0])
    send(page=story.path)
    while relay():
        pass
    rows = Notice.objects.filter(kind="articles.complaint").select_related("person")
    assert sorted(row.person.name for row in rows) == ["Bob Barrow", "Dora Dean"]
    assert {row.title for row in rows} == {"A reader reports a mistake in “The gates open”"}


def test_a_slip_is_told_beside_its_field_and_nothing_is_lost() -> None:
    answer = send(wrong=" ", quoted="some words", contact="not an address", page="/x/")
    assert answer.status_code == 422
    assert "no-store" in answer["Cache-Control"]
    root = page(answer)
    assert_sound(root)
    assert "what is wrong" in root.one("p", id="wrong-error").text
    assert "cannot write to this address" in root.one("p", id="contact-error").text
    assert root.one("textarea", id="quoted").text == "some words"
    assert root.one("input", id="contact").attributes["value"] == "not an address"
    assert root.one("input", id="page").attributes["value"] == "/x/"
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(("name", "longest"), complaining.LONGEST.items())
def test_too_long_is_a_message_and_keeps_what_was_typed(name: str, longest: int) -> None:
    typed = "é" * (longest + 1)
    answer = send(**{name: typed})
    assert answer.status_code == 422
    root = page(answer)
    assert root.one("p", id=f"{name}-error")
    field = next(each for each in root.walk() if each.attributes.get("id") == name)
    assert typed in (field.text, field.attributes.get("value"))


@pytest.mark.parametrize(
    "contact",
    [
        "a@b",
        "a@b.org\nBcc: x@y.org",
        "zoë@example.org",
        "a b@example.org",
        "a@example.org, b@example.org",
        '"a b"@example.org',
    ],
)
def test_an_address_that_no_letter_reaches_is_refused(contact: str) -> None:
    answer = send(contact=contact)
    # A line break becomes a blank, and an address with a blank is none.
    assert answer.status_code == 422
    assert not Complaint.objects.exists()


def test_unwritable_characters_are_left_out() -> None:
    assert send(wrong="a\x00b  c", quoted="\x07", page="\x00").status_code == 303
    made = Complaint.objects.get()
    assert (made.wrong, made.quoted, made.page, made.story) == ("ab c", "", "", None)


def test_a_robot_is_answered_like_anybody_and_set_aside() -> None:
    real, robot = send(), send(website="https://spam.example")
    assert (robot.status_code, robot["Location"], robot.content) == (real.status_code, real["Location"], real.content)
    assert list(Complaint.objects.order_by("pk").values_list("set_aside", flat=True)) == [False, True]
    assert Event.objects.filter(kind="complaint.received").count() == 1, "nobody is told of a robot"


def test_too_many_from_one_network_are_answered_the_same_and_set_aside() -> None:
    answers = [send(wrong=f"Number {number}") for number in range(complaining.PER_NETWORK[0] + 2)]
    assert {(one.status_code, one["Location"]) for one in answers} == {(303, "/complaints/thanks/")}
    aside = Complaint.objects.filter(set_aside=True)
    assert sorted(one.wrong for one in aside) == ["Number 5", "Number 6"], "nothing that a person wrote is thrown away"


def test_a_flood_does_not_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaining, "SET_ASIDE", (2, 86400))
    answers = [send(website="x") for _ in range(4)]
    assert {one.status_code for one in answers} == {303}
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site", **OURS}]
)
def test_another_site_cannot_make_its_visitors_complain(headers: dict[str, str]) -> None:
    answer = Client(enforce_csrf_checks=True).post("/complaints/send/", {"wrong": "Words"}, headers=headers)
    assert answer.status_code == 403
    assert page(answer).one("textarea", id="wrong").text == "Words"
    assert not Complaint.objects.exists()


def test_of_a_withdrawn_story_only_its_address_is_said() -> None:
    story = make.withdrawn_story(headline="A SECRET headline")
    root = page(Client().get(f"/complaints{story.path}"))
    assert "SECRET" not in root.text
    assert story.path in root.one("p", "about").text
    send(page=story.path)
    assert Complaint.objects.get().story == story


def test_a_story_that_readers_never_saw_is_not_there() -> None:
    story = make.story(slug="not-yet")
    assert Client().get(f"/complaints/{story.section.slug}/not-yet/").status_code == 404
    assert send(page=story.path).status_code == 303
    assert Complaint.objects.get().story is None, "the queue must not tell that it exists either"


@pytest.mark.parametrize("before", ["", "http://127.0.0.1:8000", "https://www.example.org"])
def test_a_pasted_address_finds_the_story(before: str) -> None:
    story = make.published_story()
    assert complaining.story_at(f"{before}{story.path}?utm=1#text") == story
    for odd in ("", "/", "//", "nonsense", "http://[::1", "/only/"):
        assert complaining.story_at(odd) is None


def test_the_form_costs_the_same_for_everybody(at_most: Any) -> None:
    story: Story = make.published_story()
    with at_most(3):  # the story, whether it is seen, the sections
        assert Client().get(f"/complaints{story.path}").status_code == 200
