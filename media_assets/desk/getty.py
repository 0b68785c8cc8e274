"""Getty's pictures: found by words or by number, and taken into the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from media_assets import access, getty, ingest, taking_in
from newsroom import accounts
from newsroom.deskui.templatetags.desk import spoken_date

# The page's own addresses name what to fetch from Getty; unsigned, they would fetch whatever somebody writes there.
_signer = Signer(salt="media_assets.getty.thumbnail")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One picture of the page. there: the library's asset; 0: it has none. errors, note, code: of a form that came back."""

    picture: getty.Picture
    there: int = 0
    note: str = ""
    code: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def thumbnail(self) -> str:
        if not self.picture.thumbnail:
            return ""
        return f"{reverse('media-desk:getty-thumbnail')}?{urlencode({'of': _signer.sign(self.picture.thumbnail)})}"

    @property
    def day(self) -> str:
        """Getty gives a day, often with midnight somewhere as its time: shown as it is written, in no zone of ours."""
        return spoken_date(self.picture.created) if self.picture.created else ""

    @property
    def licence(self) -> str:
        known = {"rightsmanaged": "Rights-managed", "royaltyfree": "Royalty-free"}
        return known.get(self.picture.licence, self.picture.licence)


@dataclass(frozen=True, kw_only=True)
class View:
    """What stands on the page. alarm: a sentence of what went wrong. page: of all results, where there are several."""

    words: str
    number: int = 1
    rows: list[Row] = field(default_factory=list)
    count: int | None = None
    agreement: getty.Agreement | None = None
    alarm: str = ""
    page: Page[int] | None = None


def _words(given: str | None) -> str:
    return (given or "").replace("\0", "")[:200].strip()


def _number(given: str | None) -> int:
    text = given or ""
    return min(max(int(text), 1), getty.DEEPEST) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@accounts.require(*access.UPLOAD)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what Getty has."""
    words, number = _words(request.GET.get("q")), _number(request.GET.get("page"))
    if not words or not getty.connected():
        return _page(request, View(words=words, number=number))
    try:
        found = getty.search(words, number)
        agreement = getty.agreement() if found.pictures else None
    except getty.Problem as problem:
        return _page(request, View(words=words, number=number, alarm=str(problem)))
    there = taking_in.there(picture.id for picture in found.pictures)
    reachable = min(found.count, getty.DEEPEST * getty.PAGE)
    return _page(
        request,
        View(
            words=words,
            number=number,
            rows=[Row(picture=picture, there=there.get(picture.id, 0)) for picture in found.pictures],
            count=found.count,
            agreement=agreement,
            page=Paginator(range(reachable), getty.PAGE).get_page(number),
        ),
    )


@accounts.require(*access.UPLOAD)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take one picture in. What is refused comes back with the picture alone and with all that was typed."""
    person, words, number = (
        accounts.person_of(request),
        _words(request.POST.get("q")),
        _number(request.POST.get("page")),
    )
    said = {name: request.POST.get(name, "").replace("\0", "") for name in ("id", "note", "code")}
    view = View(words=words, number=number)
    picture: getty.Picture | None = None
    alarm, errors = "", {}
    try:
        picture = getty.picture(said["id"].strip())
        asset = taking_in.take(picture, person=person, note=said["note"], code=said["code"], at=timezone.now())
    except ingest.Duplicate as duplicate:
        messages.info(request, f"{duplicate.message} Nothing was downloaded twice.")
        return redirect("media-desk:asset", duplicate.asset.pk)
    except ingest.Refused as refused:
        errors = {refused.field: refused.message} if refused.field in ("note", "code") else {}
        alarm = "" if errors else refused.message
    except getty.Problem as problem:
        alarm = str(problem)
    except OSError:
        alarm = "The picture store did not answer or is full. Nothing was kept; try again later."
    else:
        messages.success(
            request, "Taken in from Getty Images. Before a story can use it, it needs an alternative text."
        )
        return redirect("media-desk:asset", asset.pk)
    if picture:
        there = taking_in.there([picture.id]).get(picture.id, 0)
        row = Row(picture=picture, there=there, note=said["note"], code=said["code"], errors=errors)
        view = View(words=words, number=number, rows=[row], agreement=_known_agreement(), alarm=alarm)
    else:
        view = View(words=words, number=number, alarm=alarm)
    return _page(request, view, status=422)


def _known_agreement() -> getty.Agreement | None:
    try:
        return getty.agreement()
    except getty.Problem:
        return None  # the alarm says already what is wrong


def _page(request: HttpRequest, view: View, *, status: int = 200) -> HttpResponse:
    context = {
        "view": view,
        "connected": getty.connected(),
        "not_connected": getty.NOT_CONNECTED,
        "must_be_asked_for": getty.MUST_BE_ASKED_FOR,
        "keep": f"{urlencode({'q': view.words})}&",
        "back": f"{reverse('media-desk:getty')}?{urlencode({'q': view.words, 'page': view.number})}",
        "note_length": taking_in.NOTE,
        "code_length": taking_in.CODE,
    }
    return render(request, "desk/pictures/getty.html", context, status=status)


@accounts.require(*access.UPLOAD)
@require_safe
def thumbnail(request: HttpRequest) -> HttpResponse:
    """A thumbnail of Getty's through our own address: the desk's pages load nothing from elsewhere."""
    try:
        data = getty.thumbnail(_signer.unsign(request.GET.get("of", "")))
    except (BadSignature, getty.Problem):
        raise Http404("There is no such thumbnail.") from None
    response = HttpResponse(data, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    return response
