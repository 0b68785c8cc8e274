"""Reading what a picture file says of itself: XMP before IIM before EXIF, because IIM cuts texts short.

Fields and names: IPTC Photo Metadata Standard. What is read is a suggestion for a person and is kept beside their words.
Positions are not read at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, IptcImagePlugin

from media_assets import dated

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_TAKEN = 0x9003  # EXIF's DateTimeOriginal, whose offset is 0x9011
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
    "title": (("dc:title",), 5, None),
    "headline": (("photoshop:headline",), 105, None),
    "caption": (("dc:description",), 120, 0x010E),
    "people": (("ext:personinimage", "getty:personality"), None, None),
    "instructions": (("photoshop:instructions",), 40, None),
    # A job's number: of whoever sent it, for this one sending. It is no number of the picture.
    "job_id": (("photoshop:transmissionreference",), 103, None),
    "date_created": (("photoshop:datecreated",), 55, _TAKEN),
    "usage_terms": (("xmprights:usageterms",), None, None),
    "licence_page": (("xmprights:webstatement",), None, None),
    "buying_page": (("plus:licensorurl",), None, None),
    "supplier_id": (("plus:imagesupplierimageid", "getty:assetid"), None, None),
    "call_for_image": (("getty:callforimage",), None, None),
    "exclusive_coverage": (("getty:exclusivecoverage",), None, None),
    "alternative_text": (("core:alttextaccessibility",), None, None),
    "event": (("ext:event",), None, None),
    "digital_source_type": (("ext:digitalsourcetype",), None, None),
    "data_mining": (("plus:datamining",), None, None),
}
# Where IIM cuts (IPTC-IIM 4.2, in bytes): a text of this length may have had an end.
_LIMITS = {5: 64, 40: 256, 80: 32, 103: 32, 105: 256, 110: 32, 115: 32, 116: 128, 120: 2000}
_LONGEST = 4000
_PACKET = 2_000_000
_CAMERAS = {"olympus digital camera", "sony dsc", "digital camera", "konica minolta digital camera"}
_UNSAID = {"", "-", "--", "n/a", "none", "null", "(null)", "unknown", "untitled"} | _CAMERAS
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]+")
# What no XML may hold, as itself or as a reference: one NUL would make a whole packet unreadable.
_UNREADABLE = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.I
)
# The main packet's word for the rest of itself, as an attribute or as an element.
_EXTENDED = re.compile(rb"HasExtendedXMP(?:\s*=\s*[\"']|[^<>]{0,200}>\s*)([0-9A-Fa-f]{32})")
_GETTY_NUMBER = re.compile(r"\d{6,12}", re.ASCII)


Said = dict[str, dict[str, str]]


def read(path: Path, picture: Image.Image) -> Said:
    """Return ``{field: {"value": words, "from": "XMP" | "IPTC" | "EXIF"}}`` for what the file says; with ``"cut": "yes"``
    where IIM had room for no more.

    Never raises: a damaged block says nothing, and the picture is still a picture.
    """
    xmp = _xmp(path, picture)
    iim, cut = _iim(picture)
    exif = _exif(picture)
    said: Said = {}
    for field, (names, dataset, tag) in FIELDS.items():
        blocks = [
            ("XMP", next((xmp[name] for name in names if name in xmp), "")),
            ("IPTC", iim.get(dataset, "") if dataset else ""),
            ("EXIF", exif.get(tag, "") if tag else ""),
        ]
        if dataset in cut and len(blocks[2][1]) > len(blocks[1][1]) and blocks[2][1].startswith(blocks[1][1][:-1]):
            del blocks[1]  # EXIF has the same words, and all of them
        if field == "date_created" and any(dated.parsed(value) for _, value in blocks):
            blocks = [(block, value) for block, value in blocks if dated.parsed(value)]
        for block, value in blocks:
            if value:
                said[field] = {"value": value, "from": block}
                if block == "IPTC" and dataset in cut:
                    said[field]["cut"] = "yes"
                break
    _number_of_getty(said)
    return said


def _number_of_getty(said: Said) -> None:
    """Getty's files carry the picture's number as their title as well, and often nowhere else."""
    title = said.get("title", {"value": "", "from": ""})
    theirs = any(
        "getty" in said[field]["value"].casefold()
        for field in ("credit", "source", "copyright_notice")
        if field in said
    )
    if "supplier_id" not in said and theirs and _GETTY_NUMBER.fullmatch(title["value"]):
        said["supplier_id"] = dict(title)


def tidy(value: str) -> str:
    """Return the words without NULs and control characters, at most 4,000 letters; "" for "-" and the like."""
    words = _CONTROL.sub(" ", value).strip()[:_LONGEST]
    return "" if words.casefold() in _UNSAID else words


def _xmp(path: Path, picture: Image.Image) -> dict[str, str]:
    """Merge all packets: agency files come with two, and the first that says something wins."""
    said: dict[str, str] = {}
    for packet in _packets(path, picture):
        root = _tree(packet)
        for name, value in _properties(root) if root is not None else ():
            if value and name not in said:
                said[name] = value
    return said


def _tree(packet: bytes) -> Element | None:
    bare = packet.strip(b"\x00 \r\n\t")
    if not bare.startswith((b"\xfe\xff", b"\xff\xfe")):
        bare = _UNREADABLE.sub(b"", bare)
        try:
            bare.decode("utf-8")
        except UnicodeDecodeError:
            bare = bare.decode("latin-1").encode()  # says that it is UTF-8, and is not
    try:
        root: Element = ElementTree.fromstring(bare, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


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
    """Walk the segments before the scan: Pillow shows one packet of several, and nothing of what found no room in it."""
    name, further = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
    named, parts = b"", dict[bytes, list[bytes]]()
    with path.open("rb") as file:
        file.read(2)
        while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] != 0xDA:
            body = file.read(max(0, int.from_bytes(head[2:]) - 2))
            if head[1] == 0xE1 and body.startswith(name):
                named += b"".join(_EXTENDED.findall(body))
                yield body[len(name) :]
            elif head[1] == 0xE1 and body.startswith(further) and len(body) > len(further) + 40:
                portion = body[len(further) :]
                parts.setdefault(portion[:32], []).append(portion[32:])
    for number, portions in parts.items():
        if number in named and (whole := _joined(number, portions)):
            yield whole


def _joined(number: bytes, portions: list[bytes]) -> bytes:
    """The rest of a packet (XMP 3, 1.1.3.1): what fits into one segment names it by its MD5. Each portion says how long the
    whole is and where in it it begins. Nothing where it is too long, has a gap or is not what was named: as an agency's own
    program takes it, no half of a text stands for it."""
    size = sum(len(portion) - 8 for portion in portions)
    if size > _PACKET or {int.from_bytes(portion[:4]) for portion in portions} != {size}:
        return b""
    whole = b"".join(portion[8:] for portion in sorted(portions, key=lambda portion: portion[4:8]))
    right = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper().encode() == number.upper()
    return whole if right else b""


def _properties(root: Element) -> Iterator[tuple[str, str]]:
    # The picture's own descriptions alone: deeper ones speak of what it was made from.
    for description in (each for rdf in root.iter(f"{RDF}RDF") for each in rdf.findall(f"{RDF}Description")):
        for name, value in description.attrib.items():
            if short := _short(name):
                yield short, tidy(value)
        for child in description:
            if short := _short(child.tag):
                yield short, _words(child)
    for one in root.iter():  # inside a list of licensors, as an element or as an attribute
        if one.tag == f"{_PLUS}LicensorURL":
            yield "plus:licensorurl", _words(one)
        elif f"{_PLUS}LicensorURL" in one.attrib:
            yield "plus:licensorurl", tidy(one.attrib[f"{_PLUS}LicensorURL"])


def _short(name: str) -> str:
    """``{http://purl.org/dc/elements/1.1/}Rights`` -> ``dc:rights``: some agencies write the wrong case."""
    namespace, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    prefix = _NAMESPACES.get(namespace)
    return f"{prefix}:{local.lower()}" if prefix else ""


def _words(element: Element) -> str:
    items = list(element.iter(f"{RDF}li"))
    if not items:
        return tidy(element.text or "") or tidy(element.get(f"{RDF}resource", ""))
    texts = [tidy("".join(item.itertext())) for item in items]
    if _short(element.tag) == "ext:personinimage":  # "Sophie, Duchess of Edinburgh" is one name
        return "; ".join(text for text in texts if text)
    if element.find(f"{RDF}Alt") is not None:  # one text in several languages
        languages = [item.get("{http://www.w3.org/XML/1998/namespace}lang", "") for item in items]
        default = next((text for text, language in zip(texts, languages, strict=True) if language == "x-default"), "")
        return default or next((text for text in texts if text), "")
    return ", ".join(text for text in texts if text)


def _iim(picture: Image.Image) -> tuple[dict[int, str], set[int]]:
    """What IIM says, and which of its data sets are as long as they can be."""
    try:
        # MPO is a JPEG with a second picture behind it, and Pillow's reader knows JPEG by its class.
        sets = IptcImagePlugin.getiptcinfo(picture) or {}  # type: ignore[arg-type]
    except Exception:
        return {}, set()
    declared = sets.get((1, 90))
    said, cut = {}, set()
    for (record, dataset), raw in sets.items():
        if record == 2:
            values = [value for value in (raw if isinstance(raw, list) else [raw]) if isinstance(value, bytes)]
            if words := ", ".join(text for value in values if (text := tidy(_decoded(value, declared)))):
                said[dataset] = words
            if any(len(value) >= _LIMITS.get(dataset, _PACKET) for value in values):
                cut.add(dataset)
    if 55 in said and 60 in said:
        said[55] = f"{said[55]} {said[60]}"
    return said, cut


def _decoded(value: bytes, declared: object) -> str:
    """Decode by the character set that 1:90 names, else as Latin-1, unless it is plainly UTF-8 that nobody declared."""
    if declared in (b"\x1b.A", b"\x1b-A"):  # ISO 8859-1, as ISO 2022 names it
        return value.decode("latin-1")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared != b"\x1b%G":
            return value.decode("latin-1")
        # IIM counts bytes, and cuts through the middle of a letter.
        return (
            value[: error.start].decode("utf-8") if error.end == len(value) else value.decode("utf-8", errors="replace")
        )


def _exif(picture: Image.Image) -> dict[int, str]:
    said = {}
    try:
        tags = picture.getexif()
        inner = tags.get_ifd(0x8769)
        texts = {tag: tags.get(tag) for tag in (0x010E, 0x013B, 0x8298)}
    except Exception:
        return {}
    texts[_TAKEN] = " ".join(each for tag in (_TAKEN, 0x9011) if isinstance(each := inner.get(tag), str))
    for tag, value in texts.items():
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
    unbracketed = credit.strip().removeprefix("(").removesuffix(")") if credit.strip().startswith("(") else credit
    bare = _PHOTO_BY.sub("", unbracketed).strip()
    if not agency or agency.casefold() not in bare.casefold():
        return bare, ""
    before = re.split(
        rf"(?:\s*/\s*|\s+via\s+|\s*[-–—|]\s*)?{re.escape(agency)}", bare, maxsplit=1, flags=re.IGNORECASE
    )[0]
    return form, before.split("/")[0].strip()
