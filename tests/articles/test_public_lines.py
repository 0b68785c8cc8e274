"""What readers are told beside the text quotes nobody whom the text does not quote (promise 11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from articles import drafts, ledger, workflow
from articles.models import Draft, MoveLog, Story, Update
from newsroom.accounts.models import Person
from newsroom.outbox.models import Event
from tests.articles.test_publish import again
from tests.asserts import page
from tests.factories.articles import published_story, quotation, quote_placement

Later = Callable[[int], datetime]
SAID = "The garden will be open to everyone by the spring"


def tied(shape: str) -> str:
    said = quotation(SAID)
    if shape == "set apart":
        return f'<p>Words.</p><div data-block="quote" data-id="{quote_placement(said).pk}"></div>'
    return f'<p>She said <q data-quotation="{said.pk}">“{SAID}”</q>.</p>'


def ready(alice: Person, bob: Person, later: Later, body: str) -> Draft:
    """A second version, approved."""
    shown = published_story(owner=alice, approver=bob)

    def save(draft: Draft, who: Person, *, at: datetime, **_: Any) -> Any:
        made = drafts.save(
            draft.pk,
            person=who,
            expected_version=draft.version,
            content=drafts.Content(headline="Newer", body=body),
            at=at,
        )
        draft.refresh_from_db()
        return made

    return again(shown, alice, bob, later, save)


@pytest.mark.parametrize("shape", ["in the text", "set apart"])
@pytest.mark.parametrize("line", ["Adds “open to everyone”.", "Adds ‘open to everyone’.", "Adds the Sussexes’ reply."])
def test_an_update_quotes_what_the_text_ties(alice: Person, bob: Person, later: Later, shape: str, line: str) -> None:
    draft = ready(alice, bob, later, tied(shape))
    workflow.publish(draft=draft, person=bob, expected_version=draft.version, at=later(9), kind="update", line=line)
    assert Update.objects.get().line == line


@pytest.mark.parametrize("line", ["Adds “open to nobody”.", "Adds ‘open to nobody’.", "Adds 「open to nobody」."])
def test_an_update_quotes_nothing_else(alice: Person, bob: Person, later: Later, line: str) -> None:
    draft = ready(alice, bob, later, tied("in the text"))
    with pytest.raises(workflow.Refused) as refused:
        workflow.publish(draft=draft, person=bob, expected_version=draft.version, at=later(9), kind="update", line=line)
    assert list(refused.value.messages) == ["line"]
    assert "“open to nobody” is not tied to a source" in refused.value.messages["line"]
    assert not Update.objects.exists()
    ledger.waive(story_id=draft.story_id, words="open to nobody", reason="Name of a play", person=bob, at=later(9))
    workflow.publish(draft=draft, person=bob, expected_version=draft.version, at=later(9), kind="update", line=line)
    assert Update.objects.get().line == line


def test_a_line_is_asked_when_it_is_planned_and_not_at_the_minute(alice: Person, bob: Person, later: Later) -> None:
    draft = ready(alice, bob, later, tied("in the text"))
    answers = {"publish_at": "2025-09-11T12:00", "kind": "update", "line": "Adds “open to nobody”."}
    with pytest.raises(workflow.Refused) as refused:
        workflow.take("schedule", subject=draft, person=bob, expected_version=draft.version, at=later(9), **answers)
    assert list(refused.value.messages) == ["line"]
    answers["line"] = "Adds “open to everyone”."
    workflow.take("schedule", subject=draft, person=bob, expected_version=draft.version, at=later(9), **answers)
    draft.refresh_from_db()
    assert draft.standing == Draft.Standing.SCHEDULED


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ('Adds "open to everyone".', "Adds “open to everyone”."),
        ("Adds the Sussexes' reply.", "Adds the Sussexes’ reply."),
    ],
)
def test_what_readers_are_told_has_its_marks_set_as_the_text_has(
    alice: Person, bob: Person, later: Later, typed: str, set_: str
) -> None:
    draft = ready(alice, bob, later, tied("in the text"))
    facts = {"person": bob, "at": later(9), "kind": "correction", "line": typed}
    workflow.publish(draft=draft, expected_version=draft.version, **facts)  # type: ignore[arg-type]
    assert Update.objects.get().line == set_
    shown = Story.objects.get()
    withdraw(shown, bob, later(10), typed)
    shown.refresh_from_db()
    assert shown.withdrawn_notice == set_
    assert shown.withdrawn_reason == "The palace said “no”.", "the desk's own words stay as typed"


def withdraw(shown: Story, by: Person, at: datetime, notice: str) -> None:
    workflow.withdraw(
        story=shown, person=by, expected_version=shown.version, at=at, reason="The palace said “no”.", notice=notice
    )


def test_a_notice_quotes_what_the_text_tied(alice: Person, bob: Person, now: datetime) -> None:
    shown = published_story(owner=alice, body=tied("in the text"))
    with pytest.raises(workflow.Refused) as refused:
        withdraw(shown, bob, now, "The story quoted “open to nobody” and “never”.")
    assert list(refused.value.messages) == ["notice"]
    assert "“open to nobody”, “never” are not tied" in refused.value.messages["notice"]
    shown.refresh_from_db()
    assert shown.readers == Story.Readers.PUBLISHED
    assert not Event.objects.exists()
    assert not MoveLog.objects.filter(move="withdraw").exists()
    withdraw(shown, bob, now, "The story quoted “open to everyone”.")
    shown.refresh_from_db()
    assert shown.withdrawn_notice == "The story quoted “open to everyone”."


def test_the_desk_says_so_beside_the_field_and_keeps_what_was_typed(client: Client, bob: Person) -> None:
    shown = published_story()
    client.force_login(bob)
    notice = "The story quoted “open to nobody”."
    answer = client.post(
        f"/desk/stories/{shown.pk}/withdraw/",
        {"expected_version": shown.version, "reason": "Wrong", "notice": notice},
    )
    assert answer.status_code == 422
    root = page(answer)
    field = root.one("input", id="id_notice")
    assert field.attributes["value"] == notice
    assert field.attributes["aria-invalid"] == "true"
    assert "notice-error" in field.attributes["aria-describedby"].split()
    assert "not tied to a source" in root.one("p", id="notice-error").text
    assert root.one("textarea", id="id_reason").text == "Wrong"


def test_a_plain_line_costs_no_query(django_assert_num_queries: Any, alice: Person) -> None:
    from articles import public_lines

    shown = published_story(owner=alice)
    assert shown.published_revision is not None
    with django_assert_num_queries(0):
        public_lines.check({"line": "Adds the afternoon.", "notice": ""}, shown.published_revision, story_id=shown.pk)
