"""The administrators' page: who is here, who is invited, who has left."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsroom import accounts
from newsroom.accounts import forms, joining
from newsroom.accounts import people as rules
from newsroom.accounts.models import Person
from newsroom.accounts.roles import Role

LONGEST_SEARCH = 200


@accounts.require(Role.ADMINISTRATOR)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List everybody, or those found by ``q`` in name or address; those at the desk first."""
    q = " ".join(request.GET.get("q", "")[:LONGEST_SEARCH].split())
    everybody = list(Person.objects.all())
    shown = rules.found(everybody, q)
    groups = [(state, [one for one in shown if one.standing == state]) for state in ("here", "invited", "left")]
    context = {
        "groups": [(state, found) for state, found in groups if found],
        "q": q,
        "longest": LONGEST_SEARCH,
        "number": len(shown),
        "everybody": len(everybody),
    }
    return render(request, "desk/accounts/people.html", context)


@accounts.require(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by mail."""
    form = forms.Invite(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = joining.invite(
                email=data["email"], name=data["name"], roles=data["roles"], by=accounts.person_of(request)
            )
        except joining.AlreadyHere as error:
            form.add_error("email", f"{error} Nobody was invited.")
        else:
            messages.success(request, f"{made.name} is invited. The letter to {made.email} is on its way.")
            return redirect("accounts:people")
    return render(request, "desk/accounts/invite.html", {"form": form})


@accounts.require(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person and change their roles."""
    somebody = get_object_or_404(Person, pk=pk)
    form = forms.ChangeRoles(request.POST if request.method == "POST" else None, initial={"roles": somebody.roles})
    if request.method == "POST" and form.is_valid():
        try:
            rules.change_roles(person=somebody, roles=form.cleaned_data["roles"], by=accounts.person_of(request))
        except rules.LastAdministrator as error:
            form.add_error("roles", str(error))
        else:
            messages.success(request, f"{somebody.name} now has: {somebody.role_names}.")
            return redirect("accounts:people")
    return _person(request, somebody, form=form)


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one person another name."""
    somebody = get_object_or_404(Person, pk=pk)
    form = forms.Rename(request.POST)
    if not form.is_valid():
        return _person(request, somebody, naming=form)
    rules.rename(person=somebody, name=form.cleaned_data["name"], by=accounts.person_of(request))
    messages.success(request, f"{somebody.name}: the name is saved. Pages with their byline follow at once.")
    return redirect("accounts:person", pk=pk)


def _person(request: HttpRequest, somebody: Person, **bound: Form) -> HttpResponse:
    """The page of one person, with a form that came back with errors in place of a fresh one."""
    context = {
        "somebody": somebody,
        "form": bound.get("form") or forms.ChangeRoles(initial={"roles": somebody.roles}),
        "naming": bound.get("naming") or forms.Rename(initial={"name": somebody.name}),
    }
    return render(request, "desk/accounts/person.html", context)


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a fresh invitation; the earlier link stops working."""
    somebody = get_object_or_404(Person, pk=pk)
    try:
        joining.invite_again(person=somebody, by=accounts.person_of(request))
    except joining.NothingToSend:
        messages.error(request, f"{somebody.name} needs no invitation. Nothing was sent.")
    else:
        messages.success(request, f"A fresh invitation to {somebody.email} is on its way. The earlier link has ended.")
    return redirect("accounts:people")


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut somebody out, at once."""
    somebody = get_object_or_404(Person, pk=pk)
    try:
        rules.leave(person=somebody, by=accounts.person_of(request))
    except (rules.LastAdministrator, rules.AlreadyLeft) as error:
        messages.error(request, str(error) or f"{somebody.name} was shut out already.")
    else:
        messages.success(request, f"{somebody.name} is shut out. What they wrote stays.")
    return redirect("accounts:people")


@accounts.require(Role.ADMINISTRATOR)
@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in again, by a fresh invitation."""
    somebody = rules.come_back(person=get_object_or_404(Person, pk=pk), by=accounts.person_of(request))
    messages.success(request, f"{somebody.name} is invited again, with the roles they had.")
    return redirect("accounts:people")
