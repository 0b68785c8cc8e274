"""One file for each thing that agencies, cameras and programs do wrong, and what is made of it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from media_assets import dated, metadata
from media_assets.models import SourceType
from media_assets.models.source_type import meant
from tests.media_assets import quirky
from tests.media_assets.quirky import app1, exif, iim, jpeg, xmp
from tests.media_assets.test_metadata import read

ENTIRE = xmp(
    "<photoshop:Credit>Alamy</photoshop:Credit><photoshop:Source>Agency desk</photoshop:Source>"
    "<photoshop:Instructions>No tabloids</photoshop:Instructions><photoshop:Headline>A visit</photoshop:Headline>"
    "<photoshop:TransmissionReference>775811</photoshop:TransmissionReference>"
    "<photoshop:DateCreated>2025-09-11T08:15:00+01:00</photoshop:DateCreated>"
    "<dc:creator><rdf:Seq><rdf:li>Anna Meyer</rdf:li></rdf:Seq></dc:creator>"
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Alamy</rdf:li></rdf:Alt></dc:rights>'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">ALM-1</rdf:li></rdf:Alt></dc:title>'
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">A castle.</rdf:li></rdf:Alt></dc:description>'
    "<xmpRights:UsageTerms><rdf:Alt><rdf:li>Editorial only</rdf:li></rdf:Alt></xmpRights:UsageTerms>"
    "<xmpRights:WebStatement>https://alamy.example/terms</xmpRights:WebStatement>"
    '<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorURL>https://alamy.example/buy'
    "</plus:LicensorURL></rdf:li></rdf:Seq></plus:Licensor>"
    "<plus:ImageSupplierImageID>B7R42</plus:ImageSupplierImageID>"
    '<plus:DataMining rdf:resource="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/>'
    "<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li>A castle on a hill</rdf:li></rdf:Alt>"
    "</Iptc4xmpCore:AltTextAccessibility>"
    '<Iptc4xmpExt:DigitalSourceType xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'rdf:resource="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"/>'
    '<Iptc4xmpExt:PersonInImage xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><rdf:Bag>'
    "<rdf:li>Princess Anne</rdf:li><rdf:li>Zara Tindall</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>"
)


def words(data: bytes, tmp_path: Path) -> dict[str, str]:
    return {field: said["value"] for field, said in read(data, tmp_path).items()}


def test_every_field_is_read(tmp_path: Path) -> None:
    said = read(jpeg(app1(ENTIRE)), tmp_path)
    assert {each["from"] for each in said.values()} == {"XMP"}
    assert {field: each["value"] for field, each in said.items()} == {
        "credit": "Alamy",
        "source": "Agency desk",
        "instructions": "No tabloids",
        "headline": "A visit",
        "job_id": "775811",
        "date_created": "2025-09-11T08:15:00+01:00",
        "creator": "Anna Meyer",
        "copyright_notice": "© Alamy",
        "title": "ALM-1",
        "caption": "A castle.",
        "usage_terms": "Editorial only",
        "licence_page": "https://alamy.example/terms",
        "buying_page": "https://alamy.example/buy",
        "supplier_id": "B7R42",
        "data_mining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
        "alternative_text": "A castle on a hill",
        "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        "people": "Princess Anne; Zara Tindall",
    }


def test_every_field_of_iim_is_read(tmp_path: Path) -> None:
    sets = {5: b"Title", 40: b"Instructions", 55: b"20250911", 60: b"081500+0100", 80: b"Anna", 103: b"Job", 105: b"Headline",
            110: b"Credit", 115: b"Source", 116: b"Notice", 120: b"Description"}  # fmt: skip
    said = read(jpeg(iim(sets)), tmp_path)
    assert {each["from"] for each in said.values()} == {"IPTC"}
    assert said.pop("date_created")["value"] == "20250911 081500+0100"
    assert {each["value"] for each in said.values()} == {
        value.decode() for number, value in sets.items() if number not in (55, 60)
    }


LICENSORS = {
    "an attribute of a description": '<rdf:li><rdf:Description plus:LicensorURL="https://a.example/buy"/></rdf:li>',
    "an attribute of the item": '<rdf:li plus:LicensorURL="https://a.example/buy"/>',
    "a resource": '<rdf:li rdf:parseType="Resource"><plus:LicensorURL rdf:resource="https://a.example/buy"/></rdf:li>',
}


@pytest.mark.parametrize("case", LICENSORS)
def test_where_a_licensor_stands(case: str, tmp_path: Path) -> None:
    data = jpeg(app1(xmp(f"<plus:Licensor><rdf:Seq>{LICENSORS[case]}</rdf:Seq></plus:Licensor>")))
    assert words(data, tmp_path) == {"buying_page": "https://a.example/buy"}


@pytest.mark.parametrize("name", ["AssetID", "AssetId", "assetid"])
def test_gettys_number_in_any_case(name: str, tmp_path: Path) -> None:
    data = jpeg(app1(xmp(f"<GettyImagesGIFT:{name}>1442312345</GettyImagesGIFT:{name}>")))
    assert words(data, tmp_path) == {"supplier_id": "1442312345"}


def test_gettys_number_is_the_title_and_never_the_transmission_reference(tmp_path: Path) -> None:
    titled = "<dc:title><rdf:Alt><rdf:li>1442312345</rdf:li></rdf:Alt></dc:title>"
    sent = "<photoshop:TransmissionReference>775811997</photoshop:TransmissionReference>"
    theirs = "<photoshop:Credit>Photo by Anna Meyer/Getty Images</photoshop:Credit>"
    assert words(jpeg(app1(xmp(titled + sent + theirs))), tmp_path)["supplier_id"] == "1442312345"
    assert "supplier_id" not in words(jpeg(app1(xmp(sent + theirs))), tmp_path)
    assert "supplier_id" not in words(jpeg(app1(xmp(titled + sent))), tmp_path), "others number their titles too"
    named = titled.replace("1442312345", "A castle 1442312345")
    assert "supplier_id" not in words(jpeg(app1(xmp(named + theirs))), tmp_path)


def test_gettys_own_fields(tmp_path: Path) -> None:
    data = jpeg(
        app1(
            xmp(
                "",
                'GettyImagesGIFT:CallForImage="Y" GettyImagesGIFT:ExclusiveCoverage="False" GettyImagesGIFT:Personality="King Charles III"',
            )
        )
    )
    assert words(data, tmp_path) == {"call_for_image": "Y", "exclusive_coverage": "False", "people": "King Charles III"}


UNREADABLE = {
    "a NUL": b"Alamy\0",
    "a NUL by its number": b"Alamy&#0;",
    "a NUL by its number in hexadecimal": b"Alamy&#x00;",
    "a bell": b"Alamy\x07",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_no_xml_may_hold_spoils_no_packet(case: str, tmp_path: Path) -> None:
    packet = xmp(
        "<photoshop:Credit>HERE</photoshop:Credit><photoshop:Headline>A tab&#9;and a line</photoshop:Headline>"
    )
    said = words(jpeg(app1(packet.replace(b"HERE", UNREADABLE[case]))), tmp_path)
    assert said == {"credit": "Alamy", "headline": "A tab\tand a line"}


def test_a_packet_in_latin_1_that_says_it_is_utf_8(tmp_path: Path) -> None:
    packet = xmp("<photoshop:Credit>HERE</photoshop:Credit>").replace(b"\xef\xbb\xbf", b"").replace(b"HERE", b"Ren\xe9")
    assert words(jpeg(app1(packet)), tmp_path) == {"credit": "René"}


def test_what_a_picture_was_made_from_is_not_what_it_is(tmp_path: Path) -> None:
    inside = (
        '<xmpMM:DerivedFrom xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"><rdf:Description photoshop:Credit="Another’s"/>'
        "</xmpMM:DerivedFrom><photoshop:Headline>A visit</photoshop:Headline>"
    )
    assert words(jpeg(app1(xmp(inside))), tmp_path) == {"headline": "A visit"}


def test_iim_that_declares_latin_1_is_not_taken_for_utf_8(tmp_path: Path) -> None:
    segment = iim({80: "é".encode()}).replace(b"\x1b%G", b"\x1b.A")
    assert words(jpeg(segment), tmp_path) == {"creator": "Ã©"}


def test_iim_cut_through_a_letter_loses_that_letter_alone(tmp_path: Path) -> None:
    cut = "Zoë Ångström-Lindqvist/Agencé".encode()[:32]
    assert cut.endswith(b"Agenc\xc3")
    said = read(jpeg(iim({110: cut, 80: "é".encode()[:1]})), tmp_path)
    assert said["credit"] == {"value": "Zoë Ångström-Lindqvist/Agenc", "from": "IPTC", "cut": "yes"}
    assert "creator" not in said


def test_what_iim_cut_gives_way_to_the_whole_in_exif(tmp_path: Path) -> None:
    whole = "(c) 2025 " + "The Estate of Somebody with a very long name, " * 4
    data = jpeg(
        iim({116: whole.encode()[:128], 120: b"IIM's own"}),
        exif=exif(copyright_=whole, description="IIM's own and more"),
    )
    said = read(data, tmp_path)
    assert said["copyright_notice"] == {"value": whole.strip(), "from": "EXIF"}
    assert said["caption"] == {"value": "IIM's own", "from": "IPTC"}, "it was not cut: EXIF says something else"
    other = jpeg(
        iim({116: b"x" * 128}), exif=exif(copyright_="Somebody else entirely, and at greater length than IIM has" * 4)
    )
    assert read(other, tmp_path)["copyright_notice"] == {"value": "x" * 128, "from": "IPTC", "cut": "yes"}


def test_a_cameras_own_words_are_no_caption(tmp_path: Path) -> None:
    assert words(jpeg(exif=exif(description="OLYMPUS DIGITAL CAMERA         ")), tmp_path) == {}


def test_a_date_that_is_none_gives_way_to_one_that_is(tmp_path: Path) -> None:
    empty = app1(xmp("<photoshop:DateCreated>0000-00-00T00:00:00</photoshop:DateCreated>"))
    assert read(jpeg(empty, iim({55: b"20120501", 60: b"000000+0000"})), tmp_path)["date_created"] == {
        "value": "20120501 000000+0000",
        "from": "IPTC",
    }
    assert words(jpeg(empty), tmp_path) == {"date_created": "0000-00-00T00:00:00"}, "what it says is kept all the same"


def test_when_the_shutter_opened_is_read_from_exif(tmp_path: Path) -> None:
    tags = exif()
    tags.get_ifd(0x8769).update({0x9003: "2025:09:11 08:15:00", 0x9011: "+01:00"})
    said = read(jpeg(exif=tags), tmp_path)
    assert said == {"date_created": {"value": "2025:09:11 08:15:00 +01:00", "from": "EXIF"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2012-05-01T00:00:00 +00:00", "1 May 2012"),
        ("2025-09-11T08:15:00+01:00", "11 September 2025, 08:15 (UTC+1)"),
        ("2025-09-11T08:15:00.123Z", "11 September 2025, 08:15 (UTC)"),
        ("2025-09-11T08:15-03:30", "11 September 2025, 08:15 (UTC−3:30)"),
        ("2025-09-11 08:15", "11 September 2025, 08:15"),
        ("2025:09:11 08:15:00 +01:00", "11 September 2025, 08:15 (UTC+1)"),
        ("20250911 081500+0100", "11 September 2025, 08:15 (UTC+1)"),
        ("20250911", "11 September 2025"),
        ("2025-09", "September 2025"),
        ("2025", "2025"),
        ("20250900", "September 2025"),
        ("19720000", "1972"),
        ("0000:00:00 00:00:00", "0000:00:00 00:00:00"),
        ("2025-13-45", "2025-13-45"),
        ("2025-02-31", "2025-02-31"),
        ("yesterday", "yesterday"),
        ("٢٠٢٥", "٢٠٢٥"),
    ],
)
def test_dates_as_people_read_them(text: str, said: str) -> None:
    assert dated.words(text) == said


@pytest.mark.parametrize(
    ("line", "credit", "creator"),
    [
        ("Photo by Samir Hussein/WireImage/Getty Images", "Getty Images", "Samir Hussein"),
        ("Jakub Porzycki/NurPhoto via Getty Images", "Getty Images", "Jakub Porzycki"),
        ("(Photo by Anna Meyer/Getty Images)", "Getty Images", "Anna Meyer"),
        ("Photo: Anna Meyer / Getty Images", "Getty Images", "Anna Meyer"),
        ("Photograph by Anna Meyer/Getty Images for Royal Ascot", "Getty Images", "Anna Meyer"),
    ],
)
def test_an_agencys_line_in_the_desks_form(line: str, credit: str, creator: str) -> None:
    assert metadata.house_form(line, "Getty Images", "Getty Images") == (credit, creator)


@pytest.mark.parametrize(
    ("term", "what"),
    [
        ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", SourceType.AI_MADE),
        ("https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/", SourceType.AI_MADE),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia", SourceType.AI_ALTERED),
        ("compositeSynthetic", SourceType.AI_ALTERED),
        ("digitalsourcetype:digitalCapture", SourceType.PHOTOGRAPH),
        ("algorithmicMedia", SourceType.DRAWN),
        ("something else", ""),
        ("", ""),
    ],
)
def test_what_a_digital_source_type_means(term: str, what: str) -> None:
    assert meant(term) == what


def test_segments_that_lie_about_their_length_end_the_walk(tmp_path: Path) -> None:
    whole = jpeg(app1(xmp("<photoshop:Credit>Alamy</photoshop:Credit>")))
    at = whole.index(b"\xff\xe1")
    for length in (0, 1, 0xFFFF):
        broken = whole[: at + 2] + struct.pack(">H", length) + whole[at + 4 :]
        path = tmp_path / f"{length}"
        path.write_bytes(broken)
        assert (
            list(metadata._jpeg_packets(path)) in ([], [quirky.xmp("<photoshop:Credit>Alamy</photoshop:Credit>")])
            or length
        )
