"""Saving from the writing screen: against a version, with nothing lost when it is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from articles import drafts
from articles.models import Draft, Revision
from articles.together import SHRINKS_FROM
from tests.asserts import page
from tests.factories import articles as stories
from tests.factories.accounts import person
from tests.writing.conftest import AT, Desk, make_desk

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def post(client: Client, desk: Desk, *, headers: dict[str, str] | None = JSON, **changed: Any) -> Any:
    return client.post(f"{desk.url}save/", desk.typed(**changed), headers=headers)


def test_saved(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    answer = post(client, desk, headline="A new headline", body="<p onclick=x>New <b>words</b></p>", kicker="Royals")
    assert answer.status_code == 200, answer.content
    head = desk.head
    assert (head.headline, head.kicker, head.body) == ("A new headline", "Royals", "<p>New <strong>words</strong></p>")
    told = answer.json()
    assert told["version"] == desk.draft.version
    assert told["revision"] == head.number == 2
    assert f'value="{desk.draft.version}"' in told["fragments"]["moves"]


def test_a_form_is_saved_and_sent_back_to_the_screen(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    answer = post(client, desk, headers=None, headline="A new headline")
    assert answer.status_code == 302
    assert answer["Location"].startswith(desk.url)
    assert "Saved as revision 2." in client.get(answer["Location"]).content.decode()


def test_two_windows_the_second_is_told_and_keeps_everything(client: Client, desk: Desk) -> None:
    mine = desk.typed(
        body="<p>The gates opened at ten.</p>\n<p>By noon the queue reached the river.</p>", headline="Mine"
    )
    drafts.save(
        desk.draft.pk,
        person=desk.bob,
        expected_version=desk.draft.version,
        content=drafts.Content(headline="Theirs", body="<p>The gates opened at eight.</p>"),
        at=AT,
    )
    client.force_login(desk.alice)
    answer = client.post(f"{desk.url}save/", mine, headers=JSON)
    assert answer.status_code == 409
    told = answer.json()
    assert told["by"] == desk.bob.name
    for words in ("The gates opened at <ins>ten.</ins>", "The gates opened at <ins>eight.</ins>", "Mine", "Theirs"):
        assert words in told["html"]
    assert desk.head.headline == "Theirs"
    # As a form: the screen comes back with both texts and everything typed still in the fields.
    answer = client.post(f"{desk.url}save/", mine)
    assert answer.status_code == 409
    shown = page(answer)
    assert "Mine" in shown.one("textarea", name="headline").text
    assert "opened at ten" in shown.one("textarea", name="body").text
    assert shown.one("input", name="expected_version", id="id_expected_version").attributes["value"] == str(
        mine["expected_version"]
    )
    assert "saved first" in shown.text
    assert desk.head.headline == "Theirs"
    assert client.post(f"{desk.url}save/", mine, headers=JSON).status_code == 409, "there is no second press that wins"


def test_no_button_writes_over_another(client: Client, desk: Desk) -> None:
    mine = desk.typed(headline="Mine")
    Draft.objects.filter(pk=desk.draft.pk).update(version=9, changed_by=desk.bob)
    client.force_login(desk.alice)
    html = client.post(f"{desk.url}save/", mine, headers=JSON).json()["html"]
    assert not page(html).all("input")
    assert [button.text for button in page(html).all("button")] == ["Copy mine", "Load theirs, mine stays kept here"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"headline": "x" * 201}, "headline"),
        ({"kicker": "x" * 61}, "kicker"),
        ({"standfirst": "x" * 1001}, "standfirst"),
        ({"search_title": "x" * 201}, "search_title"),
        ({"body": "x" * 1_000_001}, "body"),
        ({"body": "<p>" * 20_001}, "body"),
        ({"body": '<div data-block="quote" data-id="999999"></div>'}, "body"),
        ({"body": '<div data-block="video" data-id="1"></div>'}, "body"),
        ({"body": '<div data-block="image" data-id="9999999999"></div>'}, "body"),
        ({"lead_image": "999999"}, "lead_image"),
        ({"lead_image": "x"}, "lead_image"),
        ({"lead_image": "9" * 30}, "lead_image"),
        ({"expected_version": "x"}, ""),
        ({"expected_version": ""}, ""),
        ({"expected_version": "-1"}, ""),
        ({"expected_version": "9" * 40}, ""),
    ],
)
def test_refused_beside_the_field_with_everything_kept(
    client: Client, desk: Desk, changed: dict[str, str], field: str
) -> None:
    client.force_login(desk.alice)
    answer = post(client, desk, **{"standfirst": "Kept words", **changed})
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert desk.head.number == 1
    shown = page(post(client, desk, headers=None, **{"standfirst": "Kept words", **changed}))
    if "standfirst" not in changed:
        assert shown.one("textarea", name="standfirst").text == "Kept words"
    assert "Everything you typed is still here" in shown.text


@pytest.mark.parametrize("value", ["\x00", "\ud83d", "\u202e", "\U0001f451", "x\x00y\x1f"])
def test_odd_characters_answer_no_500(client: Client, desk: Desk, value: str) -> None:
    client.force_login(desk.alice)
    data = (
        desk.typed()
        | dict.fromkeys(("headline", "kicker", "standfirst", "search_title"), value)
        | {"body": f"<p>{value}</p>"}
    )
    sent = urlencode({name: str(typed).encode("utf-8", "surrogatepass") for name, typed in data.items()})
    form = "application/x-www-form-urlencoded"
    assert client.post(f"{desk.url}save/", sent, content_type=form, headers=JSON).status_code in (200, 422)
    assert client.post(f"{desk.url}save/", sent, content_type=form).status_code in (302, 409, 422)


def test_nothing_sent_at_all(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    assert client.post(f"{desk.url}save/", {}, headers=JSON).status_code == 422
    assert client.post(f"{desk.url}save/", {"draft": "9" * 30}).status_code in (404, 422)
    assert desk.head.number == 1


LONG = "<p>" + "word " * (SHRINKS_FROM + 20) + "</p>"


def test_a_text_that_shrinks_drastically_is_asked_about(client: Client) -> None:
    desk = make_desk(body=LONG)
    client.force_login(desk.alice)
    answer = post(client, desk, body="<p>word</p>")
    assert answer.status_code == 422
    assert answer.json() == {"ask": "shrink", "before": SHRINKS_FROM + 20, "after": 1}
    assert desk.head.body == LONG.replace(" </p>", "</p>")
    shown = page(post(client, desk, headers=None, body="<p>word</p>"))
    assert shown.one("input", name="shrink", type_="checkbox").attributes["value"] == "yes"
    assert shown.one("textarea", name="body").text == "<p>word</p>"
    assert post(client, desk, body="<p>word</p>", shrink="yes").status_code == 200
    assert desk.head.body == "<p>word</p>"


def test_half_of_a_text_and_a_short_text_may_go_without_a_question(client: Client) -> None:
    desk = make_desk(body=LONG)
    client.force_login(desk.alice)
    assert post(client, desk, body="<p>" + "word " * 60 + "</p>").status_code == 200
    assert post(client, desk, body="").status_code == 200


def test_who_is_late_is_told_before_being_asked_to_shrink(client: Client) -> None:
    desk = make_desk(body=LONG)
    client.force_login(desk.alice)
    mine = desk.typed(body="")
    Draft.objects.filter(pk=desk.draft.pk).update(version=9)
    assert client.post(f"{desk.url}save/", mine, headers=JSON).status_code == 409


def test_signed_out(client: Client, desk: Desk) -> None:
    answer = post(client, desk, headline="Not yet")
    assert (answer.status_code, answer.json()) == (401, {"error": "signed-out"})
    assert post(client, desk, headers=None).status_code == 302
    assert desk.head.number == 1


@pytest.mark.parametrize("role", ["picture_editor", "legal", "marketing", "administrator"])
def test_who_does_not_write_does_not_save(client: Client, desk: Desk, role: str) -> None:
    client.force_login(person(role))
    assert post(client, desk, headline="No").status_code == 403
    assert desk.head.number == 1


def test_a_draft_of_another_story_is_not_saved_here(client: Client, desk: Desk) -> None:
    other = stories.story()
    client.force_login(desk.alice)
    assert post(client, desk, draft=other.draft.pk).status_code == 404  # type: ignore[attr-defined]


def test_a_closed_draft_is_refused(client: Client, desk: Desk) -> None:
    client.force_login(desk.alice)
    Draft.objects.filter(pk=desk.draft.pk).update(standing="closed")
    answer = post(client, desk, headline="Too late")
    assert answer.status_code == 422
    assert Revision.objects.filter(draft__story=desk.story).count() == 1


def test_saving_takes_an_approval_back(client: Client) -> None:
    desk = make_desk()
    Draft.objects.filter(pk=desk.draft.pk).update(
        standing="approved", approved_revision=desk.head, approved_by=desk.bob
    )
    client.force_login(desk.alice)
    answer = post(client, desk, headline="Newer words")
    assert answer.status_code == 200
    assert desk.draft.standing == "in_review"
    assert "In review" in answer.json()["fragments"]["standing"]
