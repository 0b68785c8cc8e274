"""One finished picture, as a file."""

from __future__ import annotations

import contextlib
import logging
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from media_assets import closing, cropping, crops, library, making, pixels, renditions, rights, storage
from media_assets.models import Asset, Rendition
from newsroom.pagecache import cdn

log = logging.getLogger(__name__)

Format = Rendition.Format
PART = re.compile(r"[a-z0-9]+-\d{1,3}-\d{1,3}", re.ASCII)
TYPES = {kind.value: named for kind, named in renditions.TYPES.items()}
# Immutable for who has seen it; a cache in front asks again, for a picture that must go leaves within a minute.
IMMUTABLE = "public, max-age=31536000, s-maxage=60, immutable"
BRIEFLY = "public, max-age=60"
MAKING = "This picture is being made. Try again in a moment."


@require_safe
def file(request: HttpRequest, digest: str, width: int, extension: str) -> HttpResponse:
    """The file as ``_answer`` has it, under the picture's tag: a cache in front that is purged by tag loses a picture that
    must go with the pages that showed it, and its 410 when it comes back."""
    if (width, extension) == (pixels.PLACEHOLDER, Format.WEBP):
        return _placeholder(request, digest)
    row = Rendition.objects.filter(digest=digest, width=width, format=extension).first() if width < 100_000 else None
    if row is None:
        return _text("There is no such picture.", status=404)
    try:
        return _tagged(_answer(request, row), row.asset_id)
    except storage.Away:
        return _away()


def _answer(request: HttpRequest, row: Rendition) -> HttpResponse:
    """Answer with the file; 410 while no reader may see the picture; the present file for an address that was replaced.

    In production a web server may answer from MEDIA_ROOT itself and ask here only for what is not there: files that
    may not be shown are not there (``making.settle``).
    """
    asset = library.load([row.asset_id])[row.asset_id]
    if not rights.usable_anywhere(asset, timezone.now()):
        return _gone()
    if row.digest != asset.digest:
        return _whole(asset, row.width, row.format)
    place = storage.public(row.digest, row.width, row.format)
    tag = f'"{row.digest}-{row.width}"'
    # Of a folder here what is closed has no file, for us as for a web server in front; elsewhere its removal may be late.
    if storage.is_remote() and closing.closed([asset.pk], timezone.now()):
        return _gone()
    with contextlib.suppress(FileNotFoundError):
        return _sent(request, place, tag, row.format)
    if closing.closed([asset.pk], timezone.now()):
        return _gone()
    _make_again(asset)
    if row.format == Format.AVIF and not place.exists():
        # A browser that has chosen a format does not go on to the next when it fails.
        return _meanwhile(_whole(asset, row.width, Format.JPEG))
    with contextlib.suppress(FileNotFoundError):
        return _sent(request, place, tag, row.format)
    return _text(MAKING, status=503, retry=True)


@require_safe
def crop(request: HttpRequest, digest: str, part: str, width: int, extension: str) -> HttpResponse:
    """Answer with a part of a picture, which is made now if nobody asked for it before. Who comes while it is being made is
    led to the whole picture, which pages cut to the same shape. An address whose focal point or credit was changed leads
    to the present one."""
    found = library.with_everything(Asset.objects.filter(digest=digest)[:1])
    if not found:
        older = Rendition.objects.filter(digest=digest).values_list("asset", flat=True)[:1]
        found = library.with_everything(Asset.objects.filter(pk__in=list(older)))
    shape = crops.SHAPES.get(part.partition("-")[0])
    if not found or shape is None or extension not in TYPES or not PART.fullmatch(part):
        return _text("There is no such picture.", status=404)
    try:
        return _tagged(_cropped(request, found[0], shape, (digest, part, width, extension)), found[0].pk)
    except storage.Away:
        return _away()


def _cropped(
    request: HttpRequest, asset: Asset, shape: crops.Shape, address: tuple[str, str, int, str]
) -> HttpResponse:
    digest, part, width, extension = address
    if not rights.usable_anywhere(asset, timezone.now()):
        return _gone()
    wanted = crops.widths(asset, shape)
    if (digest, part) != (asset.digest, crops.part(asset, shape)) or width not in wanted:
        nearest = next((each for each in wanted if each >= width), wanted[-1])
        return _led(crops.address(asset, shape, nearest, extension))
    place = storage.crop(digest, part, width, extension)
    tag = f'"{digest}-{part}-{width}"'
    if storage.is_remote() and closing.closed([asset.pk], timezone.now()):
        return _gone()
    with contextlib.suppress(FileNotFoundError):
        return _sent(request, place, tag, extension)
    if closing.closed([asset.pk], timezone.now()):
        return _gone()
    try:
        made = cropping.make(asset, shape, width, extension, clock=timezone.now)
    except storage.Away:
        raise
    except Exception:
        log.exception("A crop of asset %s could not be made.", asset.pk)
        made = False
    with contextlib.suppress(FileNotFoundError):
        if made:
            return _sent(request, place, tag, extension)
    return _meanwhile(_whole(asset, width, extension))


def _placeholder(request: HttpRequest, digest: str) -> HttpResponse:
    """Twenty pixels, known since the picture came in: they are shown until there is more."""
    asset = Asset.objects.filter(digest=digest).first()
    if asset is None or not asset.placeholder:
        return _text("There is no such picture.", status=404)
    now = timezone.now()
    if not rights.usable_anywhere(asset, now) or closing.closed([asset.pk], now):
        return _tagged(_gone(), asset.pk)
    tag = f'"{digest}-{pixels.PLACEHOLDER}"'
    return _tagged(_answered(request, bytes(asset.placeholder), tag, Format.WEBP), asset.pk)


def _tagged(response: HttpResponse, asset_id: int) -> HttpResponse:
    name, tags = cdn.header({f"asset:{asset_id}"}, settings.CDN)
    response[name.decode()] = tags.decode()
    return response


def _sent(request: HttpRequest, place: storage.Place, tag: str, kind: str) -> HttpResponse:
    """The file; of one that the browser has only whether it is still there.

    Raises:
        FileNotFoundError: it is not there.
        storage.Away: nobody can say.
    """
    if tag not in request.headers.get("If-None-Match", ""):
        return _answered(request, place.read_bytes(), tag, kind)
    if not place.exists():
        raise FileNotFoundError(place.name)
    return _answered(request, b"", tag, kind)


def _answered(request: HttpRequest, data: bytes, tag: str, kind: str) -> HttpResponse:
    if tag in request.headers.get("If-None-Match", ""):
        return _headed(HttpResponse(status=304), tag)
    return _headed(HttpResponse(data, content_type=TYPES[kind]), tag)


def _make_again(asset: Asset) -> None:
    """The public folder was lost or emptied: everything in it can be made again from the originals, AVIF in a worker."""
    now = timezone.now()
    Asset.objects.filter(pk=asset.pk, files_due_at=None).update(files_due_at=now)
    try:
        making.make(asset.pk, at=now, formats=making.FIRST)
    except Exception:
        log.exception("The files of asset %s could not be made again.", asset.pk)


def _whole(asset: Asset, width: int, extension: str) -> HttpResponse:
    """The whole picture as it is now, in the width and format nearest to these: mails already sent name an address with
    another credit, or of a width that is made no more."""
    rows = renditions.current(asset)
    same = [row for row in rows if row.format == extension] or [row for row in rows if row.format == Format.JPEG]
    if not same:
        return _text(MAKING, status=503, retry=True)
    return _led(renditions.address(next((row for row in same if row.width >= width), same[-1])))


def _led(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response["Cache-Control"] = BRIEFLY
    return response


def _meanwhile(answer: HttpResponse) -> HttpResponse:
    """What is asked for is there in a moment: nobody keeps what stands in for it."""
    answer["Cache-Control"] = "no-store"
    return answer


def _away() -> HttpResponse:
    return _text("The store of pictures does not answer just now. Try again in a moment.", status=503, retry=True)


def _gone() -> HttpResponse:
    return _text("This picture is no longer available.", status=410)


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
