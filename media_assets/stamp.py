"""Writing the credit into finished files, and nothing else.

Works on the encoded bytes: every application segment that an encoder left is dropped, ours are put in. So a changed
credit costs no second encoding, and what a file carries is decided here alone.

Formats: JPEG (ITU-T T.81 annex B; EXIF in APP1, XMP in APP1, IPTC-IIM 4.2 in APP13), WebP (RFC 9649), AVIF (ISO/IEC
14496-12 and 23008-12: EXIF and XMP are items beside the picture), XMP part 3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

RECIPE = 2  # raise it when these bytes or the encoders' settings change: every address changes with it
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True)
class Credit:
    """What every file says: the credit line, creator and copyright notice where they are known, and by the address of
    IPTC's term what AI made or altered."""

    line: str
    creator: str = ""
    notice: str = ""
    source_type: str = ""


class NotStampable(ValueError):
    """The bytes are not what the encoders here write."""


def jpeg(data: bytes, credit: Credit) -> bytes:
    """Return a baseline or progressive JPEG with our credit in EXIF, XMP and IIM and no other metadata.

    Raises:
        NotStampable: not a JPEG.
    """
    if data[:2] != b"\xff\xd8":
        raise NotStampable("not a JPEG")
    kept, jfif = [], b""
    at = 2
    while True:
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            raise NotStampable("a JPEG segment is missing")
        marker, (length,) = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])
        segment = data[at : at + 2 + length]
        if marker == 0xDA:  # the scan: from here to the end it is the picture
            kept.append(data[at:])
            break
        if marker == 0xE0 and segment[4:9] == b"JFIF\0":
            jfif = segment
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(segment)
        at += 2 + length
    ours = (
        _segment(0xE1, b"Exif\0\0" + exif(credit))
        + _segment(0xE1, _XMP_NAME + xmp(credit))
        + _segment(0xED, _iim(credit))
    )
    return b"\xff\xd8" + jfif + ours + b"".join(kept)


def webp(data: bytes, credit: Credit, *, width: int, height: int) -> bytes:
    """Return a still WebP of ``width`` x ``height`` pixels with our credit in EXIF and XMP and no other metadata.

    Raises:
        NotStampable: not a WebP.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise NotStampable("not a WebP")
    picture, alpha = b"", 0
    at = 12
    while at + 8 <= len(data):
        name, (length,) = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])
        end = at + 8 + length + (length & 1)
        if name in (b"VP8 ", b"VP8L", b"ALPH"):
            picture += data[at:end]
            alpha |= 0x10 if name == b"ALPH" else 0
        at = end
    if not picture:
        raise NotStampable("a WebP without a picture")
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    flags = 0x08 | 0x04 | alpha  # EXIF, XMP
    body = _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size) + picture
    body += _chunk(b"EXIF", exif(credit)) + _chunk(b"XMP ", xmp(credit))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def avif(data: bytes, credit: Credit) -> bytes:
    """Return an AVIF of one opaque picture with our credit in EXIF and XMP and no other metadata.

    Raises:
        NotStampable: not such an AVIF.
    """
    boxes = dict(_boxes(data, 0, len(data)))
    if b"ftyp" not in boxes or b"meta" not in boxes or boxes[b"ftyp"][:4] not in (b"avif", b"avis"):
        raise NotStampable("not an AVIF")
    meta = boxes[b"meta"]
    parts = dict(_boxes(meta, 4, len(meta)))
    if not {b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp"} <= parts.keys():
        raise NotStampable("an AVIF without a picture")
    (number,) = struct.unpack(">H", parts[b"pitm"][4:6])
    infos = [info for _, info in _boxes(parts[b"iinf"], 6, len(parts[b"iinf"]))]
    pictures = [info for info in infos if info[8:12] == b"av01"]
    if len(pictures) != 1 or struct.unpack(">H", pictures[0][4:6])[0] != number:
        raise NotStampable("an AVIF of several pictures")
    items = [
        (number, pictures[0], _item(data, parts[b"iloc"], number)),
        (number + 1, _info(number + 1, b"Exif", b"\0"), b"\0\0\0\0" + exif(credit)),
        (number + 2, _info(number + 2, b"mime", b"\0application/rdf+xml\0"), xmp(credit)),
    ]
    about = b"".join(_box(b"cdsc", struct.pack(">HHH", item, 1, number)) for item, *_ in items[1:])

    def head(start: int) -> bytes:
        places = b""
        for item, _, body in items:
            places += struct.pack(">HHHII", item, 0, 1, start, len(body))
            start += len(body)
        inside = (
            _box(b"hdlr", parts[b"hdlr"])
            + _box(b"pitm", parts[b"pitm"])
            + _box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, len(items)) + places)
            + _box(b"iinf", struct.pack(">IH", 0, len(items)) + b"".join(_box(b"infe", info) for _, info, _ in items))
            + _box(b"iref", b"\0\0\0\0" + about)
            + _box(b"iprp", parts[b"iprp"])
        )
        return _box(b"ftyp", boxes[b"ftyp"]) + _box(b"meta", b"\0\0\0\0" + inside)

    # Places are counted from the file's beginning: its head is measured before it is written.
    return head(len(head(0)) + 8) + _box(b"mdat", b"".join(body for *_, body in items))


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        length, name = struct.unpack(">I4s", data[at : at + 8])
        if length < 8 or at + length > end:
            raise NotStampable("an AVIF that is cut off")
        yield name, data[at + 8 : at + length]
        at += length


def _item(data: bytes, places: bytes, wanted: int) -> bytes:
    """The bytes of one item, found in ``iloc``: version 0 with offsets and lengths of four bytes, as libavif writes it."""
    version, sizes, base, count = struct.unpack(">IBBH", places[:8])
    if version or sizes != 0x44 or base >> 4:
        raise NotStampable("an AVIF laid out in another way")
    at = 8
    for _ in range(count):
        number, _, extents = struct.unpack(">HHH", places[at : at + 6])
        at += 6
        spans = [struct.unpack(">II", places[at + 8 * each : at + 8 * each + 8]) for each in range(extents)]
        at += 8 * extents
        if number == wanted:
            return b"".join(data[start : start + length] for start, length in spans)
    raise NotStampable("an AVIF without its picture")


def _info(number: int, kind: bytes, rest: bytes) -> bytes:
    return struct.pack(">IHH", 2 << 24, number, 0) + kind + rest


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def xmp(credit: Credit) -> bytes:
    """Return an XMP packet with photoshop:Credit, dc:creator, dc:rights and Iptc4xmpExt:DigitalSourceType."""
    creator = (
        f"<dc:creator><rdf:Seq><rdf:li>{_xml(credit.creator)}</rdf:li></rdf:Seq></dc:creator>" if credit.creator else ""
    )
    notice = (
        f'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{_xml(credit.notice)}</rdf:li></rdf:Alt></dc:rights>'
        if credit.notice
        else ""
    )
    source = (
        '<Iptc4xmpExt:DigitalSourceType xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f"{_xml(credit.source_type)}</Iptc4xmpExt:DigitalSourceType>"
        if credit.source_type
        else ""
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<photoshop:Credit>{_xml(credit.line)}</photoshop:Credit>{creator}{notice}{source}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def exif(credit: Credit) -> bytes:
    """Return a TIFF block with Artist and Copyright. EXIF has no credit field: Copyright falls back to the credit."""
    entries = [(0x8298, credit.notice or credit.line)]
    if credit.creator:
        entries.insert(0, (0x013B, credit.creator))  # tags stand in ascending order
    head = 8 + 2 + 12 * len(entries) + 4
    table, values = b"", b""
    for tag, text in entries:
        value = text.replace("\0", "").encode() + b"\0"
        # A value of up to four bytes stands in the entry itself.
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", head + len(values))
        table += struct.pack("<HHI", tag, 2, len(value)) + place
        if len(value) > 4:
            values += value + b"\0" * (len(value) & 1)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + struct.pack("<I", 0) + values


def _iim(credit: Credit) -> bytes:
    """Return an APP13 body with byline, credit and copyright notice, in UTF-8, cut where IIM's limits are."""
    sets = b"\x1c\x01\x5a\x00\x03\x1b%G" + b"\x1c\x02\x00\x00\x02\x00\x04"
    for number, limit, text in ((80, 32, credit.creator), (110, 32, credit.line), (116, 128, credit.notice)):
        if value := text.encode()[:limit].decode(errors="ignore").encode():
            sets += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(sets)) + sets + b"\0" * (len(sets) & 1)
    return b"Photoshop 3.0\0" + resource


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def _xml(text: str) -> str:
    """Escape, and drop the control characters that no XML may hold: one would make the whole packet unreadable."""
    return escape("".join(letter for letter in text if letter >= " "))
