"""One's notices: the list, marking them read, and where each kind goes."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsroom import accounts
from newsroom.notices import preferences as choices
from newsroom.notices import reading
from newsroom.notices.kinds import kind_named, kinds_for

ROWS_A_PAGE = 50


@accounts.require()
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The list, newest first. ``?show=unread`` and ``?kind=`` narrow it and stay in the address."""
    person = accounts.person_of(request)
    show = "unread" if request.GET.get("show") == "unread" else ""
    kinds = kinds_for(person)
    kind = request.GET.get("kind", "")
    kind = kind if kind in {one.name for one in kinds} else ""
    found = reading.listed(person)
    if show:
        found = found.filter(read_at=None)
    if kind:
        found = found.filter(kind=kind)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"notice": one, "label": kind_named(one.kind).label} for one in page]
    context = {
        "page": page,
        "rows": rows,
        "newest": rows[0]["notice"] if rows and page.number == 1 else None,
        "show": show,
        "kind": kind,
        "narrowed": bool(show or kind),
        "tabs": [
            {"label": label, "url": address(value, kind), "current": value == show}
            for value, label in (("", "All"), ("unread", "Unread"))
        ],
        "kinds": [
            {"label": label, "url": address(show, name), "current": name == kind}
            for name, label in [("", "everything"), *((one.name, one.label) for one in kinds)]
        ],
        "keep": "".join(f"{urlencode({name: value})}&" for name, value in (("show", show), ("kind", kind)) if value),
        "here": request.get_full_path(),
    }
    return render(request, "desk/notices/notices.html", context)


@accounts.require()
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read, or with ``as=unread`` as unread; back to where the button stood.

    Raises:
        Http404: it is not this person's.
    """
    person = accounts.person_of(request)
    marked = reading.mark(person, pk, read=request.POST.get("as") != "unread", at=timezone.now())
    if not marked:
        raise Http404("There is no such notice of yours.")
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect(_back(request))


@accounts.require()
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read all that the page showed or that is older."""
    person = accounts.person_of(request)
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdigit() and len(up_to) < 19:
        marked = reading.mark_all(person, up_to=int(up_to), at=timezone.now())
        messages.success(request, f"{marked} marked as read." if marked else "All of them were read already.")
    return redirect(_back(request))


@accounts.require()
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Where each kind goes, and the rule of the letters."""
    person = accounts.person_of(request)
    problem = ""
    if request.method == "POST":
        asked = {
            one.kind.name: request.POST[one.kind.name] for one in choices.of(person) if one.kind.name in request.POST
        }
        try:
            choices.choose(person, asked)
        except ValueError:
            problem = "One of the answers is not among those offered. Nothing was changed; choose again."
        else:
            messages.success(request, "Kept. It holds from the next notice on.")
            return redirect("notices:preferences")
    context = {"choices": choices.of(person), "problem": problem, "person": person}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk/notices/preferences.html", context, status=status)


def address(show: str, kind: str) -> str:
    """The list's address with these filters."""
    query = urlencode({name: value for name, value in (("show", show), ("kind", kind)) if value})
    return f"{reverse('notices:notices')}{'?' if query else ''}{query}"


def _back(request: HttpRequest) -> str:
    here = request.POST.get("here", "")
    own = here.startswith(reverse("notices:notices")) and url_has_allowed_host_and_scheme(here, allowed_hosts=None)
    return here if own else reverse("notices:notices")
