"""Agencies' watched folders: what lies in ``PICTURE_FEEDS_ROOT/<agency>/`` is taken in by itself.

The folder's name is the agency's, in small letters with hyphens ("getty-images"). A file is left alone until a later look
finds it unchanged, because an agency's transfer may take minutes. What became of it is written down first and the file
moved aside afterwards, into ``taken`` or ``refused`` (with a line beside it that says why): a process that dies in between
leaves a file whose answer is known, and the next look only moves it. The picture itself is in the library once, because
its hash is: a process that dies between the two is told so by the library.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import connection
from django.utils.text import slugify

from media_assets import alike, ingest, library, likeness
from media_assets.models import Agency, Asset, FeedFile

log = logging.getLogger(__name__)

STILL = timedelta(seconds=10)  # for how long a file must not have changed
AT_ONCE = 100  # files of one look
SECONDS = 45  # and no look goes on for longer: the next one is due
ASIDE = ("taken", "refused")
KEPT = timedelta(days=90)  # what became of a file is shown for so long


@dataclass(frozen=True)
class Found:
    """One file that lies in a folder: which state of it."""

    path: Path
    folder: str
    name: str
    size: int
    changed: int


def root() -> Path | None:
    """The folder of all feeds; None: there are none."""
    return settings.PICTURE_FEEDS_ROOT


def folders() -> list[str]:
    """The folders that are there, by name."""
    place = root()
    if place is None or not place.is_dir():
        return []
    return sorted(one.name for one in os.scandir(place) if one.is_dir(follow_symlinks=False) and one.name[0] != ".")


def agencies() -> dict[str, Agency]:
    """Folder's name -> the agency whose feed it is."""
    return {slugify(agency.name)[:120]: agency for agency in Agency.objects.all()}


def sweep(*, at: datetime) -> int:
    """Look into every folder once and take in what has arrived; return how many files were settled. One look at a time."""
    if root() is None:
        return 0
    with _alone() as mine:
        return _sweep(at) if mine else 0


def _sweep(at: datetime) -> int:
    known, settled, began = agencies(), 0, time.monotonic()
    for folder in folders():
        agency = known.get(folder)
        if agency is None:
            continue
        for found in lying(folder):
            if settled >= AT_ONCE or time.monotonic() - began > SECONDS:
                return settled
            settled += _file(found, agency, at)
    # A file that went away before it was whole, or that grew on, is not awaited any longer.
    FeedFile.objects.filter(state=FeedFile.State.ARRIVING, seen_at__lt=at - timedelta(days=1)).delete()
    FeedFile.objects.filter(settled_at__lt=at - KEPT).delete()
    return settled


def lying(folder: str) -> Iterator[Found]:
    """The files of a folder, the oldest first. Hidden ones are another's transfer under way; links lead elsewhere."""
    place = root()
    if place is None:
        return
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(place / folder) as entries:
        for one in entries:
            with contextlib.suppress(FileNotFoundError):
                facts = one.stat(follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode) and not one.name.startswith("."):
                    found.append(Found(Path(one.path), folder, one.name, facts.st_size, facts.st_mtime_ns))
    yield from sorted(found, key=lambda one: (one.changed, one.name))


def _file(found: Found, agency: Agency, at: datetime) -> bool:
    """Take one file a step further; True when it is settled and out of the way."""
    which = {"folder": found.folder, "name": _told(found.name), "size": found.size, "changed": found.changed}
    row, new = FeedFile.objects.get_or_create(**which, defaults={"seen_at": at})
    if row.state == FeedFile.State.ARRIVING:
        if new or row.seen_at > at - STILL:
            return False
        try:
            _take(row, found, agency, at)
        except OSError as error:  # no right to read it, a full disk: the next look tries again
            row.message = f"It could not be read or stored ({error.strerror or error}). It is tried again."[:400]
            row.save(update_fields=["message"])
            return False
    try:
        _aside(row, found)
    except OSError:
        log.exception("A file of a feed could not be moved aside: %s", found.path)
        return False
    return True


def _take(row: FeedFile, found: Found, agency: Agency, at: datetime) -> None:
    asset: Asset | None = None
    state, message = FeedFile.State.TAKEN, ""
    try:
        with found.path.open("rb") as opened:
            shared = ingest.Shared(agency=agency)
            asset = ingest.receive(File(opened, name=found.name), person=None, at=at, shared=shared)
    except ingest.Duplicate as duplicate:
        # Also what a process that died before it could write this down had taken in already.
        asset = duplicate.asset
        known = library.load([asset.pk])[asset.pk]
        message = f"It is in the library already. {alike.standing(known, at)}"
    except ingest.Refused as refused:
        state, message = FeedFile.State.REFUSED, refused.message
    else:
        likeness.look(asset.pk, at=at)
        if twins := alike.of([asset.pk], at=at)[asset.pk]:
            message = f"It looks like a picture that is here already. {twins[0].said}"
    row.state, row.asset, row.message, row.settled_at = state, asset, message[:400], at
    row.save(update_fields=["state", "asset", "message", "settled_at"])


def _aside(row: FeedFile, found: Found) -> None:
    """Move a settled file out of the way. Nothing that lies there is written over: the agency may send a name again."""
    place = found.path.parent / row.state
    place.mkdir(exist_ok=True)
    to = place / found.name
    if to.exists():
        to = place / f"{row.pk}-{found.name}"[-250:]
    if row.message:  # before the file: whoever finds it there finds out why
        line = place / f"{to.name[:240]}.txt"
        line.write_text(f"{row.message}\n", encoding="utf-8")
    with contextlib.suppress(FileNotFoundError):
        found.path.replace(to)


def _told(name: str) -> str:
    """The name as PostgreSQL can keep it: a file's name may be any bytes."""
    return name.encode("utf-8", "backslashreplace").decode()[:255]


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Hold back a second look: both would read the same file. PostgreSQL lets go of it with a process that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('media_assets.feeds', 0))")
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended('media_assets.feeds', 0))")
