"""Getty Images' API v3: searching, one picture, what our agreement lets us download, and the file.

Whatever goes wrong is one sentence for the desk (``Problem``). Nothing is tried a second time: a person waits, Getty names
no time after which to come again, and a download that was counted is not counted twice.
"""

from __future__ import annotations

import io
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.dateparse import parse_datetime
from PIL import Image

from media_assets import pixels
from media_assets.getty_asking import (
    NOT_CONNECTED,
    SECONDS,
    UNREADABLE,
    NoSuchPicture,
    Problem,
    answer_to,
    asked,
    is_own,
    our_server,
    own,
)
from media_assets.inspection import MAX_BYTES
from media_assets.metadata import tidy
from newsroom.servers import Getty

__all__ = [
    "NOT_CONNECTED",
    "NoSuchPicture",
    "Problem",
    "agreement",
    "connected",
    "download",
    "picture",
    "search",
    "thumbnail",
]

AGENCY = "Getty Images"
PAGE = 20
DEEPEST = 50  # pages: whoever leafs further has too few words
DOWNLOAD_SECONDS = 45.0  # for the file
_THUMBNAIL, _THUMBNAIL_PIXELS, _THUMBNAIL_WIDTH = 500_000, 1_000_000, 360
_AGREEMENT = 300.0  # seconds for which what the agreement asks for is remembered
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_NUMBER = re.compile(r"(?:gettyimages-|gi-?)?(\d{6,12})(?:\.jpe?g)?", re.IGNORECASE)
_FOUND = (
    "id", "title", "caption", "artist", "collection_name", "date_created", "license_model", "allowed_use",
    "call_for_image", "max_dimensions", "thumb",
)  # fmt: skip
_WHOLE = (*_FOUND, "credit_line", "copyright")

MUST_BE_ASKED_FOR = (
    "This picture must be asked for: Getty Images gives it through its sales representative, not by download."
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What Getty says of a picture. credit: "" in what a search finds. thumbnail: an address of Getty's, or ""."""

    id: str
    title: str
    caption: str
    artist: str
    credit: str
    notice: str
    collection: str
    created: datetime | None
    licence: str
    restrictions: tuple[str, ...]
    must_be_asked_for: bool
    size: tuple[int, int] | None
    thumbnail: str


@dataclass(frozen=True)
class Found:
    """One page of a search. count: how many there are in all."""

    count: int
    pictures: list[Picture]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What we may download, and what must be said with each download. left: downloads; None: no number is given."""

    left: int | None
    asks_note: bool
    asks_code: bool
    codes: tuple[str, ...]


def connected() -> bool:
    return settings.GETTY is not None


def number_in(words: str) -> str:
    """The asset id that somebody typed or pasted ("GettyImages-1234567890.jpg"); "" where these are words."""
    found = _NUMBER.fullmatch(words.strip())
    return found[1] if found else ""


def search(words: str, page: int) -> Found:
    """Look for editorial pictures, the newest first; a number finds its one picture.

    Raises:
        Problem: Getty did not answer as it should.
    """
    if number := number_in(words):
        try:
            return Found(1, [picture(number)])
        except NoSuchPicture:
            return Found(0, [])
    query = {
        "phrase": words,
        "sort_order": "newest",
        "fields": ",".join(_FOUND),
        "page": min(max(page, 1), DEEPEST),
        "page_size": PAGE,
    }
    said = answer_to("GET", f"/v3/search/images/editorial?{urlencode(query)}")
    count, rows = said.get("result_count"), said.get("images")
    if not isinstance(count, int) or not isinstance(rows, list):
        raise Problem(UNREADABLE)
    return Found(max(count, 0), [one for row in rows[:PAGE] if (one := _picture(row))])


def picture(number: str) -> Picture:
    """Return one picture, with the credit line that Getty prescribes.

    Raises:
        NoSuchPicture: there is none.
        Problem: Getty did not answer as it should.
    """
    missing = NoSuchPicture(f"Getty Images has no picture with the number {number[:40]}.")
    if not _ID.fullmatch(number):
        raise missing
    rows = answer_to("GET", f"/v3/images/{quote(number)}?{urlencode({'fields': ','.join(_WHOLE)})}", missing).get(
        "images"
    )
    if not isinstance(rows, list):
        raise Problem(UNREADABLE)
    found = next((one for row in rows if (one := _picture(row)) and one.id == number), None)
    if found is None:
        raise missing
    return found


_agreements: dict[Getty, tuple[Agreement, float]] = {}


def agreement(*, fresh: bool = False) -> Agreement:
    """Return what our editorial subscription asks for; what was said within five minutes is good enough unless ``fresh``.

    Raises:
        Problem: there is none, or Getty did not answer as it should.
    """
    server = our_server()
    known, until = _agreements.get(server, (None, 0.0))
    if known and not fresh and time.monotonic() < until:
        return known
    rows = answer_to("GET", "/v3/products?fields=download_requirements").get("products")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("type") == "editorialsubscription" and row.get("status") == "active":
            asked = row.get("download_requirements")
            asked = asked if isinstance(asked, dict) else {}
            left, codes = row.get("downloads_remaining"), asked.get("project_codes")
            known = Agreement(
                left=left if isinstance(left, int) else None,
                asks_note=asked.get("is_note_required") is True,
                asks_code=asked.get("is_project_code_required") is True,
                codes=tuple(code for one in codes if (code := _text(one, 100))) if isinstance(codes, list) else (),
            )
            _agreements[server] = (known, time.monotonic() + _AGREEMENT)
            return known
    raise Problem("Our agreement with Getty Images has no editorial subscription, so nothing can be downloaded.")


def download(number: str, into: BinaryIO, *, note: str, code: str) -> None:
    """Write the largest file of a picture into ``into``. Getty counts it.

    Raises:
        NoSuchPicture: there is none.
        Problem: it is not to be had, or did not come whole.
    """
    missing = NoSuchPicture(f"Getty Images has no picture with the number {number[:40]}.")
    body = {name: value for name, value in (("download_notes", note), ("project_code", code)) if value}
    way = f"/v3/downloads/images/{quote(number)}?auto_download=false&product_type=editorialsubscription"
    address = answer_to("POST", way, missing, json.dumps(body).encode()).get("uri")
    answer = asked(
        own(address), headers={}, most=MAX_BYTES, seconds=DOWNLOAD_SECONDS, into=into
    )  # the address is permission enough, so no token goes there
    if answer.status != 200:
        raise Problem(f"Getty Images granted the download, but its file did not come ({answer.status}). Try again.")


def thumbnail(address: str) -> bytes:
    """Return a thumbnail of Getty's as a small WebP of our own making.

    Raises:
        Problem: it did not come, or is no picture.
    """
    answer = asked(own(address), headers={}, most=_THUMBNAIL, seconds=SECONDS)
    if answer.status != 200:
        raise Problem(f"Getty Images did not give the thumbnail ({answer.status}).")
    try:
        with Image.open(io.BytesIO(answer.body), formats=("JPEG", "PNG", "WEBP")) as found:
            if found.width * found.height > _THUMBNAIL_PIXELS:
                raise Problem("The thumbnail is too large.")
            small = pixels.shrunk(pixels.ready(found, width=_THUMBNAIL_WIDTH), _THUMBNAIL_WIDTH)
            return pixels.webp(small, quality=72)
    except Problem:
        raise
    except Exception:
        raise Problem("The thumbnail is damaged.") from None


# ---- what Getty says, of which nothing is trusted to be there ----


def _picture(row: Any) -> Picture | None:
    number = row.get("id") if isinstance(row, dict) else None
    if not isinstance(number, str) or not _ID.fullmatch(number):
        return None
    use, size, shown = (row.get(name) for name in ("allowed_use", "max_dimensions", "display_sizes"))
    limits = use.get("usage_restrictions") if isinstance(use, dict) else None
    sides = tuple(size.get(side) for side in ("width", "height")) if isinstance(size, dict) else ()
    thumbs = [one.get("uri") for one in shown if isinstance(one, dict)] if isinstance(shown, list) else []
    return Picture(
        id=number,
        title=_text(row.get("title"), 300),
        caption=_text(row.get("caption"), 2000),
        artist=_text(row.get("artist"), 200),
        credit=_text(row.get("credit_line"), 200),
        notice=_text(row.get("copyright"), 300),
        collection=_text(row.get("collection_name"), 120),
        created=_moment(row.get("date_created")),
        licence=_text(row.get("license_model"), 40),
        restrictions=tuple(text for one in limits if (text := _text(one, 500))) if isinstance(limits, list) else (),
        must_be_asked_for=row.get("call_for_image") is True,
        size=(sides[0], sides[1]) if len(sides) == 2 and all(isinstance(side, int) for side in sides) else None,  # type: ignore[arg-type]
        thumbnail=next((uri for uri in thumbs if isinstance(uri, str) and is_own(uri)), ""),
    )


def _text(value: Any, most: int) -> str:
    return tidy(value)[:most] if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    """Getty writes "2012-05-01T00:00:00 +00:00" as well."""
    try:
        found = parse_datetime(value.replace(" ", "")) if isinstance(value, str) else None
        return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        return None
