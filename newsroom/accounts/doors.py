"""The door of every desk page: ``@accounts.require(Role.EDITOR)``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers

if TYPE_CHECKING:
    from newsroom.accounts.models import Person

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def person_of(request: HttpRequest) -> Person:
    """Return the signed-in person.

    Raises:
        PermissionDenied: nobody is signed in. Behind ``require`` this cannot happen.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied("Sign in first.")
    return request.user


def wants_data(request: HttpRequest) -> bool:
    """Say whether a script asks (htmx, or a fetch that accepts JSON), which could not follow a redirect to a form."""
    accept = request.headers.get("Accept", "")
    return (
        request.headers.get("HX-Request") == "true" or accept.split(",")[0].split(";")[0].strip() == "application/json"
    )


def require(*roles: str) -> Callable[[View[Rest]], View[Rest]]:
    """Let a view be opened only by signed-in people who hold one of ``roles`` (none named: by all of them).

    Anonymous: redirected to sign-in and back, or for a script ``401 {"error": "signed-out"}``.

    Raises (from the view):
        PermissionDenied: signed in without any of the roles; the desk's 403 page answers.
    """

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def door(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            response: HttpResponseBase
            if not request.user.is_authenticated:
                response = _signed_out(request)
            else:
                if roles and not person_of(request).has_role(*roles):
                    raise PermissionDenied("Your roles do not open this page.")
                response = view(request, *args, **kwargs)
            # A desk page kept by a browser or a proxy would still show drafts and sources after signing out.
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
            return response

        return door

    return decorate


def _signed_out(request: HttpRequest) -> HttpResponseBase:
    if wants_data(request):
        return JsonResponse({"error": "signed-out"}, status=401)
    # After a POST the way back is not that address: it may not answer GET.
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else resolve_url(settings.LOGIN_REDIRECT_URL)
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(back)}")
