"""What a correction keeps of what was wrong, which prominence it calls for, and the complaints that it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from articles import corrections, drafts, due, workflow
from articles.models import CorrectedPlace, Correction, Draft, Story, Update
from articles.refusals import MoveRefused
from newsroom.accounts.models import Person
from tests.factories.articles import AT, complaint, published_story
from tests.factories.corrections import correction

pytestmark = pytest.mark.django_db
Save = Callable[..., Any]
THREE = "<p>The gates opened at nine.</p>\n<p>The queue reached the river.</p>\n<p>It rained.</p>"


@pytest.fixture
def seen(alice: Person) -> Story:
    return published_story(owner=alice, body=THREE, headline="Harbour walk", at=AT)


@pytest.fixture
def approved(seen: Story, alice: Person, carol: Person, save: Save) -> Callable[..., Draft]:
    """A draft of the story with other words, approved by Carol."""

    def approved(at: datetime, **words: str) -> Draft:
        seen.refresh_from_db()
        draft = drafts.open_again(seen, alice, at=at)
        save(draft, alice, at=at, **words)
        for move, by in (("submit", alice), ("approve", carol)):
            workflow.take(move, subject=draft, person=by, expected_version=draft.version, at=at)
            draft.refresh_from_db()
        return draft

    return approved


def publish(draft: Draft, by: Person, at: datetime, kind: str = "correction", **answers: str) -> Update:
    line = "" if kind == "minor" else "We had it wrong."
    answers = {"kind": kind, "line": line, **answers}
    workflow.take("publish", subject=draft, person=by, expected_version=draft.version, at=at, **answers)
    return Update.objects.latest("pk")


def test_it_keeps_what_was_wrong_where_and_since_when(seen: Story, approved: Callable[..., Draft], bob: Person) -> None:
    """The second paragraph was wrong from the beginning, the first only since an update; a later one stood by."""
    hour = timedelta(hours=1)
    wrong = THREE.replace("nine", "ten")
    publish(approved(AT + hour, body=wrong), bob, AT + hour, "update")
    publish(approved(AT + 2 * hour, body=wrong + "\n<p>More came.</p>"), bob, AT + 2 * hour, "update")
    right = THREE.replace("the river", "the bridge") + "\n<p>More came.</p>"
    note = publish(approved(AT + 3 * hour, body=right, standfirst="New."), bob, AT + 3 * hour)
    first, second = list(CorrectedPlace.objects.exclude(position=0))
    assert (first.before, first.after) == ("The gates opened at ten.", "The gates opened at nine.")
    assert (second.before, second.after) == ("The queue reached the river.", "The queue reached the bridge.")
    assert (first.position, second.position) == (1, 2)
    assert (first.since, second.since) == (AT + hour, AT)
    assert first.until == second.until == AT + 3 * hour
    new = CorrectedPlace.objects.get(place="standfirst")
    assert (new.before, new.after, new.since) == ("", "New.", None)
    assert note.record.prominence == note.record.suggested == "foot"


def test_the_headline_and_what_stood_long_call_for_the_top(
    seen: Story, approved: Callable[..., Draft], bob: Person
) -> None:
    soon = AT + timedelta(hours=1)
    assert publish(approved(soon, headline="Harbour run"), bob, soon).record.prominence == "top"
    late = AT + corrections.LONG + timedelta(minutes=1)
    assert publish(approved(late, body=THREE.replace("nine", "ten")), bob, late).record.prominence == "top"
    chosen = publish(approved(late, headline="Harbour ride"), bob, late, prominence="foot").record
    assert (chosen.prominence, chosen.suggested) == ("foot", "top"), "an editor may choose"
    publish(approved(late, body=THREE.replace("nine", "six")), bob, late, "update")
    assert Correction.objects.count() == 3, "an update puts nothing right"


def test_complaints_are_offered_and_tied(seen: Story, approved: Callable[..., Draft], bob: Person) -> None:
    open_, other = complaint(seen), complaint(published_story())
    decided = complaint(seen, state="upheld", decided_by=bob)
    draft = approved(AT, headline="Harbour run")
    (choice,) = [one for one in workflow.moves_for(bob, draft) if one.move.name == "publish"]
    asked = {ask.name: ask for ask in choice.asks}
    assert [pk for pk, _ in asked["complaints"].choices] == [str(open_.pk)]
    assert asked["prominence"].empty == "As suggested: above the text (the headline was wrong)"
    for ids in (f"{other.pk}", f"{decided.pk}", f"{open_.pk},{other.pk}", "x", "-1"):
        with pytest.raises(MoveRefused) as refused:
            publish(draft, bob, AT, complaints=ids)
        assert list(refused.value.messages) == ["complaints"], ids
    with pytest.raises(MoveRefused) as refused:
        publish(draft, bob, AT, "update", complaints=str(open_.pk))
    assert list(refused.value.messages) == ["complaints"]
    note = publish(draft, bob, AT, complaints=str(open_.pk))
    open_.refresh_from_db()
    assert (open_.update, open_.version, open_.state) == (note, 2, "new")
    assert list(note.record.complaints.all()) == [open_]
    assert open_.entries.get().words == "We had it wrong."


def test_nobody_is_offered_complaints_where_there_are_none(
    seen: Story, approved: Callable[..., Draft], alice: Person, bob: Person
) -> None:
    draft = approved(AT, headline="Harbour run")
    names = {
        who: [ask.name for one in workflow.moves_for(who, draft) if one.move.name == "publish" for ask in one.asks]
        for who in (alice, bob)
    }
    assert names[bob] == ["kind", "line", "prominence"]
    complaint(seen)
    (choice,) = [one for one in workflow.moves_for(alice, draft) if one.move.name == "publish"]
    assert not any(ask.choices for ask in choice.asks if ask.name == "complaints"), "readers' words are the editors'"


def test_what_was_planned_goes_with_the_scheduled_correction(
    seen: Story, approved: Callable[..., Draft], bob: Person
) -> None:
    """A complaint that was decided meanwhile holds it back no more than any other."""
    one, two = complaint(seen), complaint(seen)
    draft = approved(AT, headline="Harbour run")
    answers = {"kind": "correction", "line": "It was a run.", "prominence": "foot", "complaints": f"{one.pk},{two.pk}"}
    workflow.take(
        "schedule", subject=draft, person=bob, expected_version=draft.version, at=AT,
        publish_at="2025-09-11T12:00", **answers,
    )  # fmt: skip
    type(two).objects.filter(pk=two.pk).update(state="upheld", outcome="x", decided_at=AT, decided_by=bob)
    assert due.sweep(AT + timedelta(hours=4)) == 1
    record = Correction.objects.get()
    assert (record.prominence, record.suggested, list(record.complaints.all())) == ("foot", "top", [one])


def test_nothing_of_the_record_changes_afterwards(seen: Story) -> None:
    note = correction(seen)
    note.record.complaints.add(complaint(seen))
    rows = [
        Update.objects.filter(pk=note.pk),
        Correction.objects.all(),
        CorrectedPlace.objects.all(),
        Correction.complaints.through.objects.all(),
    ]
    for row in rows:
        (pk,) = row.values_list("pk", flat=True)
        for act in (lambda row=row, pk=pk: row.update(id=pk), lambda row=row: row._raw_delete("default")):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()


def test_the_desk_shows_the_record_and_asks_for_it(
    seen: Story, approved: Callable[..., Draft], bob: Person, client: Client
) -> None:
    client.force_login(bob)
    about = complaint(seen, wrong="It was a run.")
    draft = approved(AT, headline="Harbour run")
    address = reverse("articles-desk:publish", args=[seen.pk])
    html = client.get(address).content.decode()
    assert f'name="complaints" value="{about.pk}"' in html
    assert "It was a run." in html
    answers = {"expected_version": draft.version, "kind": "correction", "line": "", "complaints": [about.pk]}
    refused = client.post(address, answers)
    assert refused.status_code == 422
    assert f'value="{about.pk}" checked' in refused.content.decode(), "what was ticked stays ticked"
    assert client.post(address, {**answers, "line": "It was a run."}).status_code == 302
    html = client.get(reverse("articles-desk:history", args=[seen.pk])).content.decode()
    record = html[html.index("What was put right") :]
    assert re.search(r"<del>.*?walk.*?</del>\s*<ins>.*?run.*?</ins>", record)
    assert f"complaint {about.pk}" in record


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "less than a minute"), (1, "1 minute"), (119, "1 hour"), (2879, "1 day"), (2880, "2 days")],
)
def test_how_long_is_said_in_one_number(minutes: int, said: str) -> None:
    assert corrections.lasted(timedelta(minutes=minutes)) == said


def test_where_it_stood_is_said_in_a_sentence() -> None:
    places = [("headline", AT, AT + timedelta(hours=2)), ("k1", AT, AT), ("k2", AT, AT)]
    assert corrections.stood(places) == "It stood in the headline and 2 paragraphs of the text for 2 hours."
    assert corrections.stood(places[1:2]) == "It stood in the text for less than a minute."
    assert corrections.stood([]) == ""
