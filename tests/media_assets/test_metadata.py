"""What files say of themselves: XMP before IIM before EXIF, with the quirks that agencies' files have."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from media_assets import metadata
from tests.factories.media_assets import drawing
from tests.media_assets import quirky


def read(data: bytes, tmp_path: Path) -> metadata.Said:
    path = tmp_path / "picture"
    path.write_bytes(data)
    with Image.open(path) as picture:
        return metadata.read(path, picture)


def test_xmp_before_iim_before_exif(tmp_path: Path) -> None:
    data = quirky.jpeg(
        quirky.app1(quirky.xmp("", 'photoshop:Credit="From XMP"')),
        quirky.iim({110: b"From IPTC", 80: b"Byline from IPTC"}),
        exif=quirky.exif(artist="Artist from EXIF", copyright_="Notice from EXIF"),
    )
    assert read(data, tmp_path) == {
        "credit": {"value": "From XMP", "from": "XMP"},
        "creator": {"value": "Byline from IPTC", "from": "IPTC"},
        "copyright_notice": {"value": "Notice from EXIF", "from": "EXIF"},
    }


def test_two_packets_are_merged_and_the_first_wins(tmp_path: Path) -> None:
    data = quirky.jpeg(
        quirky.app1(quirky.xmp("<photoshop:Credit>-</photoshop:Credit><photoshop:Headline>First</photoshop:Headline>")),
        quirky.app1(
            quirky.xmp("<photoshop:Credit>Second</photoshop:Credit><photoshop:Headline>No</photoshop:Headline>")
        ),
    )
    said = read(data, tmp_path)
    assert (said["credit"]["value"], said["headline"]["value"]) == ("Second", "First")


def test_lists_languages_and_the_wrong_case(tmp_path: Path) -> None:
    packet = quirky.xmp(
        "<dc:creator><rdf:Seq><rdf:li>Anna Meyer</rdf:li><rdf:li>Tom Ashby</rdf:li></rdf:Seq></dc:creator>"
        '<dc:Rights><rdf:Alt><rdf:li xml:lang="de">Rechte</rdf:li><rdf:li xml:lang="x-default">Rights</rdf:li>'
        "</rdf:Alt></dc:Rights>"
        "<GettyImagesGIFT:AssetId>1234567</GettyImagesGIFT:AssetId>"
    )
    said = read(quirky.jpeg(quirky.app1(packet)), tmp_path)
    assert said["creator"]["value"] == "Anna Meyer, Tom Ashby"
    assert said["copyright_notice"]["value"] == "Rights"
    assert said["supplier_id"]["value"] == "1234567"


@pytest.mark.parametrize("unsaid", ["-", "", "  ", "N/A", "\0\0"])
def test_what_says_nothing_is_nothing(unsaid: str, tmp_path: Path) -> None:
    assert read(quirky.jpeg(quirky.iim({110: unsaid.encode()})), tmp_path) == {}


def test_iim_in_latin_1_in_declared_and_in_undeclared_utf8(tmp_path: Path) -> None:
    for value, utf8 in ((b"Ren\xe9", False), ("René".encode(), True), ("René".encode(), False)):
        said = read(quirky.jpeg(quirky.iim({80: value}, utf8=utf8)), tmp_path)
        assert said["creator"]["value"] == "René", (value, utf8)


@pytest.mark.parametrize("value", ["René".encode(), b"Ren\xe9"])
def test_exif_in_utf8_and_in_latin_1(value: bytes, tmp_path: Path) -> None:
    assert read(quirky.jpeg(exif=quirky.raw_exif(0x013B, value)), tmp_path)["creator"]["value"] == "René"


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_xmp_of_other_formats(file_format: str, tmp_path: Path) -> None:
    packet = quirky.xmp("<photoshop:Credit>Getty Images</photoshop:Credit>")
    out = io.BytesIO()
    if file_format == "PNG":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode())
        drawing(64, 40).save(out, "PNG", pnginfo=info)
    elif file_format == "TIFF":
        drawing(64, 40).save(out, "TIFF", tiffinfo={700: packet})
    else:
        drawing(64, 40).save(out, file_format, xmp=packet)
    assert read(out.getvalue(), tmp_path)["credit"] == {"value": "Getty Images", "from": "XMP"}


def test_positions_are_not_read(tmp_path: Path) -> None:
    data = quirky.jpeg(
        quirky.app1(quirky.xmp("<exif:GPSLatitude>51,29.03N</exif:GPSLatitude>")),
        exif=quirky.exif(gps=True, artist="Anna Meyer"),
    )
    said = read(data, tmp_path)
    assert set(said) == {"creator"}


HOSTILE = {
    "not XML": b"<rdf:RDF",
    "entities": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "a file from outside": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "another character set": b'<?xml version="1.0" encoding="utf-99"?><a/>',
    "nothing": b"",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_damaged_or_hostile_packet_says_nothing(case: str, tmp_path: Path) -> None:
    data = quirky.jpeg(quirky.app1(HOSTILE[case]), exif=quirky.exif(artist="Anna Meyer"))
    assert read(data, tmp_path) == {"creator": {"value": "Anna Meyer", "from": "EXIF"}}


def test_damaged_iim_says_nothing(tmp_path: Path) -> None:
    whole = quirky.iim({110: b"Getty Images", 80: b"Anna"})
    broken = whole[:4] + whole[4:].replace(b"\x1c\x02\x50\x00\x04", b"\x1c\x02\x50\xff\xff")
    read(quirky.jpeg(broken), tmp_path)  # whatever it says, it must not raise


@pytest.mark.parametrize(
    ("line", "credit", "creator"),
    [
        ("Getty Images", "Getty Images", ""),
        ("Photo by Anna Meyer/Getty Images", "Getty Images", "Anna Meyer"),
        ("Anna Meyer / Getty Images", "Getty Images", "Anna Meyer"),
        ("UK Press Pool/Tim Rooke via Getty Images", "Getty Images", "UK Press Pool"),
        ("WPA Pool via Getty Images", "Getty Images", "WPA Pool"),
        ("GETTY IMAGES", "Getty Images", ""),
        ("Photo by Anna Meyer", "Anna Meyer", ""),
        ("Alamy", "Alamy", ""),
        ("", "", ""),
    ],
)
def test_house_form(line: str, credit: str, creator: str) -> None:
    assert metadata.house_form(line, "Getty Images", "Getty Images") == (credit, creator)
