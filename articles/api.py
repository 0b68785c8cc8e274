"""The desk's moves for scripts: where a story stands, what this person may do with it, and doing it.

The same doors and the same table as the desk's own pages (``moves.MOVES``), asked with the same session. Answers are JSON;
a refusal is sentences for people, by field. No text of a story leaves by it beyond the headline, and no word of the ledger
to those who do not read it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from articles import access, checks, moments, workflow
from articles.asks import Ask
from articles.models import Draft, MoveLog, Revision, Schedule, Story
from articles.move import Move, On
from articles.moves import BUTTONS, BY_NAME
from articles.reader import assembly, gathering
from articles.refusals import MoveRefused
from articles.typed import whole_number
from newsroom import limits
from newsroom.accounts import person_of
from newsroom.accounts.models import Person
from newsroom.blocks import Target
from newsroom.publication.current import current

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]
BUDGET = (120, 60)  # what one person's scripts may ask, and in how many seconds
_BESIDE = frozenset({"expected_version", "draft", "csrfmiddlewaretoken"})


class Unreadable(ValueError):
    """What was sent is no JSON object of ours. The message says why."""


def _door(method: str) -> Callable[[View[Rest]], View[Rest]]:
    """Let signed-in people in by one method; whatever is refused behind it is answered as JSON."""

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def door(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            response: HttpResponseBase
            allowed = {"GET", "HEAD"} if method == "GET" else {method}
            if not request.user.is_authenticated:
                response = _no(HTTPStatus.UNAUTHORIZED, "signed-out", "Sign in at the desk first.")
            elif request.method not in allowed:
                response = HttpResponseNotAllowed(sorted(allowed))
            elif not limits.spend("articles.api", str(request.user.pk), limit=BUDGET[0], seconds=BUDGET[1]):
                response = _no(
                    HTTPStatus.TOO_MANY_REQUESTS, "busy", "Too much was asked at once. Ask again in a minute."
                )
                response.headers["Retry-After"] = str(BUDGET[1])
            else:
                try:
                    response = view(request, *args, **kwargs)
                except PermissionDenied as refusal:
                    response = _no(HTTPStatus.FORBIDDEN, "forbidden", str(refusal) or "This is not yours to do.")
                except Http404 as nothing:
                    response = _no(HTTPStatus.NOT_FOUND, "not-found", str(nothing) or "There is nothing here.")
                except Unreadable as unreadable:
                    response = _no(HTTPStatus.BAD_REQUEST, "bad-request", str(unreadable))
            add_never_cache_headers(response)
            return response

        return door

    return decorate


@_door("GET")
def table(request: HttpRequest) -> JsonResponse:
    """The table of moves, for those who read stories in the making."""
    if not access.may(person_of(request)).read:
        raise PermissionDenied("Stories in the making are for the story desk.")
    return JsonResponse({"moves": [{**_row(move), "asks": [_ask(ask) for ask in move.asks]} for move in BUTTONS]})


@_door("GET")
def story(request: HttpRequest, pk: int) -> JsonResponse:
    """Where a story stands, and what this person may do with it; ``?draft=`` names a draft of it."""
    person = person_of(request)
    draft = access.draft_for_reading(person, pk, _number(request.GET.get("draft"), "draft"))
    now = timezone.now()
    return JsonResponse({**_state(person, draft, now), "seen_by_readers": _seen(draft.story, now)})


@_door("POST")
def move(request: HttpRequest, pk: int, name: str) -> JsonResponse:
    """Take a move. The body (JSON, or a form) names ``expected_version``, perhaps ``draft``, and answers what is asked.

    200 with what was done and where the story stands now; 409 somebody was first, with who did what; 422 it is refused:
    ``errors`` by field, ``checks`` that stop it; 400 it cannot be read.
    """
    taken = BY_NAME.get(name)
    if taken is None or taken not in BUTTONS:
        raise Http404("There is no such move.")
    person, sent, now = person_of(request), _sent(request), timezone.now()
    draft = access.draft_for_move(person, taken.who, pk, _number(sent.get("draft"), "draft"))
    expected = _number(sent.get("expected_version"), "expected_version")
    answers, errors = _answers(taken, sent)
    if expected is None:
        errors["expected_version"] = f"Name the version that you read: the {taken.on.value}’s."
    if errors or expected is None:
        return _refused(errors)
    try:
        log = workflow.take(
            name,
            subject=draft if taken.on is On.DRAFT else draft.story,
            person=person,
            expected_version=expected,
            at=now,
            **answers,
        )
    except workflow.Late as late:
        fresh = access.draft_for_move(person, taken.who, pk, draft.pk)
        facts = {"error": "late", "message": str(late), **_state(person, fresh, now)}
        return JsonResponse(facts, status=HTTPStatus.CONFLICT)
    except MoveRefused as refused:
        return _refused(refused.messages, [one for one in refused.problems if isinstance(one, checks.Check)])
    fresh = access.draft_for_move(person, taken.who, pk, draft.pk)
    return JsonResponse({"taken": _log(log), **_state(person, fresh, timezone.now())})


def _no(status: HTTPStatus, error: str, message: str) -> JsonResponse:
    return JsonResponse({"error": error, "message": message}, status=status)


def _refused(messages: Mapping[str, str], problems: list[checks.Check] | None = None) -> JsonResponse:
    return JsonResponse(
        {
            "error": "refused",
            "message": " ".join(messages.values()),
            "errors": dict(messages),
            "checks": [_check(one) for one in problems or ()],
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _sent(request: HttpRequest) -> dict[str, Any]:
    """What was sent, by name. Raises Unreadable."""
    if request.content_type != "application/json":
        lists = {name: request.POST.getlist(name) for name in request.POST}
        return {name: given[0] if len(given) == 1 else given for name, given in lists.items()}
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Unreadable("What was sent is not JSON.") from None
    if not isinstance(sent, dict):
        raise Unreadable("Send one JSON object, with the answers by name.")
    return sent


def _number(given: Any, name: str) -> int | None:
    """A whole number, sent as one or in figures; None where nothing was sent. Raises Unreadable."""
    if given in (None, ""):
        return None
    number = whole_number(str(given)) if isinstance(given, int | str) and not isinstance(given, bool) else None
    if number is None:
        raise Unreadable(f"“{name}” is a whole number.")
    return number


def _answers(taken: Move, sent: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The answers as ``workflow.take`` wants them, and messages for what cannot be one."""
    asked = {ask.name: ask for ask in taken.asks}
    errors = {name: f"“{taken.label}” does not ask this." for name in sent if name not in asked and name not in _BESIDE}
    answers: dict[str, str] = {}
    for name, ask in asked.items():
        given = sent.get(name)
        if ask.kind == "records" and isinstance(given, list):
            given = ",".join(str(one) for one in given if isinstance(one, int | str))
        if given is None:
            answers[name] = ""
        elif isinstance(given, str):
            answers[name] = given
        else:
            errors[name] = "Answer with a text." if ask.kind != "records" else "Answer with a list of numbers."
    return answers, errors


def _state(person: Person, draft: Draft, at: datetime) -> dict[str, Any]:
    found, rights = draft.story, access.may(person)
    open_ones = Draft.objects.filter(story=found).exclude(standing=Draft.Standing.CLOSED)
    listed = list(open_ones.select_related("head", "changed_by", "approved_by", "approved_revision").order_by("pk"))
    plans = {
        plan.draft_id: plan.due_at
        for plan in Schedule.objects.filter(story=found, state=Schedule.State.WAITING, draft__isnull=False)
    }
    head = draft.head
    assert head is not None
    ran = checks.run(head, story=found, at=at)
    return {
        "story": {
            "id": found.pk,
            "address": found.path,
            "section": found.section.name,
            "version": found.version,
            "readers": found.readers,
            "published_revision": found.published_revision_id,
            "first_published_at": found.first_published_at,
            "visible_updated_at": found.visible_updated_at,
            "live": found.live_at(at),
            "on_legal_hold": found.held_at is not None,
            "embargo_until": found.embargo_until if found.embargoed(at) else None,
            "spiked": found.spiked_at is not None,
        },
        "draft": draft.pk,
        "drafts": [_draft(one, plans.get(one.pk)) for one in listed],
        "moves": [_choice(choice, draft) for choice in workflow.moves_for(person, draft, at=at)],
        "checks": [_check(one) for one in checks.for_reader(ran, sources=rights.read_sources)],
    }


def _seen(story: Story, at: datetime) -> dict[str, Any] | None:
    """What the story's page says outside its text, from what the page itself is made of; None where readers see none."""
    found = gathering.find(story.section.slug, story.slug, at)
    if found is None:
        return None
    page = assembly.say(found, current(), at, target=Target.WEB, loaded=gathering.load([found]))
    return {
        "headline": page.headline,
        "byline": page.authors,
        "published": page.published.iso,
        "modified": page.modified.iso,
        "credit": page.lead["credit"] if page.lead else None,
        "affiliate_links": page.sells,
        "corrections": [{"kind": note.kind, "line": note.line, "at": note.when.iso} for note in page.corrections],
    }


def _draft(draft: Draft, due_at: datetime | None) -> dict[str, Any]:
    head = draft.head
    assert head is not None
    return {
        "id": draft.pk,
        "kind": draft.kind,
        "standing": draft.standing,
        "version": draft.version,
        "headline": head.headline,
        "revision": _revision(head),
        "words": head.words,
        "changed_at": draft.changed_at,
        "changed_by": draft.changed_by.name,
        "approved_revision": _revision(draft.approved_revision),
        "approved_by": draft.approved_by.name if draft.approved_by else None,
        "publishes_at": due_at,
    }


def _revision(revision: Revision | None) -> dict[str, int] | None:
    return {"id": revision.pk, "number": revision.number} if revision else None


def _choice(choice: workflow.MoveChoice, draft: Draft) -> dict[str, Any]:
    on_draft = choice.move.on is On.DRAFT
    return {
        **_row(choice.move),
        "url": reverse("articles-desk:api-move", args=[draft.story_id, choice.move.name]),
        "expected_version": draft.version if on_draft else draft.story.version,
        "allowed": choice.allowed,
        "why_not": choice.why_not,
        "warning": choice.warning,
        "asks": [_ask(ask) for ask in choice.asks],
    }


def _row(taken: Move) -> dict[str, Any]:
    return {"name": taken.name, "label": taken.label, "does": taken.help, "on": taken.on.value, "who": list(taken.who)}


def _ask(ask: Ask) -> dict[str, Any]:
    return {
        "name": ask.name,
        "label": ask.label,
        "help": f"{ask.help} Time zone: {moments.zone()}." if ask.kind == "moment" else ask.help,
        "kind": ask.kind,
        "required": ask.required,
        "choices": [{"value": value, "label": label} for value, label in ask.choices],
        "longest": ask.longest,
    }


def _check(found: checks.Check) -> dict[str, Any]:
    return {
        "name": found.name,
        "level": found.level,
        "message": found.message,
        "where": found.where,
        "stops": list(found.stops or ()) if found.level == checks.STOP else [],
        "waived_by": found.waived_by,
        "waived": {"by": found.waiver.person.name, "reason": found.waiver.reason} if found.waiver else None,
    }


def _log(log: MoveLog) -> dict[str, Any]:
    return {"move": log.move, "by": log.person.name, "at": log.at, "said": log.reason, "revision": log.revision_id}
