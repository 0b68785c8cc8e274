"""Making the files that readers get, and taking them away again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from media_assets import closing, pixels, renditions, rights, stamp, storage
from media_assets.events import ASSET_CHANGED
from media_assets.models import Asset, Rendition
from newsroom.outbox import record

log = logging.getLogger(__name__)

Format = Rendition.Format
LEASE = timedelta(minutes=2)  # a killed worker's picture is taken up again after this
AGAIN = timedelta(minutes=5)


def stamped(data: bytes, file_format: str, credit: stamp.Credit, *, width: int, height: int) -> bytes:
    """Return an encoded file with ``credit`` inside and no other metadata."""
    if file_format == Format.JPEG:
        return stamp.jpeg(data, credit)
    return stamp.webp(data, credit, width=width, height=height)


def wanted(asset: Asset) -> set[tuple[int, str]]:
    """The files that this asset should have, as (width, format)."""
    return {(width, kind) for width in pixels.widths_of(asset.width, renditions.WIDTHS) for kind in Format}


def shown(asset: Asset, at: datetime) -> bool:
    """Whether the file addresses of the asset answer readers at ``at``: what the public folder follows."""
    return rights.usable_anywhere(asset, at) and not closing.closed([asset.pk], at)


def present(asset: Asset) -> bool:
    """Say whether all its files lie at its present address and are named in the database."""
    rows = {(row.width, row.format) for row in renditions.current(asset)}
    return wanted(asset) <= rows and all(storage.public(asset.digest, *address).exists() for address in wanted(asset))


def make(asset_id: int, *, at: datetime) -> int:
    """Make the files of an asset that is due, and return how many were made (0: not due, or another worker has it).

    Under a second of one core for 24 megapixels. A failure is written beside the asset and tried again later.
    """
    due = Asset.objects.filter(pk=asset_id, files_due_at__lte=at)
    if not due.update(files_due_at=at + LEASE):
        return 0
    asset = Asset.objects.get(pk=asset_id)
    if not shown(asset, at):
        # Nothing may lie in the public folder that may not be shown. What allows it again makes it due again.
        Asset.objects.filter(pk=asset_id, version=asset.version).update(files_due_at=None)
        return 0
    try:
        made = _write(asset)
    except Exception as error:
        # Disk full, a lost original: shown on the picture's page, tried again, and no other picture waits for it.
        Asset.objects.filter(pk=asset_id).update(files_due_at=at + AGAIN, files_error=f"{error}"[:300] or repr(error))
        raise
    return _keep(asset, made)


def _write(asset: Asset) -> list[Rendition]:
    credit, made = renditions.credit_of(asset), []
    original = storage.original(asset.sha256, asset.original_format)
    for width, height, picture in pixels.cascade(original, pixels.widths_of(asset.width, renditions.WIDTHS)):
        for kind, encode in ((Format.WEBP, pixels.webp), (Format.JPEG, pixels.jpeg)):
            data = stamped(encode(picture), kind, credit, width=width, height=height)
            storage.write_public(storage.public(asset.digest, width, kind), data)
            made.append(_row(asset, width=width, height=height, kind=kind, data=data))
    return made


def _row(asset: Asset, *, width: int, height: int, kind: str, data: bytes) -> Rendition:
    return Rendition(asset=asset, digest=asset.digest, format=kind, width=width, height=height, bytes=len(data))


def _keep(asset: Asset, made: list[Rendition]) -> int:
    """Name the written files in the database, unless the credit was changed while they were made."""
    with transaction.atomic():
        # This row's lock is what a change of credit waits for: it cannot slip in between.
        if not Asset.objects.filter(pk=asset.pk, digest=asset.digest).update(files_due_at=None, files_error=""):
            _remove(made)
            return 0  # the change made the asset due again
        Rendition.objects.bulk_create(made, ignore_conflicts=True)
        # Pages that kept its place empty are drawn again, and rights that ended meanwhile take the files away again.
        record(ASSET_CHANGED, asset_id=asset.pk)
    return len(made)


def _remove(rows: list[Rendition]) -> None:
    for row in rows:
        storage.remove(storage.public(row.digest, row.width, row.format))


def recredit(asset: Asset, old_digest: str) -> None:
    """Write the files of ``old_digest`` again with the credit that ``asset`` bears now. Inside the change's transaction.

    The pixels stay as they are, so this takes milliseconds, and no page is without its picture in between.
    """
    credit, made = renditions.credit_of(asset), []
    for row in Rendition.objects.filter(asset=asset, digest=old_digest):
        try:
            data = storage.public(old_digest, row.width, row.format).read_bytes()
        except FileNotFoundError:
            continue
        data = stamped(data, row.format, credit, width=row.width, height=row.height)
        storage.write_public(storage.public(asset.digest, row.width, row.format), data)
        made.append(_row(asset, width=row.width, height=row.height, kind=row.format, data=data))
    Rendition.objects.bulk_create(made, ignore_conflicts=True)


def settle(asset_id: int, *, at: datetime) -> bool:
    """Bring the public folder in line with credit and rights; return whether files are to be made.

    Rows stay when their files go, so that the addresses can say what became of them.
    """
    asset = Asset.objects.filter(pk=asset_id).prefetch_related("rights", "renditions").first()
    if asset is None:
        return False
    may_be_shown = shown(asset, at)
    _remove([row for row in asset.renditions.all() if row.digest != asset.digest or not may_be_shown])
    if not may_be_shown or present(asset):
        return False
    Asset.objects.filter(pk=asset_id, files_due_at=None).update(files_due_at=at)
    return True


def lying_about(asset_id: int) -> int:
    """How many files of this asset, at any address that it ever had, lie in the public folder."""
    rows = Rendition.objects.filter(asset=asset_id)
    return sum(storage.public(row.digest, row.width, row.format).exists() for row in rows)


def make_due(*, at: datetime, limit: int = 200) -> int:
    """Make the files of every asset that is due, the longest waiting first; return how many files were made.

    One picture's failure holds no other back. Any number of workers may do this at once.
    """
    rows = Asset.objects.filter(files_due_at__lte=at).order_by("files_due_at")
    made = 0
    for asset_id in list(rows.values_list("pk", flat=True)[:limit]):
        try:
            made += make(asset_id, at=at)
        except Exception:
            log.exception("The files of asset %s could not be made.", asset_id)
    return made


def preview(asset: Asset) -> bytes:
    """Return the desk's small WebP, made again from the original where it is lost.

    Raises:
        FileNotFoundError: the original is lost too.
    """
    place = storage.preview(asset.sha256)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        with pixels.opened(storage.original(asset.sha256, asset.original_format)) as original:
            data = pixels.webp(pixels.shrunk(pixels.ready(original, width=pixels.PREVIEW), pixels.PREVIEW), quality=75)
        storage.write(place, data)
        return data
