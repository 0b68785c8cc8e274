"""The pictures and style sheet of a kept page: gathered when it is first given, so that it can still be looked at when
they are long gone from the public folders; and the whole as one file for a complaint."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import io
import mimetypes
import re
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from articles.models import SeenPage
from articles.seen import Span, named
from media_assets import cropping, storage

FILES_LOCK = 7_204_611  # any number that no other advisory lock of ours has
# Our own templates wrote what is searched here: every attribute in double quotes.
_PICTURE = re.compile(r'<img [^>]*?\bsrc="([^"]+)"')
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
_LINK = re.compile(r"<link\b[^>]*>")
_SOURCE = re.compile(r"<source [^>]*>")
_SETS = re.compile(r' (?:srcset|sizes)="[^"]*"')
_SCRIPT = re.compile(r"<script\b.*?</script>", re.S)


def gather(page_id: int, *, at: datetime) -> None:
    """Keep the files that a page names. What is there no more is left out, and the page says so. May run again, also when
    the page is kept no longer.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    # Beside other gatherings, but not beside a removal: it could take away what this page finds kept already.
    _lock("pg_advisory_xact_lock_shared")
    page = SeenPage.objects.filter(pk=page_id).first()
    if page is None or page.gathered_at is not None:
        return
    html = page.html.decode()
    found = {}
    for address in {*_PICTURE.findall(html), *_SHEET.findall(html)}:
        if (data := _read(markup.unescape(address))) is not None:
            digest = hashlib.sha256(data).hexdigest()
            if not (place := storage.seen(digest)).exists():
                storage.write(place, data)
            found[address] = digest
    SeenPage.objects.filter(pk=page_id, gathered_at=None).update(files=found, gathered_at=at)


def remove_unneeded(digests: Sequence[str]) -> int:
    """Remove the kept files of these contents that no page names any more; return how many went. May run again.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    _lock("pg_advisory_xact_lock")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT named.digest FROM articles_seenpage, jsonb_each_text(files) AS named (address, digest)"
            " WHERE named.digest = ANY(%s)",
            [list(digests)],
        )
        needed = {digest for (digest,) in cursor.fetchall()}
    unneeded = [place for digest in digests if digest not in needed and (place := storage.seen(digest)).exists()]
    for place in unneeded:
        storage.remove(place)
    return len(unneeded)


def _lock(how: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("The files of kept pages are gathered and removed inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s(%%s)" % how, [FILES_LOCK])  # noqa: UP031  one of two names of ours


def viewable(page: SeenPage) -> tuple[str, str]:
    """The page as one text with everything in it, scripts left out; and its style sheet's hash for the page's policy
    ("sha256-…"). A file that was never kept leaves its picture's text."""
    html = _SCRIPT.sub("", page.html.decode())
    html = _SETS.sub("", _SOURCE.sub("", html))
    css = "\n".join(_kept(page, address).decode() for address in _SHEET.findall(html))
    css = css.replace("</", "<\\/")
    html = _LINK.sub("", html).replace("</head>", f"<style>{css}</style></head>", 1)

    def inside(match: re.Match[str]) -> str:
        address = match[1]
        data = _kept(page, address)
        kind = mimetypes.guess_type(urlsplit(address).path)[0] or "application/octet-stream"
        shown = f"data:{kind};base64,{base64.b64encode(data).decode()}" if data else ""
        return match[0].replace(f'src="{address}"', f'src="{shown}"')

    return _PICTURE.sub(inside, html), base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def archive(span: Span) -> bytes:
    """One ZIP file: the page's very bytes, the same to look at with everything in it, each file, and what they are."""
    page, at = span.sighting.page, span.sighting.at
    names = {
        address: f"files/{digest[:16]}{Path(urlsplit(address).path).suffix}" for address, digest in page.files.items()
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:

        def add(name: str, data: bytes) -> None:
            # The moment it was first given, not that of the download: the same page is the same file at every download.
            local = timezone.localtime(at)
            into.writestr(zipfile.ZipInfo(name, local.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)

        add("page.html", page.html)
        add("to-look-at.html", viewable(page)[0].encode())
        for address, name in sorted(names.items(), key=lambda pair: pair[1]):
            add(name, _kept(page, address))
        add("what-this-is.txt", _said(span, names).encode())
    return packed.getvalue()


def _said(span: Span, names: dict[str, str]) -> str:
    sighting, page = span.sighting, span.sighting.page
    until = f"{timezone.localtime(span.until):%Y-%m-%d %H:%M:%S %Z}" if span.until else "it still is"
    listed = [("page.html", page.digest), *((names[address], digest) for address, digest in sorted(page.files.items()))]
    where = "\n".join(f"{name}  {address}" for address, name in sorted(names.items()))
    return (
        f"A page of {settings.ORIGIN} as readers were given it (HTTP {page.status}).\n\n"
        f"Story {sighting.story_id}, {settings.ORIGIN}{sighting.story.path}\n"
        f"Given from {timezone.localtime(sighting.at):%Y-%m-%d %H:%M:%S %Z}, until {until}\n\n"
        "page.html holds the very bytes. to-look-at.html is the same page with its pictures and style in it and its\n"
        "scripts left out. Check the bytes with: sha256sum -c\n\n"
        f"{named(listed)}\nAddresses of the files:\n{where}\n"
    )


def _kept(page: SeenPage, address: str) -> bytes:
    with suppress(FileNotFoundError):
        return storage.seen(page.files[address]).read_bytes() if address in page.files else b""
    return b""


def _read(address: str) -> bytes | None:
    """The bytes at one of our own addresses as readers have them now.

    Raises:
        storage.Away: the store of pictures does not answer; what it holds is not lost, and is asked for again.
    """
    path = unquote(urlsplit(address).path)
    if path.startswith(settings.MEDIA_URL):
        cropping.have(path, clock=timezone.now)  # made when first asked for, and nobody may have asked
        with suppress(FileNotFoundError, IsADirectoryError, SuspiciousOperation):
            return storage.at_address(path.removeprefix(settings.MEDIA_URL)).read_bytes()
        return None
    if path.startswith(settings.STATIC_URL):
        name = path.removeprefix(settings.STATIC_URL)
        place = (Path(settings.STATIC_ROOT) / name).resolve()
        if place.is_relative_to(Path(settings.STATIC_ROOT).resolve()) and place.is_file():
            return place.read_bytes()
        return _static(name)
    return None


def _static(name: str) -> bytes | None:
    """A static file that was not collected: from where it would be collected."""
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return bytes(file.read())
    for finder in finders.get_finders():
        for path, kept in finder.list([]):
            if path == name:
                with kept.open(path) as file:
                    data = file.read()
                    return data.encode() if isinstance(data, str) else bytes(data)
    return None
