"""The moves for scripts: the same doors, the same table, the same refusals as the desk's own pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from articles import api, workflow
from articles.models import Draft, MoveLog, Story
from articles.moves import BUTTONS, BY_NAME
from newsroom.accounts.models import Person
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def desk(who: Person | None, *, checks_token: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks_token)
    if who is not None:
        client.force_login(who)
    return client


def state(client: Client, pk: int) -> dict[str, Any]:
    answer = client.get(f"/desk/api/stories/{pk}/")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def take(client: Client, pk: int, name: str, sent: Any, **extra: Any) -> Any:
    body = sent if isinstance(sent, str | bytes) else json.dumps(sent)
    return client.post(f"/desk/api/stories/{pk}/moves/{name}/", body, content_type="application/json", **extra)


def version(client: Client, pk: int, name: str) -> int:
    return next(move["expected_version"] for move in state(client, pk)["moves"] if move["name"] == name)


def test_a_story_goes_from_draft_to_readers(alice: Person, bob: Person) -> None:
    made = make.story(owner=alice, headline="The gates open")
    reporter, editor = desk(alice), desk(bob)
    before = state(reporter, made.pk)
    assert [(one["standing"], one["headline"]) for one in before["drafts"]] == [("draft", "The gates open")]
    assert {move["name"]: move["allowed"] for move in before["moves"]}["submit"] is True
    for client, name in ((reporter, "submit"), (editor, "approve"), (editor, "publish")):
        answer = take(client, made.pk, name, {"expected_version": version(client, made.pk, name)})
        assert answer.status_code == 200, answer.content
        assert answer.json()["taken"]["move"] == name
    made.refresh_from_db()
    assert made.readers == "published"
    after = state(editor, made.pk)
    assert (after["story"]["readers"], after["drafts"]) == ("published", [])
    withdrawn = take(
        editor, made.pk, "withdraw", {"expected_version": after["story"]["version"], "reason": "Wrong", "notice": ""}
    )
    assert withdrawn.json()["story"]["readers"] == "withdrawn"


def test_it_is_drawn_from_the_table(bob: Person) -> None:
    rows = desk(bob).get("/desk/api/moves/").json()["moves"]
    assert [row["name"] for row in rows] == [move.name for move in BUTTONS]
    by_name = {row["name"]: row for row in rows}
    assert [ask["name"] for ask in by_name["schedule"]["asks"]] == [ask.name for ask in BY_NAME["schedule"].asks]
    page = desk(bob).get("/desk/help/").content.decode()
    for move in BUTTONS:
        assert f"<code>{move.name}</code>" in page


def test_the_buttons_and_the_answer_say_the_same(alice: Person, bob: Person) -> None:
    for made in (make.story(owner=alice, standing="in_review"), make.published_story(owner=alice)):
        for who in (alice, bob, person("legal")):
            draft = Draft.objects.select_related("story__section", "head", "base_revision").get(story=made)
            choices = {one.move.name: (one.allowed, one.why_not) for one in workflow.moves_for(who, draft)}
            answered = {one["name"]: (one["allowed"], one["why_not"]) for one in state(desk(who), made.pk)["moves"]}
            assert answered == choices


def test_who_is_late_is_told_who_did_what_and_where_it_stands(alice: Person, bob: Person, carol: Person) -> None:
    made = make.story(owner=alice, standing="in_review")
    seen = version(desk(carol), made.pk, "approve")
    assert take(desk(bob), made.pk, "approve", {"expected_version": seen}).status_code == 200
    late = take(desk(carol), made.pk, "request-changes", {"expected_version": seen, "reason": "Why"})
    assert late.status_code == 409
    assert late.json()["error"] == "late"
    assert late.json()["message"].startswith("Bob Barrow approved this")
    assert late.json()["drafts"][0]["standing"] == "approved"


def test_refusals_name_their_field_and_the_checks(alice: Person, bob: Person) -> None:
    made = make.story(owner=alice, standing="in_review", body="<p>She said “no”.</p>")
    seen = version(desk(bob), made.pk, "approve")
    refused = take(desk(bob), made.pk, "approve", {"expected_version": seen})
    assert refused.status_code == 422
    (check,) = refused.json()["checks"]
    assert (check["name"], check["where"], check["waived_by"]) == ("quotations", "body:0", "editor")
    empty = take(desk(bob), made.pk, "request-changes", {"expected_version": seen, "reason": " "})
    assert empty.json()["errors"] == {"reason": "“What should change” needs an answer."}
    alone = take(desk(alice), made.pk, "approve", {"expected_version": seen})
    assert (alone.status_code, alone.json()["errors"]) == (422, {"": "“Approve” is for an editor."})
    assert not MoveLog.objects.filter(story=made, move="approve").exists()


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ("{", 400, "not JSON"),
        (b"\xff\xfe", 400, "not JSON"),
        ("[" * 100_000, 400, "not JSON"),
        ("[]", 400, "one JSON object"),
        ('"submit"', 400, "one JSON object"),
        ({"expected_version": "one"}, 400, "whole number"),
        ({"expected_version": True}, 400, "whole number"),
        ({"expected_version": [1]}, 400, "whole number"),
        ({"expected_version": 1, "draft": {}}, 400, "whole number"),
        ({}, 422, "Name the version"),
        ({"expected_version": 1, "colour": "red"}, 422, "does not ask this"),
        ({"expected_version": 1, "draft": 999_999}, 404, "no such story"),
    ],
)
def test_what_cannot_be_read_is_answered_in_a_sentence(alice: Person, sent: Any, status: int, words: str) -> None:
    made = make.story(owner=alice)
    answer = take(desk(alice), made.pk, "submit", sent)
    assert answer.status_code == status, answer.content
    assert words in answer.json()["message"]
    assert Draft.objects.get(story=made).standing == "draft"


@pytest.mark.parametrize("reason", [5, ["a"], {"b": 1}, True])
def test_an_answer_that_is_no_text_is_refused_by_field(alice: Person, bob: Person, reason: Any) -> None:
    made = make.story(owner=alice, standing="in_review")
    answer = take(desk(bob), made.pk, "request-changes", {"expected_version": 1, "reason": reason})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["reason"])


def test_doors(alice: Person, bob: Person) -> None:
    made = make.story(owner=alice, standing="in_review", headline="A secret headline")
    for client, status in ((desk(None), 401), (desk(person("marketing")), 403)):
        for answer in (
            client.get(f"/desk/api/stories/{made.pk}/"),
            client.get("/desk/api/moves/"),
            take(client, made.pk, "approve", {"expected_version": 1}),
        ):
            assert answer.status_code == status
            assert answer.json()["message"]
            assert "secret" not in answer.content.decode()
            assert "no-store" in answer["Cache-Control"]
    assert desk(bob).get("/desk/api/stories/999999/").json()["message"] == "There is no such story."
    for unknown in ("nonsense", "fold", "publish-scheduled"):
        assert take(desk(bob), made.pk, unknown, {}).json()["message"] == "There is no such move."
    nowhere = desk(bob).get("/desk/api/nowhere/")
    assert (nowhere.status_code, nowhere.json()["error"]) == (404, "not-found")
    assert desk(bob).get(f"/desk/api/stories/{made.pk}/?draft=x").status_code == 400


def test_a_person_s_scripts_have_a_budget(
    alice: Person, bob: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "BUDGET", (3, 60))
    made = make.story(owner=alice)
    reporter = desk(alice)
    for _ in range(2):
        state(reporter, made.pk)
    desk(alice).get("/desk/api/moves/")
    refused = take(reporter, made.pk, "submit", {"expected_version": 1})
    assert (refused.status_code, refused["Retry-After"], refused.json()["error"]) == (429, "60", "busy")
    assert "no-store" in refused["Cache-Control"]
    assert not MoveLog.objects.exists()
    assert client.get(f"/desk/api/stories/{made.pk}/").status_code == 401, "who has no session has no budget to spend"
    state(desk(bob), made.pk)
    answer = reporter.post(f"/desk/stories/{made.pk}/submit/", {"expected_version": 1})
    assert answer.status_code == 302, "the buttons of the desk are not counted"


def test_without_the_desks_token_nothing_is_moved(alice: Person) -> None:
    made = make.story(owner=alice)
    client = desk(alice, checks_token=True)
    answer = take(client, made.pk, "submit", {"expected_version": 1})
    assert (answer.status_code, answer.json()["error"]) == (403, "form-expired")
    assert not MoveLog.objects.exists()
    client.get(f"/desk/stories/{made.pk}/")
    token = client.cookies["csrf" if "csrf" in client.cookies else "csrftoken"].value
    sent = take(client, made.pk, "submit", {"expected_version": 1}, headers={"X-CSRFToken": token})
    assert sent.status_code == 200, sent.content


def test_no_text_and_no_word_of_the_ledger_leaves_by_it(alice: Person, bob: Person) -> None:
    """Promise 12, and the ledger's own door: a picture editor reads stories, not who said what."""
    source = make.source(kind="unnamed", description="a former equerry")
    said = make.quotation("I think he is a fool", source=source)
    body = f'<p>Words of the body. <q data-quotation="{said.pk}">“I think he is a fool”</q> and “again”.</p>'
    made = make.story(owner=alice, standing="in_review", body=body)
    writers = desk(bob).get(f"/desk/api/stories/{made.pk}/").content.decode()
    assert "Words of the body" not in writers
    assert {"quotations", "unnamed_opinions"} <= {one["name"] for one in json.loads(writers)["checks"]}
    pictures = desk(person("picture_editor")).get(f"/desk/api/stories/{made.pk}/").content.decode()
    assert "equerry" not in pictures
    assert not {"quotations", "unnamed_opinions"} & {one["name"] for one in json.loads(pictures)["checks"]}


def test_the_cost_does_not_grow_with_the_drafts(alice: Person, bob: Person, django_assert_max_num_queries: Any) -> None:
    counts = []
    for kinds in ((), ("correction", "live")):
        made = make.published_story(owner=alice)
        closed = Draft.objects.get(story=made)
        for kind in ("main", *kinds):
            Draft.objects.create(
                story=made,
                kind=kind,
                head=closed.head,
                base_revision=closed.head,
                opened_by=alice,
                opened_at=make.AT,
                changed_at=make.AT,
                changed_by=alice,
            )
        client = desk(bob)
        client.get(f"/desk/api/stories/{made.pk}/")
        with django_assert_max_num_queries(30) as ran:
            assert len(state(client, made.pk)["drafts"]) == 1 + len(kinds)
        counts.append(len(ran))
    assert counts[0] == counts[1]
    assert Story.objects.count() == 2
