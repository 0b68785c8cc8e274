"""An approval covers section, address and bylines, and no way round the strict rule leads through another section."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from articles import due, particulars, workflow
from articles.models import Byline, Draft, MoveLog, Revision, Schedule, Section, Story
from articles.particulars import Particulars
from articles.refusals import Refused
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.articles.test_races import waits_for_a_row
from tests.asserts import page
from tests.factories.accounts import person
from tests.factories.articles import AT, scheduled_story, section, story, topic
from tests.flush import flush_by_delete  # noqa: F401

Save = Callable[..., Revision]
COVERED = ["section", "slug", "bylines"]


def change(made: Story, by: Person, **other: Any) -> Story:
    now = Story.objects.get(pk=made.pk)
    given = {"section_id": now.section_id, "byline_ids": [made.owner_id], **other}
    return particulars.change(made.pk, person=by, expected_version=now.version, facts=Particulars(**given), at=AT)


def take(name: str, made: Story, by: Person, **answers: str) -> Draft:
    draft = Draft.objects.get(story=made)
    workflow.take(name, subject=draft, person=by, expected_version=draft.version, at=AT, **answers)
    return Draft.objects.get(pk=draft.pk)


@pytest.fixture
def strict(db: None) -> Section:
    return section("Investigations", strict_review=True)


@pytest.fixture
def mended(alice: Person, bob: Person, save: Save, strict: Section) -> Story:
    """A reporter's story in review in the strict section, in which the editor Bob changed a few words."""
    made = story(owner=alice, headline="The gates open", section=strict, standing=Draft.Standing.IN_REVIEW)
    save(made.draft, bob, body=made.draft.head.body + "<p>Bob adds this.</p>")  # type: ignore[attr-defined]
    return made


def test_what_was_approved_is_an_editor_s_to_change(alice: Person, bob: Person) -> None:
    gossip, eve = section("Gossip"), person("reporter", name="Eve Eland")
    other: dict[str, Any] = {"section_id": gossip.pk, "slug": "libellous", "byline_ids": [eve.pk]}
    for make, stands in ((story, "approved"), (scheduled_story, "scheduled")):
        facts = {"standing": "approved"} if make is story else {}
        made = make(owner=alice, slug=f"gates-{stands}", **facts)  # type: ignore[operator]
        Byline.objects.create(story=made, person=bob, position=1)
        with pytest.raises(Refused) as refused:
            change(made, eve, **other)
        assert list(refused.value.messages) == COVERED
        for field, value in other.items():
            with pytest.raises(Refused):
                change(made, alice, **{"byline_ids": [alice.pk, bob.pk], field: value})
        with pytest.raises(Refused):  # the order in which the names are printed was approved as well
            change(made, alice, byline_ids=[bob.pk, alice.pk])
        change(made, alice, byline_ids=[alice.pk, bob.pk], topic_ids=[topic().pk])
        assert [byline.person for byline in made.bylines.order_by("position")] == [alice, bob]
        changed = change(made, bob, **other | {"slug": f"mended-{stands}"})
        assert (changed.path, changed.bylines.get().person) == (f"/gossip/mended-{stands}/", eve)
        assert Draft.objects.get(story=made).standing == stands
    free = story(owner=alice, standing=Draft.Standing.IN_REVIEW)
    assert change(free, alice, **other).bylines.get().person == eve


def test_the_form_says_so_beside_the_fields_and_keeps_what_was_typed(client: Client, alice: Person) -> None:
    made, gossip, eve = story(owner=alice, standing="approved"), section("Gossip"), person("reporter", name="Eve Eland")
    client.force_login(alice)
    typed = {"section": gossip.pk, "slug": "libellous", "bylines": [eve.pk], "story_version": made.version}
    answer = client.post(f"/desk/stories/{made.pk}/particulars/", typed)
    assert answer.status_code == 422
    form = page(answer).one("form", id="story-form")
    assert [form.text.count(f"approved with its {word}") for word in ("section", "address", "bylines")] == [1, 1, 1]
    assert form.one("input", name="slug").attributes["value"] == "libellous"
    assert "selected" in form.one("option", value=str(gossip.pk)).attributes
    assert [box.attributes["value"] for box in form.all("input", name="bylines") if "checked" in box.attributes] == [
        str(eve.pk)
    ]


@pytest.mark.django_db(transaction=True)
def test_an_approval_of_another_section_does_not_count_under_the_strict_rule(
    mended: Story, alice: Person, bob: Person, carol: Person, save: Save, strict: Section
) -> None:
    change(mended, bob, section_id=section("Style").pk)
    take("approve", mended, bob)
    change(mended, bob, section_id=strict.pk)
    draft = Draft.objects.get(story=mended)
    assert (draft.standing, draft.approved_by) == ("in_review", None)
    log = MoveLog.objects.filter(story=mended)[0]
    assert (log.move, log.person) == ("change", bob)
    assert "Investigations has the strict rule" in log.reason
    while outbox.relay():
        pass
    told = Notice.objects.get(person=alice, title__contains="ended the approval of")
    assert told.detail == log.reason
    with pytest.raises(Refused, match="changed nothing"):
        take("approve", mended, bob)
    # Nor once somebody else has written on, as if Bob's words had been approved.
    save(draft, alice, body=draft.head.body.replace("adds this", "adds that"))  # type: ignore[union-attr]
    with pytest.raises(Refused, match="changed nothing"):
        take("approve", mended, bob)
    take("approve", mended, carol)
    save(draft, alice, body="<p>Alice writes on.</p>")
    take("approve", mended, bob)
    take("publish", mended, bob)
    assert Story.objects.get(pk=mended.pk).approved_by == bob


def test_leaving_the_strict_section_ends_an_approval_and_a_plan(alice: Person, bob: Person, strict: Section) -> None:
    made, style = scheduled_story(owner=alice, section=strict), section("Style")
    before = Draft.objects.get(story=made).version
    change(made, bob, section_id=style.pk)
    draft = Draft.objects.get(story=made)
    assert (draft.standing, draft.approved_by, draft.changed_by) == ("in_review", None, bob)
    assert draft.version > before
    assert Schedule.objects.get().state == "stopped"
    assert [log.move for log in MoveLog.objects.filter(story=made)[:2]] == ["change", "stop-schedule"]
    take("approve", made, bob)
    change(made, bob, section_id=section("Gossip").pk)
    assert Draft.objects.get(story=made).standing == "approved", "neither section is strict"


def test_what_was_approved_before_the_section_became_strict_is_approved_anew(
    mended: Story, bob: Person, carol: Person, strict: Section, now: datetime
) -> None:
    def rule(on: bool) -> None:
        Section.objects.filter(pk=strict.pk).update(strict_review=on)

    rule(False)
    draft = take("approve", mended, bob)
    rule(True)
    plan = {"publish_at": "2025-09-12T12:00"}
    for name, answers in (("publish", {}), ("schedule", plan)):
        with pytest.raises(Refused, match="approved anew"):
            take(name, mended, carol, **answers)
        choice = next(one for one in workflow.moves_for(carol, draft) if one.move.name == name)
        assert not choice.allowed
        assert "approved anew" in choice.why_not
    rule(False)
    take("schedule", mended, carol, **plan)
    rule(True)
    planned = Schedule.objects.get()
    assert due.sweep(planned.due_at) == 1
    planned.refresh_from_db()
    assert (planned.state, Story.objects.get(pk=mended.pk).readers) == ("stopped", "nothing")
    assert "approved anew" in planned.trouble
    take("request-changes", mended, carol, reason="Approve it anew.")
    take("submit", mended, bob)
    take("approve", mended, carol)
    take("publish", mended, bob)
    assert Story.objects.get(pk=mended.pk).approved_by == carol


def test_words_that_wait_behind_a_plan_do_not_move_its_address(alice: Person, save: Save) -> None:
    made = scheduled_story(owner=alice, headline="The gates open")
    save(made.draft, alice, headline="A libel")  # type: ignore[attr-defined]
    assert Story.objects.get(pk=made.pk).slug == "the-gates-open"


@pytest.mark.django_db(transaction=True)
def test_an_approval_that_is_given_meanwhile_covers_them_too(now: datetime) -> None:
    alice, bob = person("reporter"), person("editor")
    made = story(owner=alice, standing=Draft.Standing.IN_REVIEW)
    results: list[Any] = []

    def act() -> None:
        try:
            results.append(change(made, alice, slug="libellous"))
        except Exception as problem:
            results.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=act)
    with transaction.atomic():
        take("approve", made, bob)
        other.start()
        waits_for_a_row()
    other.join(30)
    assert isinstance(results[0], Refused), results[0]
    assert list(results[0].messages) == ["slug"]
