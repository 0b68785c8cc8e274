"""Files as Getty Images sends them: its number in dc:title and plus:ImageSupplierImageID, the IIM cut short."""

from __future__ import annotations

import struct
from xml.sax.saxutils import escape


def dressed(data: bytes, *, number: str, headline: str, caption: str, artist: str, instructions: str) -> bytes:
    """Return a JPEG with Getty's metadata in XMP and IIM.

    Args:
        data: a JPEG that begins with a JFIF segment.
    """
    inside = (
        f"<dc:title>{_alt(number)}</dc:title><dc:description>{_alt(caption)}</dc:description>"
        f"<dc:creator><rdf:Seq><rdf:li>{escape(artist)}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:rights>{_alt('Getty Images')}</dc:rights><photoshop:Credit>Getty Images</photoshop:Credit>"
        "<photoshop:Source>Getty Images Europe</photoshop:Source>"
        f"<photoshop:Headline>{escape(headline)}</photoshop:Headline>"
        f"<photoshop:Instructions>{escape(instructions) or '-'}</photoshop:Instructions>"
        "<photoshop:TransmissionReference>776000111</photoshop:TransmissionReference>"
        f"<plus:ImageSupplierImageID>{number}</plus:ImageSupplierImageID>"
        f"<GettyImagesGIFT:AssetID>{number}</GettyImagesGIFT:AssetID>"
    )
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"'
        f' xmlns:GettyImagesGIFT="http://xmp.gettyimages.com/gift/1.0/">{inside}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    ).encode()
    sets = b"".join(
        struct.pack(">BBBH", 0x1C, 2, field, len(value)) + value
        for field, value in (
            (5, number.encode()[:64]),
            (80, artist.encode()[:32]),
            (110, b"Getty Images"),
            (116, b"Getty Images"),
            (120, caption.encode()[:2000]),
        )
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(sets)) + sets + b"\0" * (len(sets) % 2)
    ours = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet) + _segment(0xED, b"Photoshop 3.0\0" + resource)
    first = 4 + struct.unpack(">H", data[4:6])[0]
    return data[:first] + ours + data[first:]


def _alt(words: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(words)}</rdf:li></rdf:Alt>'


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
