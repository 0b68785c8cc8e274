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
SOON = timedelta(seconds=30)  # where the store did not answer: nothing is wrong with the picture


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
    return wanted(asset) <= rows and _lie(asset.digest, asset.width, Format)


def _lie(digest: str, width: int, formats: Iterable[str]) -> bool:
    """Whether these files of an original ``width`` pixels wide lie at their address."""
    each = pixels.widths_of(width, renditions.WIDTHS)
    return {f"{step}.{kind}" for step in each for kind in formats} <= storage.under(digest)


def lies_open(asset: Asset) -> bool:
    """Say whether any file of it lies in the public folder."""
    return bool(storage.under(asset.digest))


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
        lies = _lie(asset.digest, asset.width, Format)
    except Exception as error:
        # Disk full, a lost original: shown on the picture's page, tried again, and no other picture waits for it.
        later = at + (SOON if isinstance(error, storage.Away) else AGAIN)
        Asset.objects.filter(pk=asset_id).update(files_due_at=later, files_error=f"{error}"[:300] or repr(error))
        raise
    rows = Rendition.objects.filter(asset=asset, digest=asset.digest).values_list("width", "format")
    named = {*rows, *((row.width, row.format) for row in made)}
    complete = lies and wanted(asset) <= named
    return _keep(asset, old, made, suggested, None if complete else at)


def _write(asset: Asset, formats: Sequence[str]) -> tuple[list[Rendition], dict[str, Any]]:
    """Write the files; and what the faces in the picture suggest as its focal point, where nobody has looked yet."""
    credit, made = renditions.credit_of(asset), []
    suggested: dict[str, Any] = {}
    with storage.original(asset.sha256, asset.original_format).opened() as original:
        for width, height, picture in pixels.cascade(original, pixels.widths_of(asset.width, renditions.WIDTHS)):
            if not asset.focus_from and not suggested and width <= faces.LONGEST and faces.installed():
                suggested = _suggestion(picture)
            for kind in formats:
                encode = getattr(pixels, _ENCODERS[Format(kind)])
                data = stamped(encode(picture), kind, credit, width=width, height=height)
                storage.write(storage.public(asset.digest, width, kind), data)
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


def recredit(asset: Asset, old_digest: str) -> bool:
    """Write the files of ``old_digest`` again with the credit that ``asset`` bears now; say whether all are there. Inside the
    change's transaction.

    The pixels stay as they are, so this takes milliseconds, and no page is without its picture in between. Where the store
    does not take them the change stands all the same, and a worker makes them.
    """
    try:
        if asset.digest != old_digest:
            _recredit(asset, old_digest)
        return present(asset)
    except OSError:
        log.exception("The files of asset %s could not be written again.", asset.pk)
        return False


def _recredit(asset: Asset, old_digest: str) -> None:
    credit, made = renditions.credit_of(asset), []
    wide = pixels.widths_of(asset.width, renditions.WIDTHS)  # and not what another recipe made besides
    for row in Rendition.objects.filter(asset=asset, digest=old_digest, width__in=wide):
        try:
            data = storage.public(old_digest, row.width, row.format).read_bytes()
        except FileNotFoundError:
            continue
        data = stamped(data, row.format, credit, width=row.width, height=row.height)
        storage.write(storage.public(asset.digest, row.width, row.format), data)
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
    for digest in {row.digest for row in asset.renditions.all()} | {asset.digest}:
        if digest == asset.digest and may_be_shown:
            storage.clear(digest, keep=[crops.part(asset, shape) for shape in crops.SHAPES.values()])
        else:
            storage.clear(digest)
    if not may_be_shown or present(asset):
        return False
    Asset.objects.filter(pk=asset_id, files_due_at=None).update(files_due_at=at)
    return True


def lying_about(asset_id: int) -> int:
    """How many files of this asset, at any address that it ever had, lie in the public folder."""
    digests = set(Rendition.objects.filter(asset=asset_id).values_list("digest", flat=True))
    return sum(len(storage.under(digest)) for digest in digests)


def make_due(*, at: datetime, limit: int = 200) -> int:
    """Make the files of every asset that is due; return how many were made.

    First what each needs to be seen at all, the longest waiting before the others, and what came in meanwhile before any
    AVIF. One picture's failure holds no other back. Any number of workers may do this at once.
    """
    due = Asset.objects.filter(files_due_at__lte=at).order_by("files_due_at")
    made, done = 0, set[tuple[int, bool]]()
    begun: dict[str, bool] = {}  # by address, whether the first files lie: asked once, for the store may be far away
    for _ in range(limit):
        waiting = list(due.values_list("pk", "digest", "width")[:limit])
        begun |= {digest: _begun(digest, width) for _, digest, width in waiting if digest not in begun}
        # What another worker took just now is not asked for twice.
        steps = [(pk, digest) for pk, digest, _ in waiting if (pk, begun[digest]) not in done]
        pk, digest = min(steps, key=lambda one: begun[one[1]], default=(0, ""))
        if not pk:
            break
        done.add((pk, begun[digest]))
        try:
            now = make(pk, at=at, formats=LATER if begun[digest] else FIRST)
        except Exception:
            log.exception("The files of asset %s could not be made.", pk)
        else:
            made += now
            begun[digest] = begun[digest] or now > 0
    return made


def _begun(digest: str, width: int) -> bool:
    try:
        return _lie(digest, width, FIRST)
    except OSError:
        return False  # making it will say what is wrong


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
        with storage.original(asset.sha256, asset.original_format).opened() as file, pixels.opened(file) as original:
            data = pixels.webp(pixels.shrunk(pixels.ready(original, width=pixels.PREVIEW), pixels.PREVIEW), quality=75)
        storage.write(place, data)
        return data
