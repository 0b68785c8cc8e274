"""One finished picture, as a file."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_assets import closing, library, making, renditions, rights, storage
from media_assets.models import Asset, Rendition
from newsroom.pagecache import cdn

log = logging.getLogger(__name__)

TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
# Immutable for who has seen it; a cache in front asks again, for a picture that must go leaves within a minute.
IMMUTABLE = "public, max-age=31536000, s-maxage=60, immutable"
BRIEFLY = "public, max-age=60"


@require_safe
def file(request: HttpRequest, digest: str, width: int, extension: str) -> HttpResponse:
    """The file as ``_answer`` has it, under the picture's tag: a cache in front that is purged by tag loses a picture that
    must go with the pages that showed it, and its 410 when it comes back."""
    row = Rendition.objects.filter(digest=digest, width=width, format=extension).first() if width < 100_000 else None
    if row is None:
        return _text("There is no such picture.", status=404)
    response = _answer(request, row)
    name, tags = cdn.header({f"asset:{row.asset_id}"}, settings.CDN)
    response[name.decode()] = tags.decode()
    return response


def _answer(request: HttpRequest, row: Rendition) -> HttpResponse:
    """Answer with the file; 410 while no reader may see the picture; the present file for an address that was replaced.

    In production a web server may answer from MEDIA_ROOT itself and ask here only for what is not there: files that
    may not be shown are not there (``making.settle``).
    """
    asset = library.load([row.asset_id])[row.asset_id]
    if not rights.usable_anywhere(asset, timezone.now()):
        return _text("This picture is no longer available.", status=410)
    if row.digest != asset.digest:
        return _replaced(asset, row)
    place = storage.public(row.digest, row.width, row.format)
    if not place.exists():
        # Asked only here: what is closed has no file, for us as for a web server in front.
        if closing.closed([asset.pk], timezone.now()):
            return _text("This picture is no longer available.", status=410)
        _make_again(asset)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        return _text("This picture is being made. Try again in a moment.", status=503, retry=True)
    tag = f'"{row.digest}-{row.width}"'
    if tag in request.headers.get("If-None-Match", ""):
        return _headed(HttpResponse(status=304), tag)
    return _headed(HttpResponse(data, content_type=TYPES[row.format]), tag)


def _make_again(asset: Asset) -> None:
    """The public folder was lost or emptied: everything in it can be made again from the originals."""
    now = timezone.now()
    Asset.objects.filter(pk=asset.pk, files_due_at=None).update(files_due_at=now)
    try:
        making.make(asset.pk, at=now)
    except Exception:
        log.exception("The files of asset %s could not be made again.", asset.pk)


def _replaced(asset: Asset, row: Rendition) -> HttpResponse:
    """Mails already sent name the old address: they get the picture with its present credit."""
    for present in renditions.current(asset):
        if (present.width, present.format) == (row.width, row.format):
            response = HttpResponseRedirect(renditions.address(present))
            response["Cache-Control"] = BRIEFLY
            return response
    return _text("This picture is being made. Try again in a moment.", status=503, retry=True)


def _headed(response: HttpResponse, tag: str) -> HttpResponse:
    response["Cache-Control"] = IMMUTABLE
    response["ETag"] = tag
    response["X-Content-Type-Options"] = "nosniff"
    # Mail programs and feed readers show it on pages of their own.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _text(sentence: str, *, status: int, retry: bool = False) -> HttpResponse:
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store" if retry else BRIEFLY
    if retry:
        response["Retry-After"] = "2"
    return response
