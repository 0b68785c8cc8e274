"""The pages in front of the desk: sign-in, invitation, password link. Nobody is signed in here yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from newsroom import limits
from newsroom.accounts import forms, joining, passwords, signing, tokens

BACKEND = "newsroom.accounts.backend.PersonBackend"


def unkept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the page out of every cache, and its address, which may hold a secret, out of the next site's log."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        # Not "no-referrer": browsers then send "Origin: null" with the page's own form, and it is refused as forged.
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


@unkept
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and go on to where the person wanted to go."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    form = forms.SignIn(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            signing.sign_in(request, email=form.cleaned_data["email"], password=form.cleaned_data["password"])
        except signing.TooMany:
            form.add_error(None, "Too many attempts. Nothing was checked this time. Try again in a quarter of an hour.")
            status = 429
        except signing.NotThem:
            form.add_error(None, "This address and this password do not belong together. Check both and try again.")
        else:
            response = HttpResponseRedirect(onward)
            signing.remember(response, form.cleaned_data["email"])
            return response
    return render(
        request, "desk/accounts/sign_in.html", {"form": form, "next": request.GET.get("next", "")}, status=status
    )


def _onward(request: HttpRequest) -> str:
    """Where to go after signing in: ``next`` if it is an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@unkept
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if not request.user.is_authenticated:
        return redirect("accounts:sign-in")
    logout(request)
    return render(request, "desk/accounts/signed_out.html")


@unkept
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. Everybody gets the same answer."""
    form = forms.AskReset(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        network = limits.client_network(request)
        # Over budget the answer stays the same: whether a letter goes out must not show.
        if limits.spend("reset network", network, limit=20, seconds=signing.HOUR) and limits.spend(
            "reset account", email.strip().casefold(), limit=5, seconds=signing.HOUR
        ):
            passwords.reset(email=email)
        return render(request, "desk/accounts/reset_asked.html", {"email": email})
    return render(request, "desk/accounts/reset.html", {"form": form})


@unkept
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password and take one's place at the desk."""
    return _link(request, secret, tokens.Purpose.INVITATION, joining.accept, "desk/accounts/invitation.html")


@unkept
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def reset_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a new password."""
    return _link(request, secret, tokens.Purpose.RESET, passwords.set_by_link, "desk/accounts/reset_link.html")


def _link(request: HttpRequest, secret: str, purpose: Any, use: Callable[..., Any], template: str) -> HttpResponse:
    """Show what a mailed link is for; act on POST only, since mail scanners follow links."""
    try:
        person = tokens.person_for(secret, purpose, at=timezone.now())
        form = forms.NewPassword(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                person = use(secret=secret, password=form.cleaned_data["password"])
            except ValidationError as error:
                form.add_error("password", error)
            else:
                login(request, person, backend=BACKEND)
                messages.success(request, "Your password is set. You are signed in.")
                return redirect(settings.LOGIN_REDIRECT_URL)
    except tokens.LinkRefused:
        return render(request, "desk/accounts/link_refused.html", {"purpose": purpose.value}, status=410)
    return render(request, template, {"form": form, "person": person})
