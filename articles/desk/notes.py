"""Notes: the rail's tab and a page of their own, for those who do not open the writing screen. Every action is a form;
a script is answered the fragment instead of a page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles import access, mentions, note_places, notes
from articles.models import Draft, Note
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of
from newsroom.accounts.doors import wants_data
from newsroom.accounts.models import Person

MOST_NAMES = 500  # offered after an @; more than that, a name is typed whole


def context(person: Person, draft: Draft) -> dict[str, Any]:
    """What the Notes tab shows of a draft's newest saved words. Five queries."""
    assert draft.head is not None
    there = note_places.places(draft.head)
    threads = notes.threads(draft.story_id, there)
    may_note = access.may_note(person)
    return {
        "story": draft.story,
        "draft": draft,
        "note_places": there,
        "open_notes": [thread for thread in threads if thread.note.resolved_at is None],
        "resolved_notes": [thread for thread in threads if thread.note.resolved_at is not None],
        "may_note": may_note,
        "note_person": person.pk,
        "may_read_deleted": access.may_read_deleted_notes(person),
        "note_people": [one.name for one in mentions.readers()[:MOST_NAMES]] if may_note else [],
        "note_longest": notes.LONGEST,
    }


@accounts.require(*access.READERS_OF_DRAFTS)
@require_safe
def story_notes(request: HttpRequest, pk: int) -> HttpResponse:
    """All notes of a story."""
    person = person_of(request)
    draft = access.draft_for_reading(person, pk)
    if wants_data(request):
        return _fragment(request, draft)
    return _page(request, draft)


@accounts.require(*access.NOTERS)
@require_POST
def note_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a note on the story or on one of its paragraphs."""
    person = person_of(request)
    story = access.story_for_reading(person, pk)
    words, paragraph = request.POST.get("words", ""), request.POST.get("paragraph", "").replace("\x00", "")[:40]

    def act() -> str:
        notes.write(story=story, person=person, words=words, paragraph=paragraph, at=timezone.now())
        return "The note is kept."

    return _answer(request, pk, act, {"words": words, "paragraph": paragraph})


@accounts.require(*access.NOTERS)
@require_POST
def note_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a note."""
    person = person_of(request)
    note = access.note_for_reading(person, pk)
    words = request.POST.get("words", "")

    def act() -> str:
        notes.reply(note=note, person=person, words=words, at=timezone.now())
        return "Your answer is kept."

    return _answer(request, note.story_id, act, {"words": words, "note": note.pk})


@accounts.require(*access.NOTERS)
@require_POST
def note_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say one's own words otherwise. ``version``: of the words that the form began with."""
    person = person_of(request)
    entry = access.note_entry_for_reading(person, pk)
    words, version = request.POST.get("words", ""), whole_number(request.POST.get("version", "")) or 0

    def act() -> str:
        notes.edit(entry=entry, person=person, words=words, expected_version=version, at=timezone.now())
        return "The new words are kept. The earlier ones stay readable under Edited."

    return _answer(request, entry.note.story_id, act, {"words": words, "note": entry.note_id, "entry": entry.pk})


@accounts.require(*access.NOTERS)
@require_POST
def note_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own words back."""
    person = person_of(request)
    entry = access.note_entry_for_reading(person, pk)

    def act() -> str:
        notes.delete(entry=entry, person=person, at=timezone.now())
        return "Deleted. Answers to it stay, and you can put it back."

    return _answer(request, entry.note.story_id, act, {"note": entry.note_id})


@accounts.require(*access.NOTERS)
@require_POST
def note_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Say again what one deleted."""
    person = person_of(request)
    entry = access.note_entry_for_reading(person, pk)

    def act() -> str:
        notes.put_back(entry=entry, person=person, at=timezone.now())
        return "Your note stands there again."

    return _answer(request, entry.note.story_id, act, {"note": entry.note_id})


@accounts.require(*access.NOTERS)
@require_POST
def note_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a note is dealt with."""
    return _turned(request, pk, notes.resolve, "Resolved. It stays listed under Resolved.")


@accounts.require(*access.NOTERS)
@require_POST
def note_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note up again."""
    return _turned(request, pk, notes.reopen, "Open again.")


def _turned(request: HttpRequest, pk: int, turn: Callable[..., None], said: str) -> HttpResponse:
    person = person_of(request)
    note: Note = access.note_for_reading(person, pk)

    def act() -> str:
        turn(note=note, person=person, at=timezone.now())
        return said

    return _answer(request, note.story_id, act, {"note": note.pk})


def _answer(request: HttpRequest, story_id: int, act: Callable[[], str], typed: dict[str, Any]) -> HttpResponse:
    """Act; then the fragment for a script, the way back for a form. Refused: what was typed is still there."""
    person = person_of(request)
    try:
        said = act()
    except Refused as refused:
        draft = access.draft_for_reading(person, story_id)
        trouble = {**typed, "errors": refused.messages, "whole": refused.messages.get("", "")}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if wants_data(request):
            return _fragment(request, draft, status, note_trouble=trouble)
        return _page(request, draft, status, note_trouble=trouble)
    unknown = mentions.find(str(typed.get("words", "")), mentions.readers()).unknown
    if unknown:
        said += f" Nobody who may read this story is called {', '.join(f'“{name}”' for name in unknown)}."
    if wants_data(request):
        return _fragment(request, access.draft_for_reading(person, story_id), said=said)
    messages.success(request, said)
    if request.POST.get("here") == "write" and access.may(person).write:
        return redirect(f"{reverse('articles-desk:write', args=[story_id])}#rail-notes")
    return redirect("articles-desk:notes", pk=story_id)


def _fragment(
    request: HttpRequest, draft: Draft, status: int = HTTPStatus.OK, said: str = "", **more: Any
) -> JsonResponse:
    facts = context(person_of(request), draft) | {"notes_here": request.headers.get("X-Notes", ""), **more}
    html = render_to_string("desk/writing/_notes.html", facts, request=request)
    return JsonResponse({"html": html, "open": len(facts["open_notes"]), "said": said}, status=status)


def _page(request: HttpRequest, draft: Draft, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    person = person_of(request)
    facts = {**context(person, draft), "may": access.may(person), "headline": _headline(draft), **more}
    return render(request, "desk/articles/notes.html", facts, status=status)


def _headline(draft: Draft) -> str:
    return (draft.head.headline if draft.head else "") or "Untitled story"
