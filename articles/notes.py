"""Notes on a story and on its paragraphs: writing, answering, resolving, mending and taking back one's own words, and
where each stands in the text now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse

from articles import mentions, notice_kinds, typed
from articles.access import may, may_note
from articles.models import Draft, Note, NoteEntry, NoteWording, Revision, Story
from articles.note_places import Place, again, places
from articles.refusals import Refused
from newsroom import audit, notices
from newsroom.accounts.models import Person
from newsroom.wording import quoted

LONGEST = 4000
Act = NoteEntry.Act


@dataclass(frozen=True)
class Thread:
    """A note with its entries, and its paragraph as it stands now (None: the whole story, or the paragraph is gone).
    carried: it was joined with another or split, and is found again by its words."""

    note: Note
    entries: list[NoteEntry]
    place: Place | None
    carried: bool = False

    @property
    def gone(self) -> bool:
        return bool(self.note.paragraph) and self.place is None

    @property
    def changed(self) -> bool:
        """Whether the paragraph's words differ from those that the note was written about."""
        return self.place is not None and self.place.words != self.note.stood_on

    @property
    def begins(self) -> str:
        """What its buttons call it: the first words that still stand in it."""
        return next((entry.words for entry in self.entries if entry.words), "a deleted note")


def threads(story_id: int, there: list[Place]) -> list[Thread]:
    """All notes of a story: those on the story first, then in the order of the text, those without a paragraph last.
    Four queries, however many notes there are.

    there: ``places`` of the state that is looked at.
    """
    by_key = {place.key: place for place in there}
    entries = NoteEntry.objects.select_related("person").prefetch_related("mentions", "wordings")
    rows = Note.objects.filter(story=story_id).select_related("resolved_by").prefetch_related(
        Prefetch("entries", queryset=entries)
    )  # fmt: skip
    found = []
    for note in rows:
        place = by_key.get(note.paragraph)
        carried = again(note.stood_on, there) if note.paragraph and place is None else None
        found.append(Thread(note, list(note.entries.all()), place or carried, carried is not None))
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


def edit(*, entry: NoteEntry, person: Person, words: str, expected_version: int, at: datetime) -> NoteEntry:
    """Say one's own words otherwise. The earlier ones are kept; people who are named only now are told, the others not
    again.

    expected_version: of the words that were changed, so that two windows do not write over each other.

    Raises:
        Refused: as ``write``; they are somebody else's words, were deleted, or were changed meanwhile.
    """
    words = _said(person, words)
    with transaction.atomic():
        mine = _mine(entry.pk, person)
        if mine.version != expected_version:
            raise Refused({"words": f"You changed this note in another window. It says now: {quoted(mine.words)}"})
        if words == mine.words:
            return mine
        NoteWording.objects.create(entry=mine, words=mine.words, until=at)
        mine.words, mine.edited_at, mine.version = words, at, mine.version + 1
        mine.save(update_fields=["words", "edited_at", "version"])
        known = set(mine.mentions.values_list("pk", flat=True))
        for key in _keys(mine):
            notices.reword(key, _told(mine, known), detail=words)
        added = [one for one in _named(words, person) if one.pk not in known]
        # Never taken out again: who was named and told once is not told a second time when the name comes back.
        mine.mentions.add(*added)
        _tell_named(mine, added, _keys(mine)[1], at)
    return mine


def delete(*, entry: NoteEntry, person: Person, at: datetime) -> None:
    """Take one's own words back. What was answered to them stays; the words are kept for the record alone, and those
    who were told of them and have not looked yet are told no more.

    A thread in which nothing is said any more counts as dealt with.

    Raises:
        Refused: they are somebody else's, were deleted already, or the person writes no notes.
    """
    _must_note(person)
    with transaction.atomic():
        mine = _mine(entry.pk, person)
        NoteWording.objects.create(entry=mine, words=mine.words, until=at)
        mine.words, mine.deleted_at, mine.version = "", at, mine.version + 1
        mine.save(update_fields=["words", "deleted_at", "version"])
        told = _told(mine, mine.mentions.values_list("pk", flat=True))
        for key in _keys(mine):
            notices.take_back(key, told)
        audit.note(person, "story.note-deleted", f"story:{mine.note.story_id}", note=mine.note_id, entry=mine.pk)
        if not NoteEntry.objects.filter(note=mine.note_id, act=Act.SAID, deleted_at=None).exists():
            Note.objects.filter(pk=mine.note_id, resolved_at=None).update(resolved_at=at, resolved_by=person)


def put_back(*, entry: NoteEntry, person: Person, at: datetime) -> None:
    """Say again what one deleted, in the same words and place; who was told of them is told again. A thread that counted
    as dealt with for that deletion is open again.

    Raises:
        Refused: they are somebody else's, stand there already, or the person writes no notes.
    """
    _must_note(person)
    with transaction.atomic():
        mine = _own(entry.pk, person)
        if mine.deleted_at is None:
            raise Refused("This note stands there already.")
        deleted = mine.deleted_at
        mine.words, mine.deleted_at, mine.version = mine.wordings.latest("pk").words, None, mine.version + 1
        mine.save(update_fields=["words", "deleted_at", "version"])
        Note.objects.filter(pk=mine.note_id, resolved_at=deleted, resolved_by=person).update(
            resolved_at=None, resolved_by=None
        )
        named = [one for one in mine.mentions.all() if may(one).read]
        for key in _keys(mine):
            notices.say_again(key, _told(mine, [one.pk for one in named]), detail=mine.words)
        _tell(mine, named, at)
        audit.note(person, "story.note-put-back", f"story:{mine.note.story_id}", note=mine.note_id, entry=mine.pk)


def _mine(entry_id: int, person: Person) -> NoteEntry:
    """The entry, locked: of two windows one changes it first, and the other sees what came of it."""
    entry = _own(entry_id, person)
    if entry.deleted_at is not None:
        raise Refused("You have deleted this note already.")
    return entry


def _own(entry_id: int, person: Person) -> NoteEntry:
    entry = NoteEntry.objects.select_for_update(of=("self",)).select_related("note__story").get(pk=entry_id)
    if entry.person_id != person.pk or entry.act != Act.SAID:
        raise Refused("Only who wrote a note changes or deletes it.")
    return entry


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
    named = _named(words, person)
    entry.mentions.set(named)
    _tell(entry, named, at)
    return entry


def _tell(entry: NoteEntry, named: list[Person], at: datetime) -> None:
    note, key = entry.note, _keys(entry)[0]
    _tell_named(entry, named, key, at)
    # The same key: who was named has been told of these very words.
    spoke = Person.objects.filter(pk__in=note.entries.values("person"))
    others = [one for one in spoke if may_note(one)]
    notices.tell(
        notice_kinds.REPLY.name, others, key=key, by=entry.person, at=at, detail=entry.words, url=_address(note),
        title=f"{entry.person.name} answered a note on {quoted(_headline(note.story))}",
    )  # fmt: skip


def _keys(entry: NoteEntry) -> tuple[str, str]:
    """What its notices are told under: as it was written, and as it was changed."""
    return f"note:{entry.pk}", f"note:{entry.pk}:named"


def _told(entry: NoteEntry, named: Iterable[int]) -> set[int]:
    """Who may have been told of it: who is named in it, and who spoke in the thread."""
    return {*named, *NoteEntry.objects.filter(note=entry.note_id).values_list("person", flat=True)}


def _named(words: str, by: Person) -> list[Person]:
    return [one for one in mentions.find(words, mentions.readers()).people if one.pk != by.pk]


def _tell_named(entry: NoteEntry, named: list[Person], key: str, at: datetime) -> None:
    by = entry.person
    notices.tell(
        notice_kinds.MENTION.name, named, key=key, by=by, at=at, detail=entry.words, url=_address(entry.note),
        title=f"{by.name} named you in a note on {quoted(_headline(entry.note.story))}",
    )  # fmt: skip


def _address(note: Note) -> str:
    return f"{reverse('articles-desk:notes', args=[note.story_id])}#note-{note.pk}"


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
