"""One's own words in a note: changed, taken back, found again when their paragraph was joined or split."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from articles import note_places, notes
from articles.models import NoteEntry, NoteWording, Revision
from articles.refusals import Refused
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.notices.models import Notice
from tests.asserts import page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
ONE = "The gates opened at nine and the first visitors ran down the long avenue of limes."
TWO = "By noon the queue reached the river, and the wardens had run out of tickets to sell."


def said(words: str, by: Person, at: datetime) -> NoteEntry:
    return notes.write(story=make.story(owner=by, headline="Gates open"), person=by, words=words, at=at).entries.get()


def edit(entry: NoteEntry, by: Person, words: str, at: datetime, version: int = 1) -> None:
    notes.edit(entry=entry, person=by, words=words, expected_version=version, at=at)


def test_earlier_words_stay_and_who_is_named_only_now_is_told_once(
    alice: Person, bob: Person, carol: Person, later: Callable[[int], datetime]
) -> None:
    entry = said("@Bob Barrow, who counted?", alice, later(0))
    edit(entry, alice, "@Bob Barrow and @Carol Crane, who counted?", later(1))
    edit(entry, alice, "Nobody.", later(2), version=2)
    edit(entry, alice, "@Carol Crane, who counted?", later(3), version=3)
    told = sorted(Notice.objects.values_list("person__name", "kind"))
    assert told == [("Bob Barrow", "articles.mention"), ("Carol Crane", "articles.mention")]
    assert set(Notice.objects.values_list("detail", flat=True)) == {"@Carol Crane, who counted?"}, "what it says now"
    entry.refresh_from_db()
    assert (entry.words, entry.edited_at, entry.version) == ("@Carol Crane, who counted?", later(3), 4)
    assert [(wording.words, wording.until) for wording in entry.wordings.all()] == [
        ("@Bob Barrow, who counted?", later(1)),
        ("@Bob Barrow and @Carol Crane, who counted?", later(2)),
        ("Nobody.", later(3)),
    ]


def test_who_was_told_of_an_answer_is_told_of_being_named(
    alice: Person, bob: Person, later: Callable[[int], datetime]
) -> None:
    note = notes.write(story=make.story(owner=alice), person=bob, words="Who counted?", at=later(0))
    answer = notes.reply(note=note, person=alice, words="I did.", at=later(1))
    edit(answer, alice, "I did, @Bob Barrow.", later(2))
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["articles.mention", "articles.reply"]


def test_the_same_words_are_no_edit(alice: Person, now: datetime) -> None:
    entry = said("Who?", alice, now)
    edit(entry, alice, " Who? ", now)
    entry.refresh_from_db()
    assert entry.edited_at is None
    assert not NoteWording.objects.exists()


def test_taken_back(alice: Person, bob: Person, carol: Person, later: Callable[[int], datetime]) -> None:
    entry = said("@Bob Barrow and @Carol Crane: a secret.", alice, later(0))
    notes.reply(note=entry.note, person=bob, words="Not here.", at=later(1))
    Notice.objects.filter(person=carol).update(read_at=later(1))
    notes.delete(entry=entry, person=alice, at=later(2))
    entry.refresh_from_db()
    assert (entry.words, entry.deleted_at) == ("", later(2))
    left = Notice.objects.filter(key=f"note:{entry.pk}").values_list("person__name", "detail")
    assert list(left) == [("Carol Crane", "")], "who had not looked is told nothing; the other reads no words any more"
    assert entry.wordings.get().words == "@Bob Barrow and @Carol Crane: a secret."
    row = AuditRow.objects.get(action="story.note-deleted")
    assert (row.person_name, row.subject, "secret" in str(row.facts)) == (
        "Alice Ashdown",
        f"story:{entry.note.story_id}",
        False,
    )
    entry.note.refresh_from_db()
    assert entry.note.resolved_at is None, "an answer stands, so the thread is open"
    with pytest.raises(Refused, match="already"):
        notes.delete(entry=entry, person=alice, at=later(3))
    with pytest.raises(Refused, match="already"):
        edit(entry, alice, "Again", later(3), version=2)


def test_put_back(alice: Person, bob: Person, carol: Person, later: Callable[[int], datetime]) -> None:
    entry = said("@Bob Barrow and @Carol Crane: who counted?", alice, later(0))
    Notice.objects.filter(person=carol).update(read_at=later(1))
    notes.delete(entry=entry, person=alice, at=later(2))
    notes.put_back(entry=entry, person=alice, at=later(3))
    entry.refresh_from_db()
    entry.note.refresh_from_db()
    assert (entry.words, entry.deleted_at, entry.edited_at) == (
        "@Bob Barrow and @Carol Crane: who counted?",
        None,
        None,
    )
    assert entry.note.resolved_at is None, "it counted as dealt with for the deletion alone"
    told = Notice.objects.order_by("person__name").values_list("person__name", "detail", "read_at")
    assert list(told) == [("Bob Barrow", entry.words, None), ("Carol Crane", entry.words, later(1))]
    assert AuditRow.objects.filter(action="story.note-put-back", subject=f"story:{entry.note.story_id}").count() == 1
    with pytest.raises(Refused, match="stands there already"):
        notes.put_back(entry=entry, person=alice, at=later(4))
    edit(entry, alice, "Who counted?", later(4), version=3)


def test_put_back_is_for_who_deleted_it_and_leaves_what_others_settled(
    alice: Person, bob: Person, later: Callable[[int], datetime]
) -> None:
    entry = said("Who?", alice, later(0))
    notes.resolve(note=entry.note, person=bob, at=later(1))
    notes.delete(entry=entry, person=alice, at=later(2))
    with pytest.raises(Refused, match="Only who wrote"):
        notes.put_back(entry=entry, person=bob, at=later(3))
    notes.put_back(entry=entry, person=alice, at=later(3))
    entry.note.refresh_from_db()
    assert entry.note.resolved_by == bob


def test_the_desk_offers_it_to_who_deleted_it_alone(client: Client, alice: Person, bob: Person, now: datetime) -> None:
    entry = said("Who?", alice, now)
    notes.delete(entry=entry, person=alice, at=now)
    address, button = f"/desk/stories/{entry.note.story_id}/notes/", f'action="/desk/notes/said/{entry.pk}/put-back/"'
    client.force_login(bob)
    assert button not in client.get(address).content.decode()
    client.force_login(alice)
    assert button in client.get(address).content.decode()
    client.post(f"/desk/notes/said/{entry.pk}/put-back/")
    entry.refresh_from_db()
    assert entry.words == "Who?"


def test_a_thread_of_which_nothing_is_left_is_dealt_with(alice: Person, now: datetime) -> None:
    entry = said("Who?", alice, now)
    notes.delete(entry=entry, person=alice, at=now)
    entry.note.refresh_from_db()
    assert entry.note.resolved_by == alice


def test_only_ones_own_and_not_what_was_done(alice: Person, bob: Person, now: datetime) -> None:
    entry = said("Who?", alice, now)
    notes.resolve(note=entry.note, person=bob, at=now)
    done = entry.note.entries.get(act="resolved")
    for act in (
        lambda: edit(entry, bob, "Me", now),
        lambda: notes.delete(entry=entry, person=bob, at=now),
        lambda: edit(done, bob, "Me", now),
        lambda: notes.delete(entry=done, person=bob, at=now),
    ):
        with pytest.raises(Refused, match="Only who wrote"):
            act()
    alice.roles = ["marketing"]
    alice.save()
    with pytest.raises(Refused, match="write no notes"):
        notes.delete(entry=entry, person=alice, at=now)
    assert not NoteWording.objects.exists()


def test_two_windows_do_not_write_over_each_other(alice: Person, now: datetime) -> None:
    entry = said("Who?", alice, now)
    edit(entry, alice, "Who counted?", now)
    with pytest.raises(Refused) as refused:
        edit(entry, alice, "Who was it?", now)
    assert refused.value.messages == {"words": "You changed this note in another window. It says now: “Who counted?”"}


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_is_told(alice: Person, now: datetime) -> None:
    entry, gate, refused = said("Who?", alice, now), threading.Barrier(2), []

    def change(words: str) -> None:
        gate.wait()
        try:
            edit(entry, alice, words, now)
        except Refused:
            refused.append(words)
        connection.close()

    pressed = [threading.Thread(target=change, args=[words]) for words in ("One", "Two")]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()
    assert len(refused) == 1
    assert entry.wordings.count() == 1


def test_the_database_keeps_the_record(alice: Person, now: datetime) -> None:
    entry = said("Who?", alice, now)
    edit(entry, alice, "Me", now)
    for change in (
        lambda: NoteWording.objects.update(words="x"),
        lambda: NoteWording.objects.all()._raw_delete("default"),
        lambda: NoteEntry.objects.filter(pk=entry.pk).update(words=""),
        lambda: NoteEntry.objects.filter(pk=entry.pk).update(deleted_at=now),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_at_the_desk(client: Client, alice: Person, bob: Person, now: datetime) -> None:
    entry = said("Who counted?", alice, now)
    url = f"/desk/stories/{entry.note.story_id}/notes/"
    client.force_login(alice)
    long = "é" * 4001
    answer = client.post(f"/desk/notes/said/{entry.pk}/edit/", {"words": long, "version": 1})
    assert answer.status_code == 422
    assert page(answer).one("textarea", id=f"said-{entry.pk}").text == long
    assert page(answer).one("textarea", id="note-words").text == ""
    client.post(f"/desk/notes/said/{entry.pk}/edit/", {"words": "<b>Who</b> counted?", "version": 1})
    root = page(client.get(url))
    assert root.one("p", "spoken").text == "<b>Who</b> counted?"
    assert root.one("p", "wording").text == "Who counted?"
    assert client.post(f"/desk/notes/said/{entry.pk}/delete/").status_code == 302
    reporter = page(client.get(url))
    assert "Note deleted by Alice Ashdown" in reporter.text
    assert "counted" not in reporter.text, "a reporter reads no deleted words, not even their own"
    client.force_login(bob)
    assert "What it said" in page(client.get(url)).text
    assert client.post(f"/desk/notes/said/{entry.pk}/delete/").status_code == 422
    assert client.post("/desk/notes/said/999999/delete/").status_code == 404


def where(story: Any) -> notes.Thread:
    [thread] = notes.threads(story.pk, note_places.places(story.drafts.get().head))
    return thread


def noted_on(number: int, by: Person, now: datetime, body: str) -> Any:
    story: Any = make.story(owner=by, body=body)
    key = story.draft.head.paragraph_keys[number]
    notes.write(story=story, person=by, words="Who says so?", paragraph=key, at=now)
    return story


def test_a_note_goes_along_when_its_paragraph_is_joined_with_another(
    alice: Person, now: datetime, save: Callable[..., Revision]
) -> None:
    story = noted_on(1, alice, now, f"<p>{ONE} {ONE}</p><p>{TWO}</p>")
    save(story.draft, alice, body=f"<p>{ONE} {ONE} {TWO}</p>")
    thread = where(story)
    assert thread.place is not None
    assert (thread.place.number, thread.carried, thread.gone, thread.changed) == (0, True, False, True)


def test_a_note_stays_with_a_piece_of_its_paragraph_when_it_is_split_up(
    alice: Person, now: datetime, save: Callable[..., Revision]
) -> None:
    sentences = [f"Sentence {word} tells of the gates and of nothing else." for word in "abcdefgh"]
    story = noted_on(1, alice, now, f"<p>{ONE}</p><p>{' '.join(sentences)}</p><p>{TWO}</p>")
    save(story.draft, alice, body="".join(f"<p>{words}</p>" for words in (ONE, *sentences, TWO)))
    thread = where(story)
    assert thread.place is not None
    assert thread.place.words in sentences


def test_a_note_is_carried_with_words_that_were_moved_and_changed_a_little(
    alice: Person, now: datetime, save: Callable[..., Revision]
) -> None:
    story = noted_on(0, alice, now, f"<p>{ONE}</p><p>{TWO}</p><p>Three.</p>")
    moved = ONE.replace("at nine", "at ten")
    save(story.draft, alice, body=f"<p>{TWO}</p><p>Three.</p><p>{moved}</p>")
    thread = where(story)
    assert thread.place is not None
    assert thread.place.words == moved


@pytest.mark.parametrize("other", ["<p>Something else.</p>", "<p>The gates opened for the King.</p>", "<p></p>"])
def test_words_that_are_gone_are_gone(alice: Person, now: datetime, save: Callable[..., Revision], other: str) -> None:
    story = noted_on(1, alice, now, f"<p>{TWO}</p><p>{ONE}</p>")
    save(story.draft, alice, body=f"<p>{TWO}</p>{other}")
    # Between unchanged paragraphs an element written anew keeps the key: the note shows that its words have changed.
    thread = where(story)
    assert thread.gone or thread.changed
    assert not thread.carried


def test_hundreds_of_lost_notes_do_not_slow_the_page_down(alice: Person, now: datetime) -> None:
    import time

    there = [
        note_places.Place(f"k{n}", n, "x", note_places._runs(f"{ONE} {n} {TWO} {n + 1} {ONE}")) for n in range(300)
    ]
    began = time.perf_counter()
    for n in range(300):
        note_places.again(f"A rumour number {n} that nobody has heard of", there)
    assert time.perf_counter() - began < 2


def test_marketing_gets_nowhere_near(client: Client, now: datetime, alice: Person) -> None:
    entry = said("Who?", alice, now)
    client.force_login(person("marketing"))
    for verb in ("edit", "delete"):
        assert client.post(f"/desk/notes/said/{entry.pk}/{verb}/", {"words": "x", "version": 1}).status_code == 403
