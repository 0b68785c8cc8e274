"""What the files carry: the credit in every one, nothing private in any (promises 14 and 15)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from media_assets import pixels, stamp
from tests.factories import media_assets as make
from tests.media_assets import quirky
from tests.media_assets.blocks_of import carried
from tests.media_assets.made import files, taken

pytestmark = pytest.mark.django_db


def private_jpeg() -> bytes:
    """A file full of things that are nobody's business."""
    return quirky.jpeg(
        quirky.app1(quirky.xmp("<exif:GPSLatitude>51,29.03N</exif:GPSLatitude><dc:subject>kept quiet</dc:subject>")),
        quirky.iim({40: b"Not before Friday", 118: b"Call Anna on 020 7946 0000"}),
        size=(1000, 640),
        exif=quirky.exif(gps=True, description="Taken from the garden of 4 Privet Drive"),
        comment=b"a comment that Pillow would carry over",
    )


PRIVATE = [b"GPS", b"Privet", b"020 7946", b"Not before", b"kept quiet", b"comment that", b"51,29"]


def test_no_rendition_carries_a_position_or_anything_private_and_every_one_carries_the_credit() -> None:
    """Promises 14 and 15, read by walking the bytes."""
    asset = taken(private_jpeg(), creator="Zoë Ångström", copyright_notice="© 2025 Getty Images")
    made = files(asset)
    assert len(made) == 12  # four widths in three formats
    for name, data in made.items():
        for private in PRIVATE:
            assert private not in data, (name, private)
        found = carried(data)
        assert found.others == [], name
        assert found.tail == b"", name
        assert b"<photoshop:Credit>Getty Images</photoshop:Credit>" in found.xmp, name
        assert "Zoë Ångström".encode() in found.xmp, name
        assert set(found.exif_tags) == {0x013B, 0x8298}, name
        assert found.exif_tags[0x013B] == "Zoë Ångström".encode() + b"\0"
        assert found.exif_tags[0x8298] == "© 2025 Getty Images".encode() + b"\0"
        if name.endswith("jpg"):
            assert found.iim == {80: "Zoë Ångström", 110: "Getty Images", 116: "© 2025 Getty Images"}


@pytest.mark.parametrize(
    "credit", ["A", "AB", "ABC", "ABCD", 'Getty <Images> & "Sons"', "ж" * 200, "tab\there\x07bell"]
)
def test_any_credit_can_be_written_and_read(credit: str) -> None:
    said = stamp.Credit(line=credit)
    picture = make.drawing(64, 40)
    for data in (
        stamp.jpeg(pixels.jpeg(picture), said),
        stamp.webp(pixels.webp(picture), said, width=64, height=40),
        stamp.avif(pixels.avif(picture), said),
    ):
        found = carried(data)
        assert found.exif_tags[0x8298].decode() == credit + "\0"
        Image.open(io.BytesIO(data)).load()
        from xml.etree import ElementTree

        root = ElementTree.fromstring(found.xmp)
        read = root.find(".//{http://ns.adobe.com/photoshop/1.0/}Credit")
        assert read is not None
        assert read.text == "".join(letter for letter in credit if letter >= " ")
    iim = carried(stamp.jpeg(pixels.jpeg(picture), said)).iim[110]
    assert credit.startswith(iim)
    assert len(iim.encode()) <= 32


def test_the_stamp_takes_everything_else_out_whatever_an_encoder_left() -> None:
    said = stamp.Credit(line="Alamy")
    out = io.BytesIO()
    private = quirky.exif(gps=True, description="Privet Drive")
    make.drawing(64, 40).save(out, "WEBP", exif=private, xmp=quirky.xmp("<dc:subject>kept quiet</dc:subject>"))
    for before in (private_jpeg(), out.getvalue()):
        assert any(word in before for word in (b"Privet", b"kept quiet"))
        jpeg = before[:2] == b"\xff\xd8"
        after = stamp.jpeg(before, said) if jpeg else stamp.webp(before, said, width=64, height=40)
        found = carried(after)
        assert found.others == []
        assert set(found.exif_tags) == {0x8298}
        assert b"Alamy" in found.xmp
        assert not any(word in after for word in PRIVATE)
        Image.open(io.BytesIO(after)).load()


def test_the_encoders_leave_nothing() -> None:
    picture = Image.open(io.BytesIO(private_jpeg()))
    for encode in (pixels.jpeg, pixels.webp):
        data = encode(picture)
        found = carried(data)
        assert (found.exif, found.xmp, found.iim, found.others) == (b"", b"", {}, [])
        assert not any(word in data for word in PRIVATE)


def test_only_what_the_encoders_write_is_stamped() -> None:
    for data in (b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xe0\x00\x04ab"):
        with pytest.raises(stamp.NotStampable):
            stamp.jpeg(data, stamp.Credit(line="x"))
        with pytest.raises(stamp.NotStampable):
            stamp.webp(data, stamp.Credit(line="x"), width=1, height=1)
