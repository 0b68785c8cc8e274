"""Notes: where they stand, who is told, and that they never leave the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from articles import note_places, notes
from articles.models import Note, NoteEntry, Revision
from articles.refusals import Refused
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def listed(story: Any) -> list[notes.Thread]:
    draft = story.drafts.get()
    return notes.threads(story.pk, note_places.places(draft.head))


def test_a_note_stands_on_its_paragraph_while_the_text_moves_around_it(
    alice: Person, bob: Person, now: datetime, save: Callable[..., Revision]
) -> None:
    story = make.story(owner=alice, body="<p>The gates opened at nine.</p><p>By noon the queue reached the river.</p>")
    draft = story.draft
    second = draft.head.paragraph_keys[1]
    notes.write(story=story, person=bob, words="Who counted?", paragraph=second, at=now)
    save(
        draft,
        alice,
        body="<p>A new opening.</p><p>The gates opened at nine.</p><p>By noon the queue reached the bridge.</p>",
    )
    (thread,) = listed(story)
    assert (thread.place.number, thread.place.words) == (2, "By noon the queue reached the bridge.")
    assert thread.changed
    assert thread.note.stood_on == "By noon the queue reached the river."


def test_a_note_whose_paragraph_went_stays_with_the_words_it_stood_on(
    alice: Person, bob: Person, now: datetime, save: Callable[..., Revision]
) -> None:
    story = make.story(owner=alice, body="<p>The gates opened at nine.</p><p>A rumour about the river.</p>")
    draft = story.draft
    notes.write(story=story, person=bob, words="Out", paragraph=draft.head.paragraph_keys[1], at=now)
    save(draft, alice, body="<p>The gates opened at nine.</p>")
    (thread,) = listed(story)
    assert thread.gone
    assert thread.note.stood_on == "A rumour about the river."


def test_the_order_is_story_text_gone(alice: Person, now: datetime) -> None:
    story = make.story(owner=alice, body="<p>One.</p><p>Two.</p>")
    one, two = story.draft.head.paragraph_keys
    made = [
        make.note(story, paragraph="vanished", stood_on="Gone.", words="gone"),
        make.note(story, paragraph=two, stood_on="Two.", words="two"),
        make.note(story, paragraph=one, stood_on="One.", words="one"),
        make.note(story, words="story"),
    ]
    assert [thread.note for thread in listed(story)] == [made[3], made[2], made[1], made[0]]


def test_a_paragraph_that_no_saved_state_has_is_refused(alice: Person, now: datetime) -> None:
    story, other = make.story(owner=alice), make.story(owner=alice)
    for key in ("nonsense", other.draft.head.paragraph_keys[0]):
        with pytest.raises(Refused) as refused:
            notes.write(story=story, person=alice, words="Hm", paragraph=key, at=now)
        assert list(refused.value.messages) == ["paragraph"]
    assert not Note.objects.exists()


@pytest.mark.parametrize("words", ["", " \n\t", "\x00", "x" * 4001])
def test_words_that_cannot_be_kept_are_refused_beside_the_field(alice: Person, now: datetime, words: str) -> None:
    story = make.story(owner=alice)
    with pytest.raises(Refused) as refused:
        notes.write(story=story, person=alice, words=words, at=now)
    assert list(refused.value.messages) == ["words"]


@pytest.mark.parametrize("role", ["administrator", "marketing"])
def test_who_does_not_work_on_stories_writes_none(role: str, now: datetime) -> None:
    note, outsider = make.note(), person(role)
    for act in (
        lambda: notes.write(story=note.story, person=outsider, words="Hm", at=now),
        lambda: notes.reply(note=note, person=outsider, words="Hm", at=now),
        lambda: notes.resolve(note=note, person=outsider, at=now),
        lambda: notes.reopen(note=note, person=outsider, at=now),
    ):
        with pytest.raises(Refused):
            act()
    assert NoteEntry.objects.count() == 1


def test_named_people_are_told_and_marketing_cannot_be(alice: Person, bob: Person, now: datetime) -> None:
    person("marketing")
    story = make.story(owner=alice, headline="The gates open")
    note = notes.write(story=story, person=alice, words="@Bob Barrow or @Erin Eames, or me, @Alice?", at=now)
    row = Notice.objects.get()
    assert (row.person, row.kind, row.mail) == (bob, "articles.mention", "waiting")
    assert row.title == "Alice Ashdown named you in a note on “The gates open”"
    assert row.url == f"/desk/stories/{story.pk}/notes/#note-{note.pk}"
    assert list(note.entries.get().mentions.all()) == [bob]


def test_an_answer_tells_the_others_of_the_thread_once(
    alice: Person, bob: Person, carol: Person, now: datetime
) -> None:
    note = notes.write(story=make.story(owner=alice), person=alice, words="Who?", at=now)
    notes.reply(note=note, person=bob, words="@Alice Ashdown, I did.", at=now)
    notes.reply(note=note, person=carol, words="And I.", at=now)
    told = sorted((row.person.name, row.kind) for row in Notice.objects.select_related("person"))
    assert told == [
        ("Alice Ashdown", "articles.mention"),  # named: not told a second time that there is an answer
        ("Alice Ashdown", "articles.reply"),
        ("Bob Barrow", "articles.reply"),
    ]


def test_who_moved_to_marketing_is_told_of_no_answer(alice: Person, bob: Person, now: datetime) -> None:
    note = notes.write(story=make.story(), person=bob, words="Who?", at=now)
    Person.objects.filter(pk=bob.pk).update(roles=["marketing"])
    notes.reply(note=note, person=alice, words="I.", at=now)
    assert not Notice.objects.exists()


def test_resolved_and_reopened_by_whom(alice: Person, bob: Person, now: datetime) -> None:
    note = make.note(by=alice)
    notes.resolve(note=note, person=bob, at=now)
    with pytest.raises(Refused, match="Bob Barrow has resolved"):
        notes.resolve(note=note, person=alice, at=now)
    notes.reopen(note=note, person=alice, at=now)
    with pytest.raises(Refused, match="reopened this note already"):
        notes.reopen(note=note, person=bob, at=now)
    acts = [(entry.act, entry.person) for entry in note.entries.all()]
    assert acts == [("said", alice), ("resolved", bob), ("reopened", alice)]
    note.refresh_from_db()
    assert note.resolved_by is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_resolve_at_once_one_is_told(alice: Person, bob: Person, now: datetime) -> None:
    note, gate, refused = make.note(by=alice), threading.Barrier(2), []

    def resolve(who: Person) -> None:
        gate.wait()
        try:
            notes.resolve(note=note, person=who, at=now)
        except Refused:
            refused.append(who)
        connection.close()

    pressed = [threading.Thread(target=resolve, args=[who]) for who in (alice, bob)]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()
    assert len(refused) == 1
    assert note.entries.filter(act="resolved").count() == 1


def test_the_database_refuses_a_note_without_its_words(alice: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.note(words="")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.note(paragraph="abc")


def test_a_block_is_named_by_its_kind(alice: Person) -> None:
    placed = make.related_placement()
    story = make.story(body=f'<p>One.</p><div data-block="related" data-id="{placed.pk}"></div>')
    assert [place.words for place in note_places.places(story.draft.head)] == ["One.", "Related story"]


@pytest.mark.parametrize("count", [1, 20])
def test_four_queries_however_many_notes(django_assert_num_queries: Any, alice: Person, count: int) -> None:
    story = make.story(owner=alice)
    for _ in range(count):
        note = make.note(story, by=alice)
        note.entries.get().mentions.add(alice)
    there = note_places.places(story.draft.head)
    with django_assert_num_queries(4):
        found = notes.threads(story.pk, there)
        assert len([entry.person.name for thread in found for entry in thread.entries]) == count
        assert all(list(entry.mentions.all()) == [alice] for thread in found for entry in thread.entries)


def test_no_note_reaches_a_reader_or_the_saved_html(client: Any, alice: Person, bob: Person, now: datetime) -> None:
    story = make.published_story(owner=alice)
    key = story.draft.head.paragraph_keys[0]
    notes.write(story=story, person=bob, words="SECRETNOTE @Alice Ashdown", paragraph=key, at=now)
    story.draft.head.refresh_from_db()
    assert "SECRETNOTE" not in story.draft.head.body
    for url in (story.path, "/", f"/{story.section.slug}/", "/feeds/rss.xml", "/sitemap.xml", "/sitemaps/topics.xml"):
        page = client.get(url)
        assert page.status_code == 200
        assert b"SECRETNOTE" not in page.content
