"""The preference centre: the link that is mailed, what it opens, and what a reader changes there.

No cookie and no session: the key in the address is the proof, and a GET changes nothing, for mail scanners open links.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsletters import consent, erasing, preferences, tokens
from newsletters import evidence as proving
from newsletters.models import Subscriber, Suppression, Token
from newsletters.reader.frame import kept, private
from newsroom.limits import client_network, from_here

PAGE = "/newsletters/preferences/"  # what receipts name: never the key
ASKED = "erased at the person's request"


@csrf_exempt  # a page that is kept carries no token; where the form comes from is asked instead
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the link. Whoever asks, known or not, is sent to the same page."""
    if request.method != "POST":
        return kept(request, "newsletters/preferences.html", {})
    email = request.POST.get("email", "").replace("\x00", "")[:1000]
    errors, status = {}, 422
    if not from_here(request):
        errors, status = {"": "Your browser did not say that the form is ours. Send it again from this page."}, 403
    elif not request.POST.get("website"):
        try:
            preferences.ask_for_link(email, network=client_network(request), at=timezone.now())
        except preferences.Refused as refused:
            errors, status = {refused.field: refused.message}, 429 if refused.busy else 422
    if errors:
        context = {"email": email, "errors": errors, "whole": errors.get("", "")}
        return private(request, "newsletters/preferences.html", context, status=status)
    return _onward("newsletters:preferences-sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return kept(request, "newsletters/preferences_sent.html", {})


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return kept(request, "newsletters/erased.html", {})


@csrf_exempt  # the key in the address is the proof, and no cookie is involved
@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what stands; POST changes one of its parts and leads back."""
    key = _key(token)
    if key is None:
        return _ended(request)
    person = key.subscriber
    assert person is not None
    if request.method != "POST":
        return _page(request, token, person)
    do, at = request.POST.get("do", ""), timezone.now()
    try:
        if do == "choose":
            preferences.choose(person, shown=_ids(request, "shown"), ticked=_ids(request, "consent"), page=PAGE, at=at)
        elif do == "pause":
            preferences.pause(person, _day(request.POST.get("until", "")), at=at)
        elif do == "go-on":
            preferences.pause(person, None, at=at)
        elif do == "address":
            typed = request.POST.get("address", "").replace("\x00", "")[:1000]
            preferences.ask_change(person, typed, network=client_network(request), at=at)
        else:
            raise preferences.Refused("Press one of the buttons of this page.")
    except preferences.Refused as refused:
        return _page(request, token, person, refused=refused, status=429 if refused.busy else 422)
    return _onward("newsletters:centre", token, done=do)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks once more and says what it means; POST erases, and the key with it."""
    key = _key(token)
    if key is None:
        return _ended(request)
    if request.method != "POST":
        return private(request, "newsletters/erase.html", {"person": key.subscriber, "token": token})
    assert key.subscriber_id is not None
    erasing.erase(key.subscriber_id, why=Suppression.Why.ERASED, how=ASKED, at=timezone.now())
    return _onward("newsletters:preferences-erased")


@require_safe
def download(request: HttpRequest, token: str, file: str) -> HttpResponse:
    """What we have of the person, as files of their own."""
    key = _key(token)
    if key is None:
        return _ended(request)
    assert key.subscriber is not None
    if file == "receipts.csv":
        receipts = [proving.receipt(row) for row in consent.history(key.subscriber)]
        return _file("\ufeff" + proving.as_csv(receipts), "text/csv; charset=utf-8", file)
    if file == "receipts.json":
        receipts = [proving.receipt(row) for row in consent.history(key.subscriber)]
        return _file(json.dumps(receipts, ensure_ascii=False, indent=1), "application/json", file)
    if file == "everything.json":
        return _file(
            json.dumps(proving.of_person(key.subscriber), ensure_ascii=False, indent=1), "application/json", file
        )
    raise Http404


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button at the new address and changes nothing; POST moves."""
    key = tokens.find_for(token, Token.For.MOVE, at=timezone.now())
    if key is None:
        return _ended(request)
    if request.method != "POST":
        return private(request, "newsletters/move.html", {})
    try:
        preferences.confirm_change(key, at=timezone.now())
    except preferences.Refused as refused:
        return private(request, "newsletters/move.html", {"refused": refused.message}, status=409)
    return private(request, "newsletters/moved.html", {})


def _key(token: str) -> Token | None:
    return tokens.find_for(token, Token.For.CENTRE, at=timezone.now())


def _ended(request: HttpRequest) -> HttpResponse:
    """The same for a key that has ended and for one that never was."""
    return private(request, "newsletters/preferences_ended.html", {}, status=410)


DONE = {
    "choose": "What you chose is saved. Each change has a receipt below.",
    "pause": "No newsletter comes to you until then.",
    "go-on": "The pause is over: the next letter comes as usual.",
    "address": "We have written to the new address. Open the letter there and press its button; until then nothing changes.",
}


def _page(
    request: HttpRequest,
    token: str,
    person: Subscriber,
    *,
    refused: preferences.Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    person = Subscriber.objects.filter(pk=person.pk).first() or person
    at = timezone.now()
    found = preferences.choices(person)
    paused = person.paused_until if person.paused_until and person.paused_until > at else None
    context: dict[str, Any] = {
        "person": person,
        "token": token,
        "newsletters": [choice for choice in found if choice.newsletter],
        "others": [choice for choice in found if not choice.newsletter],
        "paused": timezone.localtime(paused) if paused else None,
        "receipts": [(one, timezone.localtime(one.at)) for one in reversed(consent.history(person))],
        "errors": {refused.field: refused.message} if refused else {},
        "whole": refused.message if refused and not refused.field else "",
        "typed": request.POST if refused else {},
        "done": DONE.get(request.GET.get("done", ""), "") if request.method != "POST" else "",
    }
    return private(request, "newsletters/centre.html", context, status=status)


def _onward(name: str, *args: str, done: str = "") -> HttpResponse:
    response = redirect(name, *args)
    if done:
        response["Location"] += f"?done={done}"
    response.status_code = 303
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _ids(request: HttpRequest, name: str) -> set[int]:
    return {int(one) for one in request.POST.getlist(name)[:100] if one.isascii() and one.isdigit() and len(one) < 19}


def _day(text: str) -> Any:
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None or day.year > 9000:
        raise preferences.Refused("Choose a day, for example 2025-10-01.", field="until")
    return day
