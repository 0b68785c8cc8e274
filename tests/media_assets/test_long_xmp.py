"""XMP that found no room in one segment of a JPEG is read whole, and only where it is what the first part names."""

from __future__ import annotations

import hashlib
import io
import random
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from media_assets import metadata, offering
from media_assets.models import Asset
from tests.media_assets import quirky
from tests.media_assets.test_ingest import take

CAPTION = "The gates open. " * 200
LONG = quirky.xmp(
    f"<dc:description>{CAPTION}</dc:description><photoshop:Instructions>Not in print</photoshop:Instructions>"
    f"<photoshop:History>{'x' * 150_000}</photoshop:History>"
)
GUID = hashlib.md5(LONG, usedforsecurity=False).hexdigest().upper().encode()
ROOM = 65_000


def main(
    guid: bytes = GUID, *, element: bool = False, inside: str = "<photoshop:Credit>Getty Images</photoshop:Credit>"
) -> bytes:
    """The first segment, which names the rest."""
    note = "http://ns.adobe.com/xmp/note/"
    if element:
        return quirky.app1(quirky.xmp(f'{inside}<n:HasExtendedXMP xmlns:n="{note}">{guid.decode()}</n:HasExtendedXMP>'))
    return quirky.app1(quirky.xmp(inside, f'xmlns:xmpNote="{note}" xmpNote:HasExtendedXMP="{guid.decode()}"'))


def portion(data: bytes, begins: int, *, guid: bytes = GUID, length: int = len(LONG)) -> bytes:
    body = b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", length, begins) + data
    return struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body


def portions(whole: bytes = LONG, **facts: Any) -> list[bytes]:
    return [portion(whole[at : at + ROOM], at, **facts) for at in range(0, len(whole), ROOM)]


def read(tmp_path: Path, *segments: bytes) -> metadata.Said:
    path = tmp_path / "a.jpg"
    path.write_bytes(quirky.jpeg(*segments))
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        return metadata.read(path, picture)


@pytest.mark.parametrize("element", [False, True])
def test_it_is_read_in_whatever_order_its_parts_come(tmp_path: Path, element: bool) -> None:
    parts = portions()
    assert len(parts) == 3
    random.Random(1).shuffle(parts)
    said = read(tmp_path, parts[0], main(element=element), *parts[1:])
    assert said["credit"]["value"] == "Getty Images"
    assert said["caption"] == {"value": CAPTION.strip()[:4000], "from": "XMP"}
    assert said["instructions"]["value"] == "Not in print"


def test_what_the_first_part_says_lies_over_the_rest(tmp_path: Path) -> None:
    said = read(tmp_path, main(inside="<photoshop:Instructions>Embargoed</photoshop:Instructions>"), *portions())
    assert said["instructions"]["value"] == "Embargoed"
    assert "caption" in said


OTHER = b"F" * 32
ENDLESS = quirky.xmp(
    f"<dc:description>{CAPTION}</dc:description><photoshop:History>{'x' * 2_100_000}</photoshop:History>"
)
OF_IT = hashlib.md5(ENDLESS, usedforsecurity=False).hexdigest().upper().encode()
WRONG = {
    "a part is missing": [main(), *portions()[:-1]],
    "a part comes twice": [main(), *portions(), portions()[1]],
    "nobody named it": [quirky.app1(quirky.xmp("")), *portions()],
    "another was named": [main(OTHER), *portions()],
    "it is not what was named": [main(OTHER), *portions(guid=OTHER)],
    "it says that it is longer": [main(), *portions(length=len(LONG) + 5)],
    "it says that it is shorter": [main(), *portions(length=70_000)],
    "its parts differ in that": [main(), portions()[0], *portions(length=9)[1:]],
    "it says that it is enormous": [main(), *portions(length=4_000_000_000)],
    "it is longer than we read": [main(OF_IT), *portions(ENDLESS, guid=OF_IT, length=len(ENDLESS))],
    "it is cut off in its head": [main(), portion(b"", 0)[:60]],
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_it_says_nothing_and_the_picture_is_one_all_the_same(tmp_path: Path, case: str) -> None:
    segments = WRONG[case]
    said = read(
        tmp_path, *segments[:-1], segments[-1][:2] + struct.pack(">H", len(segments[-1]) - 2) + segments[-1][4:]
    )
    assert "caption" not in said
    assert said.get("credit", {"value": "Getty Images"})["value"] == "Getty Images"


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "asks"), [("True", True), ("yes", True), ("False", False), ("-", False), ("", False)])
def test_call_for_image_in_a_file_is_a_condition_of_its_use(word: str, asks: bool) -> None:
    from media_assets import rights
    from media_assets.models import Use

    inside = f"<GettyImagesGIFT:CallForImage>{word}</GettyImagesGIFT:CallForImage>"
    asset = take(quirky.jpeg(quirky.app1(quirky.xmp(inside))))
    found = rights.usability(Asset.objects.get(pk=asset.pk), Use.WEB, asset.added_at)
    assert ("call-for-image" in found.names) is asks
    row = asset.rights.filter(condition="call").first()
    assert (row is not None) is asks
    if row is not None:
        assert (row.added_by, row.allowed, row.note) == (None, False, offering.ASK)
        assert offering.ASK in found.sentence
