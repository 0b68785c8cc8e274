"""The original of a picture, for those who work on it. It leaves only through here, and each time is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import IO

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from media_assets import access, storage
from newsroom import accounts, audit

PIECE = 1 << 18


@accounts.require(*access.CHANGE)
@require_POST
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file as it came in, whatever it says of places and people."""
    person = accounts.person_of(request)
    asset = access.asset_for(person, pk)
    try:
        file = storage.original(asset.sha256, asset.original_format).opened()
    except FileNotFoundError:
        messages.error(request, "The original is lost. Ask an administrator for it: copies are made of all of them.")
        return redirect("media-desk:asset", pk)
    except OSError as error:
        said = str(error) if isinstance(error, storage.Away) else "The original could not be read."
        messages.error(request, f"{said} Try again in a minute.")
        return redirect("media-desk:asset", pk)
    audit.note(person, "media_assets.original", f"asset:{pk}", sha256=asset.sha256)
    # Never shown by a browser as a page of ours.
    response = StreamingHttpResponse(_pieces(file), content_type="application/octet-stream")
    response["Content-Length"] = str(asset.original_bytes)
    response["Content-Disposition"] = content_disposition_header(True, asset.original_name)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await sync_to_async(file.read)(PIECE):
            yield piece
