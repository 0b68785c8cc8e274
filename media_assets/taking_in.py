"""Taking a picture in from an agency: found there, downloaded, and then on the road that every upload takes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.files import File
from django.db import connection

from media_assets import categories, categorising, getty, ingest, metadata
from media_assets.models import Agency, Asset
from newsroom.accounts.models import Person

NOTE, CODE = 200, 100  # characters


def there(numbers: Iterable[str]) -> dict[str, int]:
    """Which of Getty's numbers the library has: number -> asset id. One query. Who uploaded the file counts as well."""
    rows = Asset.objects.filter(supplier_id__in=list(numbers), agency__name__iexact=getty.AGENCY).order_by("-pk")
    return dict(rows.values_list("supplier_id", "pk"))


def take(picture: getty.Picture, *, person: Person, note: str = "", code: str = "", at: datetime) -> Asset:
    """Download a picture of Getty's and take it in, credited in the desk's form of the line that Getty prescribes.

    Args:
        note, code: what is said with the download, where our agreement asks for it.

    Raises:
        ingest.Duplicate: the library has it.
        ingest.Refused: ``field`` is "note", "code" or "file".
        getty.Problem: it is not to be had now.
    """
    if picture.must_be_asked_for:
        raise getty.Problem(getty.MUST_BE_ASKED_FOR)
    with _alone(picture.id):
        if known := there([picture.id]):
            raise ingest.Duplicate(Asset.objects.get(pk=known[picture.id]))
        _check(getty.agreement(fresh=True), note=note, code=code)
        with tempfile.TemporaryFile() as file:
            getty.download(picture.id, file, note=note.strip(), code=code.strip())
            file.seek(0)
            # Its name has no ending: what it is, its bytes say.
            named = File(file, name=f"GettyImages-{picture.id}")
            asset = ingest.receive(named, person=person, at=at, supplied=_supplied(picture))
        # Downloaded under the subscription: what kind it is, nobody needs to say.
        said = " ".join(picture.restrictions)
        terms = said if len(said) <= categorising.LONGEST else f"{said[: categorising.LONGEST - 1]}…"
        facts = {categories.TERMS.name: terms}
        return categorising.categorise(asset.pk, category="subscription", facts=facts, person=person, at=at)


def _check(agreement: getty.Agreement, *, note: str, code: str) -> None:
    if agreement.asks_note and not note.strip():
        raise ingest.Refused("note", "Our agreement with Getty Images asks for a note with each download.")
    if len(note.strip()) > NOTE:
        raise ingest.Refused("note", f"Keep the note under {NOTE} characters; it has {len(note.strip())}.")
    if agreement.asks_code and not code.strip():
        raise ingest.Refused("code", "Our agreement with Getty Images asks for a project code with each download.")
    if agreement.asks_code and agreement.codes and code.strip() not in agreement.codes:
        raise ingest.Refused("code", "Choose one of the project codes of our agreement.")
    if len(code.strip()) > CODE:
        raise ingest.Refused("code", f"Keep the code under {CODE} characters; it has {len(code.strip())}.")


def _supplied(picture: getty.Picture) -> ingest.Supplied:
    agency, _ = Agency.objects.get_or_create(
        name__iexact=getty.AGENCY, defaults={"name": getty.AGENCY, "credit": getty.AGENCY}
    )
    words = {
        "creator": picture.artist,
        "copyright_notice": picture.notice,
        "headline": picture.title,
        "caption": picture.caption,
        "usage_terms": " ".join(picture.restrictions),
        "date_created": picture.created.isoformat() if picture.created else "",
    }
    said = {field: {"value": metadata.tidy(value), "from": "Getty"} for field, value in words.items() if value}
    # A search's artist may be "Anna Meyer/Stringer"; the line is what Getty wants printed.
    credit = {"value": picture.credit or getty.AGENCY, "from": "Getty"}
    return ingest.Supplied(agency=agency, number=picture.id, said=said, credit=credit)


@contextmanager
def _alone(number: str) -> Iterator[None]:
    """Hold back a second press on the same picture: each download is counted, and the first may take half a minute.

    Raises:
        getty.Problem: somebody else is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"getty:{number}"])
        if not cursor.fetchone()[0]:
            raise getty.Problem("This picture is being taken in at this moment. Look into the library in a minute.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"getty:{number}"])
