"""Reading what a picture file says of itself: XMP before IIM before EXIF, because IIM cuts texts short.

Fields and names: IPTC Photo Metadata Standard. What is read is a suggestion for a person and is kept beside their words.
Positions are not read at all.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, IptcImagePlugin

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_NAMESPACES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/rights/": "xmprights",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "core",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "ext",
    "http://xmp.gettyimages.com/gift/1.0/": "getty",
}
# field: (XMP names in lower case, the first that says something wins), IIM data set of record 2, EXIF tag
FIELDS: dict[str, tuple[tuple[str, ...], int | None, int | None]] = {
    "credit": (("photoshop:credit",), 110, None),
    "creator": (("dc:creator",), 80, 0x013B),
    "copyright_notice": (("dc:rights",), 116, 0x8298),
    "source": (("photoshop:source",), 115, None),
    "headline": (("photoshop:headline",), 105, None),
    "caption": (("dc:description",), 120, 0x010E),
    "instructions": (("photoshop:instructions",), 40, None),
    "date_created": (("photoshop:datecreated",), 55, None),
    "usage_terms": (("xmprights:usageterms",), None, None),
    "licence_page": (("xmprights:webstatement",), None, None),
    "buying_page": (("plus:licensorurl",), None, None),
    "supplier_id": (("plus:imagesupplierimageid", "getty:assetid"), None, None),
    "alternative_text": (("core:alttextaccessibility",), None, None),
    "people": (("ext:personinimage",), None, None),
    "event": (("ext:event",), None, None),
    "digital_source_type": (("ext:digitalsourcetype",), None, None),
}
_LONGEST = 4000
_PACKET = 2_000_000
_UNSAID = {"", "-", "--", "n/a", "none", "unknown", "untitled"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]+")


Said = dict[str, dict[str, str]]


def read(path: Path, picture: Image.Image) -> Said:
    """Return ``{field: {"value": words, "from": "XMP" | "IPTC" | "EXIF"}}`` for what the file says.

    Never raises: a damaged block says nothing, and the picture is still a picture.
    """
    xmp = _xmp(path, picture)
    iim = _iim(picture)
    exif = _exif(picture)
    said: Said = {}
    for field, (names, dataset, tag) in FIELDS.items():
        blocks = (
            ("XMP", next((xmp[name] for name in names if name in xmp), "")),
            ("IPTC", iim.get(dataset, "") if dataset else ""),
            ("EXIF", exif.get(tag, "") if tag else ""),
        )
        for block, value in blocks:
            if value:
                said[field] = {"value": value, "from": block}
                break
    return said


def tidy(value: str) -> str:
    """Return the words without NULs and control characters, at most 4,000 letters; "" for "-" and the like."""
    words = _CONTROL.sub(" ", value).strip()[:_LONGEST]
    return "" if words.casefold() in _UNSAID else words


def _xmp(path: Path, picture: Image.Image) -> dict[str, str]:
    """Merge all packets: agency files come with two, and the first that says something wins."""
    said: dict[str, str] = {}
    for packet in _packets(path, picture):
        try:
            root = ElementTree.fromstring(packet.strip(b"\x00 \r\n\t"), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            continue
        for name, value in _properties(root):
            if value and name not in said:
                said[name] = value
    return said


def _packets(path: Path, picture: Image.Image) -> Iterator[bytes]:
    if picture.format in ("JPEG", "MPO"):
        yield from _jpeg_packets(path)
        return
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        packet = packet.encode()
    if isinstance(packet, bytes) and len(packet) <= _PACKET:
        yield packet


def _jpeg_packets(path: Path) -> Iterator[bytes]:
    """Walk the segments before the scan: Pillow shows one packet of several."""
    name = b"http://ns.adobe.com/xap/1.0/\0"
    with path.open("rb") as file:
        file.read(2)
        while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] != 0xDA:
            body = file.read(max(0, int.from_bytes(head[2:]) - 2))
            if head[1] == 0xE1 and body.startswith(name):
                yield body[len(name) :]


def _properties(root: Element) -> Iterator[tuple[str, str]]:
    for description in root.iter(f"{RDF}Description"):
        for name, value in description.attrib.items():
            if short := _short(name):
                yield short, tidy(value)
        for child in description:
            if short := _short(child.tag):
                yield short, _words(child)
    for one in root.iter(f"{_PLUS}LicensorURL"):  # inside a list of licensors
        yield "plus:licensorurl", tidy(one.text or "")


def _short(name: str) -> str:
    """``{http://purl.org/dc/elements/1.1/}Rights`` -> ``dc:rights``: some agencies write the wrong case."""
    namespace, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    prefix = _NAMESPACES.get(namespace)
    return f"{prefix}:{local.lower()}" if prefix else ""


def _words(element: Element) -> str:
    items = list(element.iter(f"{RDF}li"))
    if not items:
        return tidy(element.text or "")
    texts = [tidy("".join(item.itertext())) for item in items]
    if _short(element.tag) == "ext:personinimage":  # "Sophie, Duchess of Edinburgh" is one name
        return "; ".join(text for text in texts if text)
    if element.find(f"{RDF}Alt") is not None:  # one text in several languages
        languages = [item.get("{http://www.w3.org/XML/1998/namespace}lang", "") for item in items]
        default = next((text for text, language in zip(texts, languages, strict=True) if language == "x-default"), "")
        return default or next((text for text in texts if text), "")
    return ", ".join(text for text in texts if text)


def _iim(picture: Image.Image) -> dict[int, str]:
    try:
        # MPO is a JPEG with a second picture behind it, and Pillow's reader knows JPEG by its class.
        sets = IptcImagePlugin.getiptcinfo(picture) or {}  # type: ignore[arg-type]
    except Exception:
        return {}
    utf8 = sets.get((1, 90)) == b"\x1b%G"
    said = {}
    for (record, dataset), raw in sets.items():
        if record == 2:
            values = raw if isinstance(raw, list) else [raw]
            texts = [tidy(_decoded(value, utf8)) for value in values if isinstance(value, bytes)]
            if words := ", ".join(text for text in texts if text):
                said[dataset] = words
    return said


def _decoded(value: bytes, utf8: bool) -> str:
    """Decode by the character set that 1:90 names, else as Latin-1, unless it is plainly UTF-8 that nobody declared."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8", errors="replace") if utf8 else value.decode("latin-1")


def _exif(picture: Image.Image) -> dict[int, str]:
    try:
        tags = picture.getexif()
    except Exception:
        return {}
    said = {}
    for tag in (0x010E, 0x013B, 0x8298):
        value = tags.get(tag)
        if isinstance(value, str):
            # Pillow reads ASCII tags as Latin-1; most software writes UTF-8 into them.
            with contextlib.suppress(UnicodeError):
                value = value.encode("latin-1").decode("utf-8")
            if words := tidy(value):
                said[tag] = words
    return said


_PHOTO_BY = re.compile(r"^\s*(?:photo(?:graph)?(?:\s+credit)?\s*(?:by|:)\s+)", re.IGNORECASE)


def house_form(credit: str, agency: str, form: str) -> tuple[str, str]:
    """Turn an agency's credit line into the desk's: ``(credit, creator)``.

    "Photo by Anna Meyer/Getty Images", "Getty Images" -> ("Getty Images", "Anna Meyer"). Without a match the line
    stays as it is, without its "Photo by".
    """
    bare = _PHOTO_BY.sub("", credit).strip()
    if not agency or agency.casefold() not in bare.casefold():
        return bare, ""
    before = re.split(
        rf"(?:\s*/\s*|\s+via\s+|\s*[-–—|]\s*)?{re.escape(agency)}", bare, maxsplit=1, flags=re.IGNORECASE
    )[0]
    return form, before.split("/")[0].strip()
