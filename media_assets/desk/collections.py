"""Collections: the list of them, and putting pictures in and out from the grid."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from media_assets import access, collecting
from media_assets.models import Collection
from newsroom import accounts
from newsroom.accounts.models import Person

PAGE = 30


@accounts.require(*access.SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def collections(request: HttpRequest) -> HttpResponse:
    """The list of collections; a POST makes one."""
    person = accounts.person_of(request)
    error, typed = "", ""
    if request.method == "POST":
        if not access.may(person, "upload"):
            raise PermissionDenied("Your roles do not make collections.")
        typed = request.POST.get("name", "")
        try:
            made = collecting.make(typed, person=person, at=timezone.now())
        except collecting.Refused as refused:
            error = refused.message
        else:
            messages.success(request, "Made. Select pictures in the library and add them to it.")
            return redirect(f"{reverse('media-desk:library')}?{urlencode({'collection': made.pk})}")
    page = Paginator(collecting.counted(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, collecting.may_change(person, one)) for one in page.object_list],
        "may_make": access.may(person, "upload"),
        "error": error,
        "typed": typed[:300],
    }
    return render(request, "desk/pictures/collections.html", context, status=422 if error else 200)


def _collection(person: Person, pk: int) -> Collection:
    found = Collection.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404("There is no such collection.")
    if not collecting.may_change(person, found):
        raise PermissionDenied("It belongs to somebody else.")
    return found


@accounts.require(*access.SEE)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a collection another name."""
    person = accounts.person_of(request)
    found = _collection(person, pk)
    try:
        collecting.rename(found.pk, request.POST.get("name", ""), person=person)
    except collecting.Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "Renamed.")
    return redirect("media-desk:collections")


@accounts.require(*access.SEE)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a collection; its pictures stay."""
    person = accounts.person_of(request)
    found = _collection(person, pk)
    collecting.remove(found.pk, person=person)
    messages.success(request, f"The collection “{found.name}” is removed. Its pictures stay in the library.")
    return redirect("media-desk:collections")


@accounts.require(*access.UPLOAD)
@require_POST
def collect(request: HttpRequest) -> HttpResponse:
    """Put the selected pictures into a collection (a new one where a name is typed), or take them out of one."""
    person, at = accounts.person_of(request), timezone.now()
    chosen = numbers(request.POST.getlist("a"))
    back = redirect(f"{reverse('media-desk:library')}?{request.POST.get('back', '')[:1000]}")
    if not chosen:
        messages.error(request, "Select one or more pictures first.")
        return back
    out = numbers([request.POST.get("out", "")])
    if out:
        gone = collecting.take_out(chosen, out[0])
        messages.success(request, f"{gone} taken out. They stay in the library.")
        return back
    try:
        pk = _chosen(request, person)
        new = collecting.put(chosen, pk, person=person, at=at)
    except collecting.Refused as refused:
        messages.error(request, refused.message)
        return back
    known = len(chosen) - new
    messages.success(request, f"{new} added.{f' {known} had been in it already.' if known else ''}")
    return back


def _chosen(request: HttpRequest, person: Person) -> int:
    """The collection that was chosen, or a new one of the name that was typed."""
    if there := numbers([request.POST.get("collection", "")]):
        return there[0]
    return collecting.make(request.POST.get("name", ""), person=person, at=timezone.now()).pk


def numbers(typed: list[str]) -> list[int]:
    """The ids in what a form sent, each once, in their order; at most two hundred."""
    found = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 19]
    return list(dict.fromkeys(found))[:200]
