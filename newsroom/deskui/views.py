"""The shell's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from newsroom import accounts
from newsroom.accounts.roles import PURPOSES, Role
from newsroom.deskui import guide, menu, palette


@accounts.require()
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send a person to the first place of their own menu: marketing has no board, reporters no letters."""
    items = menu.items_for(accounts.person_of(request))
    return redirect(items[0].url_name if items else "accounts:me")


@accounts.require()
@require_safe
def find(request: HttpRequest) -> JsonResponse:
    """Answer the palette: ``{"hits": [{label, url, kind, detail}]}``."""
    return JsonResponse({"hits": palette.find(accounts.person_of(request), request.GET.get("q", ""))})


@accounts.require()
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How the desk works: the roles, then each app's section."""
    person = accounts.person_of(request)
    roles = [{"name": role.label, "purpose": PURPOSES[role], "yours": person.has_role(role)} for role in Role]
    return render(request, "desk/help/page.html", {"roles": roles, "sections": guide.sections_for(person)})
