"""Promise 6, over the whole table: whatever takes a move leaves one log row and one event that names it, or neither."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles import drafts, due, live_time, posting, taken, workflow
from articles.models import Draft, MoveLog, Schedule, Story
from articles.moves import BY_NAME, EVENTS, On
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from newsroom.outbox import OutboxError, relay, tidy, waiting_since
from newsroom.outbox.models import Effect, Event
from tests.articles.conftest import NOW
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.factories.live import live_pen
from tests.flush import flush_by_delete  # noqa: F401

LATER = NOW + timedelta(hours=1)
ANSWERS = {"reason": "Because.", "kind": "", "line": "It is over.", "notice": "", "prominence": "", "complaints": ""}
TIMES = {"until": "2025-09-11T15:00", "publish_at": "2025-09-11T16:00", "withdraw_at": ""}


def press(name: str, story: Story, by: Person, at: Any = NOW) -> None:
    """Take the move as its button does."""
    story.refresh_from_db()
    move = BY_NAME[name]
    subject: Draft | Story = story if move.on is On.STORY else Draft.objects.filter(story=story).latest("pk")
    told = {"kind": "minor", "line": ""} if name == "mend" else {}
    given = {ask.name: {**ANSWERS, **TIMES, **told}[ask.name] for ask in move.asks}
    workflow.take(name, subject=subject, person=by, expected_version=subject.version, at=at, **given)


def after(*names: str, **facts: Any) -> Story:
    """A published story to which these were done."""
    made = make.published_story(**facts)
    for name in names:
        press(name, made, person("legal") if "hold" in name else person("editor", name="Carol Crane"))
    return made


def unseen(*names: str, **facts: Any) -> Story:
    made = make.story(**facts)
    for name in names:
        press(name, made, person("editor", name="Carol Crane"))
    return made


def planned_end() -> None:
    story = make.published_story()
    Schedule.objects.create(
        story=story, move="withdraw", due_at=NOW, next_at=NOW, person=person("editor", name="Carol Crane"), made_at=NOW
    )


def approved_then(what: Callable[[Draft, Person], Any]) -> Callable[[], Any]:
    def do() -> Any:
        draft = make.story(standing="approved").draft
        return lambda: what(draft, draft.opened_by)

    return do


def save(draft: Draft, by: Person) -> None:
    content = drafts.Content("Other words", body="<p>Other words.</p>")
    drafts.save(draft.pk, person=by, expected_version=draft.version, content=content, at=NOW)


def folded() -> Callable[[], None]:
    alice, story = person("reporter"), make.published_story(body="<p>One.</p>")
    drafts.open_again(story, alice, at=NOW)
    quick = drafts.open_again(story, alice, at=NOW, kind=Draft.Kind.CORRECTION)
    save(quick, alice)
    by = person("editor")

    def out() -> None:
        for name in ("submit", "approve", "publish"):
            draft = Draft.objects.get(pk=quick.pk)
            told = {"kind": "minor", "line": ""} if name == "publish" else {}
            workflow.take(name, subject=draft, person=by, expected_version=draft.version, at=LATER, **told)

    return out


def carried() -> Callable[[], Any]:
    story = after("declare-live")
    draft, by = drafts.open_again(story, person("reporter"), at=NOW), person("editor")
    save(draft, draft.opened_by)
    for name in ("submit", "approve"):
        press_draft(name, Draft.objects.get(pk=draft.pk))
    posting.post(story_id=story.pk, person=by, words="The King is here.", at=NOW)
    approved = Draft.objects.get(pk=draft.pk)
    return lambda: workflow.publish(
        draft=approved, person=by, expected_version=approved.version, at=LATER, kind="minor", line=""
    )


def button(name: str, story: Callable[[], Story], role: str = "editor") -> Callable[[], Callable[[], None]]:
    def prepare() -> Callable[[], None]:
        made = story()
        return lambda: press(name, made, person(role))

    return prepare


def doing(what: Callable[[], Any], *, before: Callable[[], Any] = lambda: None) -> Callable[[], Callable[[], Any]]:
    def prepare() -> Callable[[], Any]:
        before()
        return what

    return prepare


def mended() -> Story:
    """A withdrawn story with other words that were approved since."""
    story, alice = make.withdrawn_story(), person("reporter", name="Alma Mason")
    draft = drafts.open_again(story, alice, at=NOW)
    save(draft, alice)
    for name in ("submit", "approve"):
        press_draft(name, Draft.objects.get(pk=draft.pk))
    return story


def press_draft(name: str, draft: Draft) -> None:
    workflow.take(
        name, subject=draft, person=person("editor", name="Carol Crane"), expected_version=draft.version, at=NOW
    )


def draft_in(standing: str) -> Callable[[], Story]:
    return lambda: make.story(standing=standing)


# How each row of the table is taken: what prepares it gives what takes it.
WAYS: dict[str, Callable[[], Callable[[], Any]]] = {
    "submit": button("submit", draft_in("draft")),
    "request-changes": button("request-changes", draft_in("in_review")),
    "approve": button("approve", draft_in("in_review")),
    "publish": button("publish", draft_in("approved")),
    "schedule": button("schedule", draft_in("approved")),
    "reschedule": button("reschedule", make.scheduled_story),
    "unschedule": button("unschedule", make.scheduled_story),
    "emergency-publish": button("emergency-publish", draft_in("draft")),
    "declare-live": button("declare-live", draft_in("draft")),
    "prolong-live": button("prolong-live", lambda: unseen("declare-live")),
    "end-live": button("end-live", lambda: after("declare-live")),
    "withdraw": button("withdraw", make.published_story),
    "reinstate": button("reinstate", make.withdrawn_story),
    "mend": button("mend", mended),
    "embargo": button("embargo", make.published_story),
    "lift-embargo": button("lift-embargo", lambda: after("embargo")),
    "hold": button("hold", draft_in("draft"), "legal"),
    "lift-hold": button("lift-hold", lambda: after("hold"), "legal"),
    "spike": button("spike", draft_in("draft")),
    "restore": button("restore", lambda: unseen("spike")),
    "open": doing(lambda: drafts.open_story(person("reporter"), make.section(), headline="The gates", at=NOW)),
    "reopen": doing(
        lambda: drafts.open_again(Story.objects.get(), person("reporter"), at=NOW), before=make.published_story
    ),
    "fold": folded,
    "carry-posts": carried,
    "publish-scheduled": doing(lambda: due.sweep(LATER), before=lambda: make.scheduled_story(due_at=LATER)),
    "withdraw-scheduled": doing(lambda: due.sweep(LATER), before=planned_end),
    "stop-schedule": button("hold", make.scheduled_story, "legal"),
    "change": approved_then(save),
    "live-post": doing(
        lambda: posting.post(story_id=Story.objects.get().pk, person=person("editor"), words="Gates open.", at=NOW),
        before=lambda: after("declare-live"),
    ),
    "end-live-due": doing(lambda: live_time.sweep(NOW + timedelta(days=1)), before=lambda: after("declare-live")),
}


def moved() -> list[tuple[int, str, dict[str, Any]]]:
    """Log row, move and what the event says of it, for each event of a move."""
    told = Event.objects.filter(kind__startswith="moved.").order_by("pk")
    return [(one.payload["log_id"], one.kind.removeprefix("moved."), one.payload) for one in told]


def test_every_row_has_a_way_and_an_event_of_its_own() -> None:
    assert WAYS.keys() == BY_NAME.keys() == EVENTS.keys()
    assert len({kind.name for kind in EVENTS.values()}) == len(BY_NAME)


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(BY_NAME))
def test_a_move_leaves_one_row_and_one_event_that_names_it(name: str) -> None:
    take = WAYS[name]()
    known, told = set(MoveLog.objects.values_list("pk", flat=True)), len(moved())
    take()
    rows = {row.pk: row for row in MoveLog.objects.exclude(pk__in=known)}
    assert [row.move for row in rows.values()].count(name) == 1
    events = moved()[told:]
    # Of what follows from it as well (a hold stops a plan): as many events as rows, each naming its own.
    assert sorted((pk, move) for pk, move, _ in events) == sorted((row.pk, row.move) for row in rows.values())
    for pk, _, payload in events:
        row = rows[pk]
        assert payload == {
            "log_id": row.pk,
            "story_id": row.story_id,
            "draft_id": row.draft_id,
            "revision_id": row.revision_id,
            "person_id": row.person_id,
        }


@pytest.mark.django_db
def test_a_move_that_is_refused_leaves_neither() -> None:
    held = after("hold", live=False)
    rows, told = MoveLog.objects.count(), Event.objects.count()
    with pytest.raises(workflow.Refused):
        press("hold", held, person("legal"))
    assert (MoveLog.objects.count(), Event.objects.count()) == (rows, told)


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_there_is_no_row_to_be_left_alone() -> None:
    story = make.story()
    with pytest.raises(OutboxError):
        taken.log("hold", story_id=story.pk, person_id=story.owner_id, at=NOW)


def test_nothing_else_makes_a_log_row() -> None:
    """A row made anywhere else would be a move without its event."""
    makers = []
    for path in sorted(Path(settings.BASE_DIR, "articles").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        source = path.read_text()
        if "MoveLog" in source:
            for node in ast.walk(ast.parse(source)):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                if called in ("MoveLog", "MoveLog.objects.create", "MoveLog.objects.bulk_create"):
                    makers.append(path.name)
    assert makers == ["taken.py"]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_nobody_listens_to_is_one_row_and_done(django_assert_num_queries: Any) -> None:
    story = make.story()
    with transaction.atomic(), django_assert_num_queries(2):  # the log row and the event
        taken.log("open", story_id=story.pk, person_id=story.owner_id, at=timezone.now())
    assert not Effect.objects.exists()
    assert relay() == 0
    assert not waiting_since(timezone.now() + timedelta(hours=1))
    assert tidy(timezone.now() + timedelta(hours=1)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "said", "kind"),
    [
        ("hold", "Dora Diaz placed a legal hold on “The gates”", "held"),
        ("embargo", "Bob Barrow set an embargo on “The gates”", "held"),
        ("spike", "Bob Barrow spiked “The gates”", "spiked"),
        ("declare-live", "Bob Barrow declared live “The gates”", "live"),
        ("schedule", "Bob Barrow scheduled “The gates”", "planned"),
    ],
)
def test_those_behind_the_story_are_told(name: str, said: str, kind: str) -> None:
    alice, carol = person("reporter"), person("editor", name="Carol Crane")
    person("marketing")
    story = make.story(
        owner=alice, headline="The gates", standing="approved" if name == "schedule" else "draft", approver=carol
    )
    by = person("legal") if name == "hold" else person("editor")
    press(name, story, by)
    while relay():
        pass
    told = Notice.objects.filter(kind=f"articles.{kind}").order_by("person__name")
    # A hold concerns every editor: any of them may be about to send it out.
    assert {one.person.name for one in told} == {alice.name, carol.name} if name == "hold" else {alice.name}
    assert {one.title for one in told} == {said.replace("Dora Diaz", by.name)}
    assert all(one.detail for one in told), "why, or until when"
    first = Notice.objects.count()
    Effect.objects.update(done_at=None)
    while relay():
        pass
    assert Notice.objects.count() == first, "told once"


@pytest.mark.django_db(transaction=True)
def test_who_held_a_live_pen_is_told_that_it_ended_with_the_story() -> None:
    story = after("declare-live", headline="The gates")
    pen = live_pen(story, by=person("editor"), at=NOW)
    press("end-live", story, person("editor"), LATER)
    while relay():
        pass
    assert Notice.objects.filter(person=pen.person, title__contains="ended the live story").count() == 1
