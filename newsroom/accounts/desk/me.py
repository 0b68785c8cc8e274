"""One's own page: colours, keys, password, sessions. A name is an administrator's to change: it stands in bylines."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from newsroom import accounts, limits
from newsroom.accounts import forms, passwords, signing
from newsroom.accounts.desk.entrance import BACKEND


@accounts.require()
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Show and change one's own settings."""
    person = accounts.person_of(request)
    form = forms.Me(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=["theme", "single_keys"])
        messages.success(request, "Your settings are saved.")
        return redirect("accounts:me")
    return render(request, "desk/accounts/me.html", {"form": form, "person": person})


@accounts.require()
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    person = accounts.person_of(request)
    if request.method == "POST" and not limits.spend(
        "password change", str(person.pk), limit=10, seconds=signing.QUARTER
    ):
        form = forms.ChangePassword(person)
        context = {"form": form, "too_many": True}
        return render(request, "desk/accounts/password.html", context, status=429)
    form = forms.ChangePassword(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.change(person=person, password=form.cleaned_data["password"])
        except ValidationError as error:
            form.add_error("password", error)
        else:
            login(request, person, backend=BACKEND)
            messages.success(request, "Your password is changed. You are signed out everywhere else.")
            return redirect("accounts:me")
    return render(request, "desk/accounts/password.html", {"form": form})


@accounts.require()
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every other session of one's own; this one goes on."""
    person = accounts.person_of(request)
    passwords.sign_out_everywhere(person=person, by=person)
    login(request, person, backend=BACKEND)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("accounts:me")
