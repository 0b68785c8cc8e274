"""An independent reader of what a picture file carries: it walks the bytes and shares no code with the product."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field


@dataclass
class Carried:
    """Everything in a file that is not the picture."""

    exif: bytes = b""
    xmp: bytes = b""
    iim: dict[int, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    tail: bytes = b""

    @property
    def exif_tags(self) -> dict[int, bytes]:
        """The tags of the first directory, and an entry per pointer to another one (GPS is 0x8825)."""
        if not self.exif:
            return {}
        order = "<" if self.exif[:2] == b"II" else ">"
        at = struct.unpack(f"{order}I", self.exif[4:8])[0]
        count = struct.unpack(f"{order}H", self.exif[at : at + 2])[0]
        tags = {}
        for number in range(count):
            entry = self.exif[at + 2 + 12 * number : at + 14 + 12 * number]
            tag, kind, length = struct.unpack(f"{order}HHI", entry[:8])
            size = length * {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}[kind]
            start = struct.unpack(f"{order}I", entry[8:12])[0]
            tags[tag] = entry[8 : 8 + size] if size <= 4 else self.exif[start : start + size]
        return tags


def carried(data: bytes) -> Carried:
    if data[4:8] == b"ftyp":
        return _avif(data)
    return _webp(data) if data[:4] == b"RIFF" else _jpeg(data)


def _avif(data: bytes) -> Carried:
    """Every item of an AVIF by its kind, at the place that the file names, and every byte that belongs to none."""
    found, claimed, at = Carried(), [], 0
    top = {}
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        top[data[at + 4 : at + 8]] = (at + 8, at + size)
        at += size
    found.others += [repr(name) for name in top if name not in (b"ftyp", b"meta", b"mdat")]
    start, end = top[b"meta"]
    inner, at = {}, start + 4
    while at < end:
        size = int.from_bytes(data[at : at + 4])
        inner[data[at + 4 : at + 8]] = data[at + 8 : at + size]
        at += size
    known = (b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"iprp")
    found.others += [repr(name) for name in inner if name not in known]
    if b"iref" in inner:
        assert inner[b"iref"][4:] == b"".join(struct.pack(">I4sHHH", 14, b"cdsc", number, 1, 1) for number in (2, 3)), (
            "EXIF and XMP are about the picture"
        )
    kinds, at = {}, 6
    while at < len(inner[b"iinf"]):
        size = int.from_bytes(inner[b"iinf"][at : at + 4])
        entry = inner[b"iinf"][at + 8 : at + size]
        kinds[int.from_bytes(entry[4:6])] = entry[8:]
        at += size
    assert int.from_bytes(inner[b"iinf"][4:6]) == len(kinds)
    places, at = inner[b"iloc"], 8
    for _ in range(int.from_bytes(places[6:8])):
        number, _, extents, where, length = struct.unpack(">HHHII", places[at : at + 14])
        at += 14
        assert extents == 1
        claimed.append((where, where + length))
        kind, body = kinds[number], data[where : where + length]
        if kind.startswith(b"Exif"):
            assert body[:4] == b"\0\0\0\0"
            found.exif = body[4:]
        elif kind.startswith(b"mime"):
            assert b"application/rdf+xml" in kind
            found.xmp = body
        elif not kind.startswith(b"av01"):
            found.others.append(repr(kind))
    start, end = top[b"mdat"]
    for where, upto in sorted(claimed):
        assert where == start, "bytes that belong to nothing"
        start = upto
    found.tail = data[start:end]
    return found


def _jpeg(data: bytes) -> Carried:
    assert data[:2] == b"\xff\xd8"
    found, at = Carried(), 2
    while data[at + 1] != 0xDA:
        assert data[at] == 0xFF
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        body = data[at + 4 : at + 2 + length]
        if marker == 0xE1 and body[:6] == b"Exif\0\0":
            found.exif = body[6:]
        elif marker == 0xE1 and body.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            found.xmp = body.split(b"\0", 1)[1]
        elif marker == 0xED:
            found.iim = _iim(body)
        elif marker == 0xFE or (0xE1 <= marker <= 0xEF):
            found.others.append(f"{marker:02x} {body[:20]!r}")
        at += 2 + length
    found.tail = data[data.rindex(b"\xff\xd9") + 2 :]
    return found


def _webp(data: bytes) -> Carried:
    found, at = Carried(), 12
    size = struct.unpack("<I", data[4:8])[0]
    while at < size + 8:
        name, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        body = data[at + 8 : at + 8 + length]
        if name == b"EXIF":
            found.exif = body
        elif name == b"XMP ":
            found.xmp = body
        elif name not in (b"VP8 ", b"VP8L", b"VP8X", b"ALPH"):
            found.others.append(repr(name))
        at += 8 + length + length % 2
    found.tail = data[size + 8 :]
    return found


def _iim(body: bytes) -> dict[int, str]:
    assert body.startswith(b"Photoshop 3.0\x008BIM\x04\x04")
    length = struct.unpack(">I", body[22:26])[0]
    data, at, sets = body[26 : 26 + length], 0, {}
    while at + 5 <= len(data):
        assert data[at] == 0x1C
        record, number, size = data[at + 1], data[at + 2], struct.unpack(">H", data[at + 3 : at + 5])[0]
        if record == 2 and number:
            sets[number] = data[at + 5 : at + 5 + size].decode("utf-8")
        at += 5 + size
    return sets
