"""Making the files that readers get, and taking them away again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from PIL import Image

from media_assets import closing, crops, faces, pixels, renditions, rights, stamp, storage
from media_assets.events import ASSET_CHANGED
from media_assets.models import Asset, FocusFrom, Rendition
from newsroom.outbox import record

log = logging.getLogger(__name__)

Format = Rendition.Format
FIRST = (Format.WEBP, Format.JPEG)  # what a breaking story waits for
LATER = (Format.AVIF,)  # smaller still, and longer in the making than both
_ENCODERS = {Format.WEBP: "webp", Format.JPEG: "jpeg", Format.AVIF: "avif"}
LEASE = timedelta(minutes=2)  # a killed worker's picture is taken up again after this
AGAIN = timedelta(minutes=5)


def stamped(data: bytes, file_format: str, credit: stamp.Credit, *, width: int, height: int) -> bytes:
    """Return an encoded file with ``credit`` inside and no other metadata."""
    if file_format == Format.JPEG:
        return stamp.jpeg(data, credit)
    if file_format == Format.AVIF:
        return stamp.avif(data, credit)
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


def _lie(digest: str, width: int, formats: Iterable[str]) -> bool:
    """Whether these files of an original ``width`` pixels wide lie at their address."""
    each = pixels.widths_of(width, renditions.WIDTHS)
    return all(storage.public(digest, step, kind).exists() for step in each for kind in formats)


def lies_open(asset: Asset) -> bool:
    """Say whether any file of it lies in the public folder."""
    return storage.holds(asset.digest)


def make(asset_id: int, *, at: datetime, formats: Sequence[str] = (*FIRST, *LATER)) -> int:
    """Make the files of an asset that is due, and return how many were made (0: not due, or another worker has it).

    With some of the ``formats`` it stays due for the rest. A failure is written beside the asset and tried again later.
    """
    due = Asset.objects.filter(pk=asset_id, files_due_at__lte=at)
    if not due.update(files_due_at=at + LEASE):
        return 0
    asset = Asset.objects.get(pk=asset_id)
    old = asset.digest
    asset.digest = renditions.digest_of(asset.sha256, renditions.credit_of(asset))  # another, where the recipe is
    if not shown(asset, at):
        # Nothing may lie in the public folder that may not be shown. What allows it again makes it due again.
        Asset.objects.filter(pk=asset_id, version=asset.version).update(
            files_due_at=None, digest=asset.digest, recipe=stamp.RECIPE
        )
        return 0
    try:
        made, suggested = _write(asset, formats)
    except Exception as error:
        # Disk full, a lost original: shown on the picture's page, tried again, and no other picture waits for it.
        Asset.objects.filter(pk=asset_id).update(files_due_at=at + AGAIN, files_error=f"{error}"[:300] or repr(error))
        raise
    rows = Rendition.objects.filter(asset=asset, digest=asset.digest).values_list("width", "format")
    named = {*rows, *((row.width, row.format) for row in made)}
    complete = wanted(asset) <= named and _lie(asset.digest, asset.width, Format)
    return _keep(asset, old, made, suggested, None if complete else at)


def _write(asset: Asset, formats: Sequence[str]) -> tuple[list[Rendition], dict[str, Any]]:
    """Write the files; and what the faces in the picture suggest as its focal point, where nobody has looked yet."""
    credit, made = renditions.credit_of(asset), []
    suggested: dict[str, Any] = {}
    original = storage.original(asset.sha256, asset.original_format)
    for width, height, picture in pixels.cascade(original, pixels.widths_of(asset.width, renditions.WIDTHS)):
        if not asset.focus_from and not suggested and width <= faces.LONGEST and faces.installed():
            suggested = _suggestion(picture)
        for kind in formats:
            encode = getattr(pixels, _ENCODERS[Format(kind)])
            data = stamped(encode(picture), kind, credit, width=width, height=height)
            storage.write_public(storage.public(asset.digest, width, kind), data)
            made.append(_row(asset, width=width, height=height, kind=kind, data=data))
    return made, suggested


def _suggestion(picture: Image.Image) -> dict[str, Any]:
    if (point := faces.point(picture)) is None:
        return {"focus_from": FocusFrom.NOBODY}
    return {"focus_x": point[0], "focus_y": point[1], "focus_from": FocusFrom.FACES}


def _row(asset: Asset, *, width: int, height: int, kind: str, data: bytes) -> Rendition:
    return Rendition(asset=asset, digest=asset.digest, format=kind, width=width, height=height, bytes=len(data))


def _keep(asset: Asset, old: str, made: list[Rendition], suggested: dict[str, Any], due: datetime | None) -> int:
    """Name the written files in the database, unless the credit was changed while they were made."""
    with transaction.atomic():
        # This row's lock is what a change of credit waits for: it cannot slip in between.
        kept = Asset.objects.filter(pk=asset.pk, digest=old)
        if not kept.update(files_due_at=due, files_error="", digest=asset.digest, recipe=stamp.RECIPE):
            _remove(made)
            return 0  # the change made the asset due again
        if suggested:
            # Not over what a person said meanwhile.
            Asset.objects.filter(pk=asset.pk, focus_from="").update(**suggested)
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
    wide = pixels.widths_of(asset.width, renditions.WIDTHS)  # and not what another recipe made besides
    for row in Rendition.objects.filter(asset=asset, digest=old_digest, width__in=wide):
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
    for digest in {row.digest for row in asset.renditions.all()} | {asset.digest}:
        parts = [crops.part(asset, shape) for shape in crops.SHAPES.values()] if digest == asset.digest else []
        storage.remove_crops(digest, keep=parts if may_be_shown else ())
    if not may_be_shown or present(asset):
        return False
    Asset.objects.filter(pk=asset_id, files_due_at=None).update(files_due_at=at)
    return True


def lying_about(asset_id: int) -> int:
    """How many files of this asset, at any address that it ever had, lie in the public folder."""
    rows = Rendition.objects.filter(asset=asset_id)
    return sum(storage.public(row.digest, row.width, row.format).exists() for row in rows)


def make_due(*, at: datetime, limit: int = 200) -> int:
    """Make the files of every asset that is due; return how many were made.

    First what each needs to be seen at all, the longest waiting before the others, and what came in meanwhile before any
    AVIF. One picture's failure holds no other back. Any number of workers may do this at once.
    """
    due = Asset.objects.filter(files_due_at__lte=at).order_by("files_due_at")
    made, done = 0, set[tuple[int, bool]]()
    for _ in range(limit):
        waiting = [
            (pk, _lie(digest, width, FIRST)) for pk, digest, width in due.values_list("pk", "digest", "width")[:limit]
        ]
        # What another worker took just now is not asked for twice.
        step = min((one for one in waiting if one not in done), key=lambda one: one[1], default=None)
        if step is None:
            break
        done.add(step)
        try:
            made += make(step[0], at=at, formats=LATER if step[1] else FIRST)
        except Exception:
            log.exception("The files of asset %s could not be made.", step[0])
    return made


def renew(*, at: datetime, limit: int = 5) -> int:
    """Make a few pictures anew whose files are of an older recipe, the newest first; return how many are due for it. Until a
    picture's turn comes its old files stay, and afterwards their addresses lead to the new ones."""
    older = Asset.objects.filter(recipe__lt=stamp.RECIPE, files_due_at=None).exclude(credit="")
    newest = list(older.order_by("-pk").values_list("pk", flat=True)[:limit])
    Asset.objects.filter(pk__in=newest, files_due_at=None).update(files_due_at=at)
    return len(newest)


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
