"""The page, and its buttons."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsroom import accounts, outbox
from newsroom.accounts.roles import Role
from newsroom.undelivered import deciding, listing

LATE = "That does not wait any more: somebody else decided, or it came through after all."


class GiveUp(forms.Form):
    """Why work is let go. The rule is ``deciding.give_up``'s."""

    reason = forms.CharField(
        label="Why it is not needed any more",
        error_messages={"required": deciding.REASON_NEEDED},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the log with your name.",
    )


@accounts.require(Role.ADMINISTRATOR)
@require_safe
def undelivered(request: HttpRequest) -> HttpResponse:
    """Everything that waits, the newest first; at most ``listing.SHOWN`` of each kind."""
    work, letters = listing.work(), listing.letters()
    context = {
        "work": work,
        "letters": letters,
        "outage": listing.outage(timezone.now()),
        "more_work": outbox.dead_letters().count() - len(work) if len(work) == listing.SHOWN else 0,
        "shown": listing.SHOWN,
    }
    return render(request, "desk/undelivered/undelivered.html", context)


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        deciding.try_again(pk, person=accounts.person_of(request))
    except deciding.Late:
        messages.error(request, LATE)
    else:
        messages.success(request, "It is tried again now. If it fails every time, it comes back here.")
    return redirect("undelivered:undelivered")


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def try_all_again(request: HttpRequest) -> HttpResponse:
    number = deciding.try_all_again(person=accounts.person_of(request))
    if number:
        messages.success(request, f"{number} tried again now. What fails every time comes back here.")
    else:
        messages.error(request, "Nothing waits any more.")
    return redirect("undelivered:undelivered")


@accounts.require(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what it is, and a field for the reason. POST: let it go."""
    effect = outbox.dead_letters().filter(pk=pk).first()
    if effect is None:
        if request.method != "POST":
            raise Http404("No such work waits.")
        messages.error(request, LATE)
        return redirect("undelivered:undelivered")
    form = GiveUp(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deciding.give_up(pk, reason=form.cleaned_data["reason"], person=accounts.person_of(request))
        except ValueError as error:
            form.add_error("reason", str(error))
        except deciding.Late:
            messages.error(request, LATE)
            return redirect("undelivered:undelivered")
        else:
            messages.success(request, "Let go. The log keeps why.")
            return redirect("undelivered:undelivered")
    context = {"one": listing.row(effect), "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "desk/undelivered/give_up.html", context, status=status)


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        deciding.send_again(pk, person=accounts.person_of(request))
    except deciding.Late:
        messages.error(request, LATE)
    else:
        messages.success(request, "It goes out again now, as the same letter.")
    return redirect("undelivered:undelivered")


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        deciding.arrived(pk, person=accounts.person_of(request))
    except deciding.Late:
        messages.error(request, LATE)
    else:
        messages.success(request, "Counted as arrived.")
    return redirect("undelivered:undelivered")
