"""The one way in for pictures: verify, hash, read, keep.

Whatever is wrong with a file is one clear sentence (``Refused``), and nothing of it is kept. The order makes a dying
process harmless: the file is whole and in its place before the row that names it is committed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from media_assets import confined, likeness, metadata, names, offering, renditions, rights, stamp, standing, storage
from media_assets.events import ASSET_ADDED
from media_assets.inspection import MAX_BYTES, Refused
from media_assets.models import Agency, Asset, Condition, Use
from media_assets.models.source_type import meant
from newsroom.accounts.models import Person
from newsroom.outbox import record
from newsroom.wording import quoted

__all__ = ["Duplicate", "Refused", "Supplied", "ingest", "receive"]


class Duplicate(Refused):
    """The library has this very file already. ``asset`` is it; offer that one."""

    def __init__(self, asset: Asset) -> None:
        super().__init__("file", f"This picture is in the library already: {quoted(asset.title)}.")
        self.asset = asset


class Upload(Protocol):
    """What is taken in: Django's ``UploadedFile``, or any open file with a name."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True, kw_only=True)
class Supplied:
    """What an agency itself says of a picture that it sends. The file's own words lie over ``said``, but not over its
    number and its credit line, which files carry cut short."""

    agency: Agency
    number: str
    said: metadata.Said
    credit: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What a person, or an agency's agreement, says once for many files."""

    credit: str = ""
    agency: Agency | None = None
    event: str = ""
    category: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A verified file, still in its temporary place."""

    path: Path
    name: str
    sha256: str
    size: int
    file_format: str
    width: int
    height: int
    said: metadata.Said
    preview: bytes
    placeholder: bytes
    hashes: list[int]


def ingest(
    file: Upload,
    *,
    person: Person,
    credit: str,
    alternative_text: str,
    caption: str = "",
    creator: str = "",
    copyright_notice: str = "",
    agency: Agency | None = None,
    ends_at: datetime | None = None,
    at: datetime | None = None,
) -> Asset:
    """Take a picture in with credit and alternative text, usable everywhere until ``ends_at`` (None: for good).

    Renditions follow in a worker. ``at`` is the moment it came in (default: now).

    Raises:
        Refused: ``field`` is "file", "credit" or "alternative_text".
        Duplicate: the library has this file.
    """
    check_words(credit=credit, alternative_text=alternative_text)
    return _take(
        file,
        person=person,
        words={
            "credit": credit.strip(),
            "alternative_text": alternative_text.strip(),
            "caption": caption.strip(),
            "creator": creator.strip(),
            "copyright_notice": copyright_notice.strip(),
        },
        agency=agency,
        allow_until=(ends_at,),
        at=at or timezone.now(),
    )


def receive(
    file: Upload,
    *,
    person: Person | None,
    at: datetime | None = None,
    supplied: Supplied | None = None,
    shared: Shared | None = None,
    batch: uuid.UUID | None = None,
) -> Asset:
    """Take a picture in whose credit and alternative text a person will fill in afterwards (``details.change``).

    Until then it is usable nowhere. What the file says of creator, copyright and caption is filled in; where the agency
    supplied it, so is the credit in the desk's form.

    Args:
        person: who brought it; None for an agency's watched folder.
        shared: what was said once for all files that came together. It lies over what the file says.
        batch: which came together.

    Raises:
        Refused, Duplicate: as ``ingest``.
    """
    agency = supplied.agency if supplied else shared.agency if shared else None
    return _take(
        file,
        person=person,
        words={
            "credit": shared.credit.strip(),
            "event": shared.event.strip(),
            "category": shared.category,
        }
        if shared
        else {},
        agency=agency,
        allow_until=(),
        at=at or timezone.now(),
        supplied=supplied,
        batch=batch,
    )


def check_words(*, credit: str, alternative_text: str) -> None:
    """Refuse a picture without credit or alternative text, whoever asks.

    Raises:
        Refused: the field and what to do.
    """
    if not credit.strip():
        raise Refused("credit", "Say whose picture it is. No picture is shown without a credit.")
    if len(credit.strip()) > 200:
        raise Refused("credit", f"Keep the credit under 200 characters; it has {len(credit.strip())}.")
    if not alternative_text.strip():
        raise Refused("alternative_text", "Describe what is to be seen, for readers who cannot see the picture.")
    if len(alternative_text.strip()) > 500:
        raise Refused("alternative_text", f"Keep it under 500 characters; it has {len(alternative_text.strip())}.")


def _take(
    file: Upload,
    *,
    person: Person | None,
    words: dict[str, str],
    agency: Agency | None,
    allow_until: tuple[datetime | None, ...],
    at: datetime,
    supplied: Supplied | None = None,
    batch: uuid.UUID | None = None,
) -> Asset:
    with storage.incoming() as (temporary, path):
        arrived = _arrive(file, temporary, path)
        found = arrived.said
        if supplied:
            number = {"value": supplied.number, "from": supplied.credit["from"]}
            found = {**supplied.said, **found, "supplier_id": number, "credit": supplied.credit}
        agency = agency or offering.agency_of(found)
        offered = offering.suggestions(found, agency)
        # What a file says of credit and alternative text is never taken over unseen: a person stands behind both. What
        # the agency prescribes is the contract's own credit.
        said = {
            "credit": offered["credit"] if supplied else "",
            "creator": offered.get("creator", ""),
            "copyright_notice": offered.get("copyright_notice", ""),
            "caption": offered.get("caption", ""),
            "event": offered.get("event", ""),
            "category": "",
            **{field: value for field, value in words.items() if value},
        }
        asset = Asset(
            sha256=arrived.sha256,
            original_name=arrived.name,
            original_format=arrived.file_format,
            original_bytes=arrived.size,
            width=arrived.width,
            height=arrived.height,
            placeholder=arrived.placeholder,
            recipe=stamp.RECIPE,
            found=found,
            agency=agency,
            supplier_id=offered.get("supplier_id", "")[:120],
            people=names.offered(offered.get("people", "")),
            licence_page=offering.address(offered.get("licence_page", "")),
            buying_page=offering.address(offered.get("buying_page", "")),
            source_type=meant(offered.get("digital_source_type", "")),
            batch=batch,
            added_by=person,
            added_at=at,
            **{field: value[: _limit(field)] for field, value in said.items()},
        )
        asset.digest = renditions.digest_of(asset.sha256, renditions.credit_of(asset))
        asset.files_due_at = at if asset.is_complete else None
        if there := Asset.objects.filter(sha256=asset.sha256).first():
            raise Duplicate(there)
        with _nothing_half(asset):
            storage.write(storage.preview(asset.sha256), arrived.preview)
            storage.move(path, storage.original(asset.sha256, asset.original_format))
            return _keep(asset, person=person, allow_until=allow_until, hashes=arrived.hashes, at=at)


@contextlib.contextmanager
def _nothing_half(asset: Asset) -> Iterator[None]:
    """Where the disk is full or the database refuses, what was stored already goes again, unless somebody else's row names
    the same bytes."""
    try:
        yield
    except Duplicate:
        raise
    except Exception:
        with contextlib.suppress(DatabaseError, OSError):
            if not Asset.objects.filter(sha256=asset.sha256).exists():
                storage.remove(storage.preview(asset.sha256))
                storage.remove(storage.original(asset.sha256, asset.original_format))
        raise


def _keep(
    asset: Asset,
    *,
    person: Person | None,
    allow_until: tuple[datetime | None, ...],
    hashes: list[int],
    at: datetime,
) -> Asset:
    try:
        with transaction.atomic():
            asset.save(force_insert=True)
            likeness.keep(asset.pk, hashes)
            if offering.must_be_asked_for(asset.found):
                rights.add(asset, person=None, condition=Condition.CALL, note=offering.ASK, at=at)
            for ends_at in allow_until:
                assert person is not None  # a right is somebody's word
                rights.add(asset, person=person, use=Use.ANY, ends_at=ends_at, note="Stated on upload", at=at)
            standing.settle([asset.pk], at=at)
            record(ASSET_ADDED, asset_id=asset.pk)
    except IntegrityError:
        # Somebody brought the same file at the same moment; both wrote the same bytes to the same place.
        if there := Asset.objects.filter(sha256=asset.sha256).first():
            raise Duplicate(there) from None
        raise
    return asset


def _limit(field: str) -> int | None:
    return getattr(Asset._meta.get_field(field), "max_length", None)


def _hashes(preview: bytes) -> list[int]:
    """What the picture looks like, of the small one that is ours already."""
    with Image.open(io.BytesIO(preview)) as small:
        return likeness.hashes_of(small)


def _arrive(file: Upload, temporary: object, path: Path) -> Arrived:
    digest, size = hashlib.sha256(), 0
    write = temporary.write  # type: ignore[attr-defined]
    for chunk in file.chunks():
        size += len(chunk)
        if size > MAX_BYTES:
            raise Refused("file", f"The file is larger than {MAX_BYTES // 1_000_000} MB. Export it smaller.")
        digest.update(chunk)
        write(chunk)
    temporary.flush()  # type: ignore[attr-defined]
    name = PurePosixPath((file.name or "picture").replace("\\", "/")).name.replace("\0", "")[-200:] or "picture"
    seen = confined.inspect(path, name=name)
    return Arrived(
        path=path,
        name=name,
        sha256=digest.hexdigest(),
        size=size,
        file_format=seen.file_format,
        width=seen.width,
        height=seen.height,
        said=seen.said,
        preview=seen.preview,
        placeholder=seen.placeholder,
        hashes=_hashes(seen.preview),
    )
