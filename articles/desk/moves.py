"""Taking a move from the desk, and the page that asks for what a move needs."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles import access, carrying, checks, drafts, workflow
from articles.asks import Ask
from articles.desk.findings import Findings
from articles.models import Draft, Revision, Schedule
from articles.moves import BY_NAME, Mark, Move, On
from articles.refusals import Refused
from articles.typed import whole_number
from newsroom import accounts
from newsroom.accounts import person_of


@accounts.require(*access.READERS_OF_DRAFTS)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """GET: what the move does and asks. POST: take it; when it is refused, the same page says why and keeps the answers."""
    move = BY_NAME[name]
    person = person_of(request)
    draft = access.draft_for_move(
        person, move.who, pk, whole_number(request.POST.get("draft") or request.GET.get("draft") or "")
    )
    if request.method != "POST":
        return _page(request, move, draft)
    expected = whole_number(request.POST.get("expected_version", ""))
    if expected is None:
        return _page(request, move, draft, {"": "This page has lost track of its version. Look again, then decide."})
    answers = {ask.name: ",".join(_given(request, ask)) for ask in move.asks}
    try:
        workflow.take(
            name,
            subject=draft if move.on is On.DRAFT else draft.story,
            person=person,
            expected_version=expected,
            at=timezone.now(),
            **answers,
        )
    except workflow.Late as late:
        fresh = access.draft_for_move(person, move.who, pk, draft.pk)
        return _page(request, move, fresh, {"": str(late)}, status=HTTPStatus.CONFLICT)
    except Refused as refused:
        return _page(request, move, draft, refused.messages, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, move.said)
    if move.looked and (open_ones := _open_checks(draft)):
        messages.warning(request, open_ones)
    if name == "submit":
        return redirect("articles-desk:board")
    if name == "withdraw" or (name == "embargo" and draft.story.first_published_at):
        return redirect("articles-desk:receipts", pk=pk)
    # Declaring a story live is a step of writing it, as long as there is a draft to go on in.
    in_the_text = move.on is On.DRAFT or (
        Mark.LIVE in (move.sets, move.clears) and draft.standing != Draft.Standing.CLOSED
    )
    writes_on = access.may(person).write and not move.shows and in_the_text
    return redirect("articles-desk:write" if writes_on else "articles-desk:history", pk=pk)


@accounts.require(*access.WRITERS)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the next version of a published story, or (``kind=correction``) a quick correction beside it. Where one is
    open already, that is where it leads."""
    person = person_of(request)
    story = access.story_for_editing(person, pk)
    kind = Draft.Kind.CORRECTION if request.POST.get("kind") == Draft.Kind.CORRECTION else Draft.Kind.MAIN
    try:
        drafts.open_again(story, person, at=timezone.now(), kind=kind)
    except Refused as refused:
        messages.warning(request, str(refused))
    opened = Draft.objects.filter(story=story, kind=kind).exclude(standing=Draft.Standing.CLOSED).first()
    address = reverse("articles-desk:write", kwargs={"pk": pk})
    return redirect(f"{address}?draft={opened.pk}" if opened else address)


def _open_checks(draft: Draft) -> str:
    """What the editors will find in what was handed to them; "" for nothing."""
    assert draft.head is not None
    stops = Findings(checks.run(draft.head, story=draft.story, at=timezone.now())).stops
    if not stops:
        return ""
    return (
        f"{len(stops)} check{'s are' if len(stops) > 1 else ' is'} open: {' '.join(stop.message for stop in stops[:3])}"
    )


def _given(request: HttpRequest, ask: Ask) -> list[str]:
    """What was typed or, of records, ticked."""
    return request.POST.getlist(ask.name) if ask.kind == "records" else [request.POST.get(ask.name, "")]


def _value(request: HttpRequest, ask: Ask) -> str | list[str]:
    if request.method != "POST":
        return ask.initial
    given = _given(request, ask)
    return given if ask.kind == "records" else given[0]


def _page(
    request: HttpRequest,
    move: Move,
    draft: Draft,
    errors: dict[str, str] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    person = person_of(request)
    assert draft.head is not None
    choice = next((one for one in workflow.moves_for(person, draft, every=True) if one.move is move), None)
    revision = _decided(move, draft)
    looks = move.checked or move.looked
    findings = Findings(checks.run(revision, story=draft.story, at=timezone.now()) if looks else [])
    errors = dict(errors or {})
    marked = {ask.name for ask in (choice.asks if choice else move.asks)} & errors.keys()
    writing = reverse("articles-desk:write", args=[draft.story_id]) if access.may(person).write else ""
    stops = checks.held_back(findings.found, move.name)
    planned = draft.standing == Draft.Standing.SCHEDULED and move.on is On.DRAFT
    if stops and errors.get("") == " ".join(check.message for check in stops):
        errors.pop("")  # the list below says the same, with where
    return render(
        request,
        "desk/articles/move.html",
        {
            "move": move,
            "draft": draft,
            "story": draft.story,
            "head": draft.head,
            "shown": revision,
            "choice": choice,
            "asks": [
                {"ask": ask, "value": _value(request, ask), "error": errors.pop(ask.name, "")}
                for ask in (choice.asks if choice else move.asks)
            ],
            "errors": errors,
            "marked": bool(marked),
            "stops": stops,
            "found": findings.beside(move.name),
            "posts": carrying.posted_since(draft, draft.story) if move.sends_approved or planned else 0,
            "may": access.may(person),
            "why_title": "Not yours to do." if choice and choice.theirs else "Held back.",
            "back_url": writing or reverse("articles-desk:history", args=[draft.story_id]),
            "writing_url": f"{writing}?draft={draft.pk}" if writing else "",
            "version": draft.version if move.on is On.DRAFT else draft.story.version,
        },
        status=status,
    )


def _decided(move: Move, draft: Draft) -> Revision:
    """The words that the move is about."""
    decided = draft.head
    if move.on is On.STORY:
        decided = draft.story.published_revision or draft.head
    elif move.name in ("publish", "schedule"):
        decided = draft.approved_revision or draft.head
    elif draft.standing == Draft.Standing.SCHEDULED:
        planned = draft.schedules.filter(state=Schedule.State.WAITING).select_related("revision").first()
        decided = planned.revision if planned else draft.head
    assert decided is not None
    return decided
