"""Notes on a story and on its paragraphs: writing, answering, resolving, and where each stands in the text now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse

from articles import mentions, notice_kinds, typed
from articles.access import may_note
from articles.models import Draft, Note, NoteEntry, Revision, Story
from articles.refusals import Refused
from newsroom import blocks, notices
from newsroom.accounts.models import Person

LONGEST = 4000
SHOWN = 300  # characters of a paragraph
Act = NoteEntry.Act


@dataclass(frozen=True)
class Place:
    """A paragraph that a note can stand on. number: its place among the body's top-level elements, from 0."""

    key: str
    number: int
    words: str


@dataclass(frozen=True)
class Thread:
    """A note with its entries, and its paragraph as it stands now (None: the whole story, or the paragraph is gone)."""

    note: Note
    entries: list[NoteEntry]
    place: Place | None

    @property
    def gone(self) -> bool:
        return bool(self.note.paragraph) and self.place is None

    @property
    def changed(self) -> bool:
        """Whether the paragraph's words differ from those that the note was written about."""
        return self.place is not None and self.place.words != self.note.stood_on


def places(revision: Revision) -> list[Place]:
    """The paragraphs of a saved state, in order. A block is named by its kind."""
    found = []
    for number, (element, key) in enumerate(
        zip(blocks.paragraphs.split(revision.body), revision.paragraph_keys, strict=False)
    ):
        words = " ".join(blocks.plain_text(element).split())
        if not words:
            block = next((blocks.get(reference.kind) for reference in blocks.references(element)), None)
            words = block.label if block else "An empty line"
        found.append(Place(key, number, words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"))
    return found


def threads(story_id: int, there: list[Place]) -> list[Thread]:
    """All notes of a story: those on the story first, then in the order of the text, those without a paragraph last.
    Three queries, however many notes there are.

    there: ``places`` of the state that is looked at.
    """
    by_key = {place.key: place for place in there}
    entries = NoteEntry.objects.select_related("person").prefetch_related("mentions")
    rows = Note.objects.filter(story=story_id).select_related("resolved_by").prefetch_related(
        Prefetch("entries", queryset=entries)
    )  # fmt: skip
    found = [Thread(note, list(note.entries.all()), by_key.get(note.paragraph)) for note in rows]
    return sorted(found, key=_in_the_text)


def _in_the_text(thread: Thread) -> tuple[int, int, int]:
    if thread.place is not None:
        return 1, thread.place.number, thread.note.pk
    return 2 if thread.gone else 0, 0, thread.note.pk


def write(*, story: Story, person: Person, words: str, paragraph: str = "", at: datetime) -> Note:
    """Open a note on the story, or on the paragraph with this key.

    Raises:
        Refused: by field (words, paragraph), or the person writes no notes.
    """
    words = _said(person, words)
    stood_on = ""
    if paragraph:
        stood_on = _words_of(story, paragraph)
        if not stood_on:
            raise Refused({"paragraph": "This paragraph is not saved, or it is gone. Choose another place."})
    with transaction.atomic():
        note = Note.objects.create(story=story, paragraph=paragraph, stood_on=stood_on, opened_by=person, opened_at=at)
        _say(note, person, words, at)
    return note


def reply(*, note: Note, person: Person, words: str, at: datetime) -> NoteEntry:
    """Answer a note. A resolved one stays resolved.

    Raises:
        Refused: as ``write``.
    """
    words = _said(person, words)
    with transaction.atomic():
        return _say(note, person, words, at)


def resolve(*, note: Note, person: Person, at: datetime) -> None:
    """Say that a note is dealt with.

    Raises:
        Refused: somebody was first, or the person writes no notes.
    """
    _turn(note, person, at, Act.RESOLVED)


def reopen(*, note: Note, person: Person, at: datetime) -> None:
    """Take a note up again.

    Raises:
        Refused: it is open, or the person writes no notes.
    """
    _turn(note, person, at, Act.REOPENED)


def _turn(note: Note, person: Person, at: datetime, act: NoteEntry.Act) -> None:
    _must_note(person)
    resolves = act == Act.RESOLVED
    with transaction.atomic():
        seen = Note.objects.filter(pk=note.pk, resolved_at__isnull=resolves)
        if not seen.update(resolved_at=at if resolves else None, resolved_by=person if resolves else None):
            now = Note.objects.select_related("resolved_by").get(pk=note.pk)
            by = f"{now.resolved_by.name} has resolved" if now.resolved_by else "Somebody has reopened"
            raise Refused(f"{by} this note already.")
        NoteEntry.objects.create(note=note, act=act, person=person, at=at)


def _say(note: Note, person: Person, words: str, at: datetime) -> NoteEntry:
    entry = NoteEntry.objects.create(note=note, words=words, person=person, at=at)
    named = [one for one in mentions.find(words, mentions.readers()).people if one.pk != person.pk]
    entry.mentions.set(named)
    headline = _headline(note.story)
    url = f"{reverse('articles-desk:notes', args=[note.story_id])}#note-{note.pk}"
    notices.tell(
        notice_kinds.MENTION.name, named, key=f"note:{entry.pk}", title=f"{person.name} named you in a note on “{headline}”",
        detail=words, url=url, by=person, at=at,
    )  # fmt: skip
    # The same key: who was named has been told of these very words.
    spoke = Person.objects.filter(pk__in=note.entries.values("person"))
    others = [one for one in spoke if may_note(one)]
    notices.tell(
        notice_kinds.REPLY.name, others, key=f"note:{entry.pk}", title=f"{person.name} answered a note on “{headline}”",
        detail=words, url=url, by=person, at=at,
    )  # fmt: skip
    return entry


def _headline(story: Story) -> str:
    draft = Draft.objects.filter(story=story).select_related("head").order_by("-pk").first()
    return (draft.head.headline if draft and draft.head else "") or "Untitled story"


def _words_of(story: Story, key: str) -> str:
    """The words of a paragraph in the newest saved state that has it, or ""."""
    having = Revision.objects.filter(draft__story=story, paragraph_keys__contains=[key]).order_by("-pk").first()
    return next((place.words for place in places(having) if place.key == key), "") if having else ""


def _said(person: Person, words: str) -> str:
    _must_note(person)
    words = typed.lines(words)
    if not words:
        raise Refused({"words": "Write something first."})
    if len(words) > LONGEST:
        raise Refused({"words": f"Keep a note to {LONGEST:,} characters; this one has {len(words):,}."})
    return words


def _must_note(person: Person) -> None:
    if not may_note(person):
        raise Refused("Your roles write no notes.")
