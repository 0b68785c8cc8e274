"""Picture files as agencies and cameras really send them, made here."""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import Image

from tests.factories.media_assets import drawing, picture_bytes

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:GettyImagesGIFT="http://xmp.gettyimages.com/gift/1.0/" '
    'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
)


def xmp(inside: str, attributes: str = "") -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {NAMESPACES} {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def iim(sets: dict[int, bytes], *, utf8: bool = True) -> bytes:
    """A whole APP13 segment."""
    data = b"\x1c\x01\x5a\x00\x03\x1b%G" if utf8 else b""
    for number, value in sets.items():
        data += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
    body = b"Photoshop 3.0\0" + resource
    return struct.pack(">BBH", 0xFF, 0xED, len(body) + 2) + body


def app1(packet: bytes) -> bytes:
    body = b"http://ns.adobe.com/xap/1.0/\0" + packet
    return struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body


def exif(
    *, artist: str = "", copyright_: str = "", description: str = "", orientation: int = 0, gps: bool = False
) -> Image.Exif:
    tags = Image.Exif()
    for tag, value in ((0x013B, artist), (0x8298, copyright_), (0x010E, description)):
        if value:
            tags[tag] = value
    if orientation:
        tags[0x0112] = orientation
    if gps:
        tags.get_ifd(0x8825).update({1: "N", 2: (51.0, 29.0, 2.0), 3: "W", 4: (0.0, 36.0, 15.0)})
    return tags


def raw_exif(tag: int, value: bytes) -> bytes:
    """An EXIF block with one text tag of these very bytes, which Pillow would not write."""
    entry = struct.pack(">HHII", tag, 2, len(value) + 1, 26)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0) + value + b"\0"


def jpeg(*segments: bytes, size: tuple[int, int] = (320, 200), tail: bytes = b"", **options: Any) -> bytes:
    """A JPEG with these segments after its first one."""
    data = picture_bytes(*size, **options)
    length = struct.unpack(">H", data[4:6])[0]
    return data[: 4 + length] + b"".join(segments) + data[4 + length :] + tail


def animated(file_format: str) -> bytes:
    out = io.BytesIO()
    frames = [drawing(64, 40) for _ in range(3)]
    frames[0].save(out, file_format, save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb(width: int = 13_000, height: int = 13_000) -> bytes:
    """A PNG of a few kilobytes that says it is enormous."""
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = struct.pack(">II", width, height)
    import zlib

    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)
