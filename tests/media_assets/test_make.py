"""The files that readers get: their sizes, what they carry (promises 14 and 15), and when they are there."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image, ImageCms

from media_assets import ingest, making, pixels, renditions, rights, stamp, storage
from media_assets.models import Asset, Rendition
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.media_assets.blocks_of import carried

pytestmark = pytest.mark.django_db
NOW = make.AT
EXIFTOOL = shutil.which("exiftool")


def taken(data: bytes, name: str = "a.jpg", **facts: Any) -> Asset:
    asset = ingest.ingest(
        SimpleUploadedFile(name, data),
        person=person("picture_editor"),
        credit=facts.pop("credit", "Getty Images"),
        alternative_text="A castle",
        at=NOW,
        **facts,
    )
    making.make(asset.pk, at=NOW)
    return Asset.objects.get(pk=asset.pk)


def files(asset: Asset) -> dict[str, bytes]:
    return {
        f"{row.width}.{row.format}": storage.public(row.digest, row.width, row.format).read_bytes()
        for row in renditions.current(asset)
    }


def opened(asset: Asset, name: str) -> Image.Image:
    picture = Image.open(io.BytesIO(files(asset)[name]))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((2400, 1500), [480, 960, 1600]),
        ((1600, 1000), [480, 960, 1600]),
        ((1200, 800), [480, 960, 1200]),
        ((480, 300), [480]),
        ((200, 100), [200]),
    ],
)
def test_three_widths_in_two_formats_and_none_larger_than_the_original(
    size: tuple[int, int], widths: list[int]
) -> None:
    asset = taken(make.picture_bytes(*size))
    rows = renditions.current(asset)
    assert [row.width for row in rows if row.format == "jpg"] == widths
    assert [row.width for row in rows if row.format == "webp"] == widths
    for row in rows:
        picture = opened(asset, f"{row.width}.{row.format}")
        assert picture.size == (row.width, row.height)
        assert abs(row.height - size[1] * row.width / size[0]) <= 0.5
        assert picture.format == {"jpg": "JPEG", "webp": "WEBP"}[row.format]
        assert row.bytes == len(files(asset)[f"{row.width}.{row.format}"])


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
    assert len(made) == 6
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


@pytest.mark.skipif(EXIFTOOL is None, reason="the byte-level reader above proves the same without exiftool")
def test_exiftool_says_the_same(tmp_path: Path) -> None:
    import json

    asset = taken(private_jpeg(), creator="Zoë Ångström", copyright_notice="© 2025 Getty Images")
    for name, data in files(asset).items():
        (tmp_path / name).write_bytes(data)
    command = [str(EXIFTOOL), "-j", "-G1", "-a", "-charset", "exif=utf8", *map(str, sorted(tmp_path.iterdir()))]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    assert len(told) == 6
    allowed = {"SourceFile", "ExifTool", "System", "File", "JFIF", "RIFF", "Composite", "XMP-x"}
    ours = {
        "XMP-photoshop:Credit", "XMP-dc:Creator", "XMP-dc:Rights", "IFD0:Artist", "IFD0:Copyright",
        "IPTC:CodedCharacterSet", "IPTC:ApplicationRecordVersion", "IPTC:By-line", "IPTC:Credit", "IPTC:CopyrightNotice",
    }  # fmt: skip
    for file in told:
        assert file["XMP-photoshop:Credit"] == "Getty Images"
        assert file["IFD0:Artist"] == "Zoë Ångström"
        assert "ExifTool:Warning" not in file
        assert "ExifTool:Error" not in file
        foreign = {tag for tag in file if tag.split(":")[0] not in allowed and tag not in ours}
        # JFIF and EXIF both hold a resolution unit that says nothing.
        assert not foreign, foreign


@pytest.mark.parametrize(
    "credit", ["A", "AB", "ABC", "ABCD", 'Getty <Images> & "Sons"', "ж" * 200, "tab\there\x07bell"]
)
def test_any_credit_can_be_written_and_read(credit: str) -> None:
    said = stamp.Credit(line=credit)
    picture = make.drawing(64, 40)
    for data in (stamp.jpeg(pixels.jpeg(picture), said), stamp.webp(pixels.webp(picture), said, width=64, height=40)):
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


def near(picture: Image.Image, at: tuple[float, float], colour: tuple[int, int, int], by: int = 12) -> bool:
    seen = picture.convert("RGB").getpixel((int(at[0] * picture.width), int(at[1] * picture.height)))
    assert isinstance(seen, tuple)
    return all(abs(one - other) <= by for one, other in zip(seen, colour, strict=True))


def quarters(*colours: tuple[int, int, int]) -> Image.Image:
    """Top left, top right, bottom left, bottom right."""
    picture = Image.new("RGB", (600, 400))
    for number, colour in enumerate(colours):
        picture.paste(colour, (number % 2 * 300, number // 2 * 200, number % 2 * 300 + 300, number // 2 * 200 + 200))
    return picture


RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 40), (40, 50, 200), (250, 250, 250)
TURNED = {1: RED, 2: GREEN, 3: WHITE, 4: BLUE, 5: RED, 6: BLUE, 7: WHITE, 8: GREEN}  # what is then at the top left


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(orientation: int, file_format: str) -> None:
    out = io.BytesIO()
    options = {"quality": 95} if file_format in ("JPEG", "WEBP") else {}
    quarters(RED, GREEN, BLUE, WHITE).save(out, file_format, exif=quirky.exif(orientation=orientation), **options)
    asset = taken(out.getvalue(), f"a.{file_format.lower()}")
    sideways = orientation >= 5
    assert (asset.width, asset.height) == ((400, 600) if sideways else (600, 400))
    width = 400 if sideways else 480
    picture = opened(asset, f"{width}.jpg")
    assert picture.size == ((400, 600) if sideways else (480, 320))
    assert near(picture, (0.2, 0.2), TURNED[orientation])
    with Image.open(storage.preview(asset.sha256)) as small:
        assert near(small, (0.2, 0.2), TURNED[orientation])


def encoded(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def test_colours_of_another_profile_become_srgb() -> None:
    """The numbers of another profile, shown as they are, would be other colours."""
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    lab = ImageCms.profileToProfile(
        quarters(RED, GREEN, BLUE, WHITE), ImageCms.createProfile("sRGB"), swapped.profile, outputMode="LAB"
    )
    assert lab is not None
    asset = taken(encoded(lab, "TIFF", icc_profile=swapped.tobytes()), "a.tif")
    picture = opened(asset, "480.jpg")
    assert near(picture, (0.2, 0.2), RED)
    assert near(picture, (0.8, 0.2), GREEN)
    assert "icc_profile" not in picture.info


def test_cmyk_with_no_profile_and_with_a_wrong_one() -> None:
    wrong = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for options in ({}, {"icc_profile": wrong}, {"icc_profile": b"not a profile at all"}):
        cmyk = quarters(RED, GREEN, BLUE, WHITE).convert("CMYK")
        asset = taken(encoded(cmyk, "JPEG", quality=95, comment=str(options).encode(), **options))
        picture = opened(asset, "480.jpg")
        assert picture.mode == "RGB"
        assert near(picture, (0.2, 0.2), RED, by=30)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "PA"])
def test_every_mode_becomes_rgb_on_white(mode: str) -> None:
    picture = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    picture.paste((20, 20, 20, 255), (0, 200, 600, 400))
    if mode == "PA":
        picture = picture.convert("RGBA").quantize(8)
        data = encoded(picture, "PNG")
    elif mode in ("LA", "RGBA"):
        data = encoded(picture.convert(mode), "PNG")
    else:
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        data = encoded(flat.convert(mode), "PNG")
    shown = opened(taken(data, "a.png"), "480.jpg")
    assert shown.mode == "RGB"
    assert near(shown, (0.5, 0.2), (255, 255, 255))
    assert near(shown, (0.5, 0.8), (20, 20, 20), by=25)


@pytest.mark.parametrize(
    ("mode", "file_format", "most"), [("I;16", "PNG", 65535), ("I;16", "TIFF", 65535), ("F", "TIFF", 255)]
)
def test_grey_of_sixteen_bits_keeps_its_shades(mode: str, file_format: str, most: int) -> None:
    picture = Image.new(mode, (600, 400), most // 2 if mode != "F" else most / 2)
    picture.paste(most, (300, 0, 600, 400))
    shown = opened(taken(encoded(picture, file_format), f"a.{file_format.lower()}"), "480.jpg")
    assert near(shown, (0.2, 0.5), (127, 127, 127))
    assert near(shown, (0.8, 0.5), (255, 255, 255))


def test_a_picture_of_one_pixel() -> None:
    asset = taken(encoded(Image.new("RGB", (1, 1), RED), "PNG"), "a.png")
    assert [row.width for row in renditions.current(asset)] == [1, 1]


def test_a_line_of_a_picture_keeps_a_height() -> None:
    asset = taken(make.picture_bytes(4000, 2, file_format="PNG"), "a.png")
    assert {row.height for row in renditions.current(asset)} == {1}


def test_making_twice_makes_nothing_the_second_time() -> None:
    asset = taken(make.picture_bytes())
    before = files(asset)
    assert making.make(asset.pk, at=NOW) == 0
    Asset.objects.filter(pk=asset.pk).update(files_due_at=NOW)
    assert making.make(asset.pk, at=NOW) == 4
    assert files(asset) == before
    assert Rendition.objects.filter(asset=asset).count() == 4


def test_a_picture_without_a_right_lies_nowhere_in_public(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make.asset(made=False)
    asset.rights.all().delete()
    assert making.make(asset.pk, at=NOW) == 0
    assert list(tmp_path.rglob("*")) == []
    assert Asset.objects.get(pk=asset.pk).files_due_at is None


def test_files_leave_the_public_folder_when_the_last_right_ends_and_come_back_with_the_next(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make.asset(ends_at=NOW + timedelta(days=1))
    later = NOW + timedelta(days=1)
    assert not making.settle(asset.pk, at=later - timedelta(seconds=1))
    assert len(files(asset)) == 4
    assert not making.settle(asset.pk, at=later)
    assert list(tmp_path.rglob("*")) == []
    rights.add(asset, person=person("picture_editor"), at=later, ends_at=None)
    assert making.settle(asset.pk, at=later)
    assert making.make_due(at=later) == 4
    assert len(files(asset)) == 4


def test_a_failure_is_written_down_tried_again_and_holds_no_other_back(caplog: pytest.LogCaptureFixture) -> None:
    lost, fine = make.asset(made=False), make.asset(made=False)
    storage.original(lost.sha256, "JPEG").unlink()
    assert making.make_due(at=NOW) == 4
    lost.refresh_from_db()
    fine.refresh_from_db()
    assert "No such file" in lost.files_error
    assert lost.files_due_at == NOW + making.AGAIN
    assert (fine.files_due_at, fine.files_error) == (None, "")
    assert "could not be made" in caplog.text


def test_a_killed_workers_picture_is_taken_up_again() -> None:
    asset = make.asset(made=False)
    Asset.objects.filter(pk=asset.pk).update(files_due_at=NOW + making.LEASE)  # claimed, and then nothing more
    assert making.make_due(at=NOW + timedelta(seconds=30)) == 0
    assert making.make_due(at=NOW + making.LEASE) == 4


def test_pages_that_waited_for_the_files_are_told() -> None:
    asset = make.asset(made=False)
    Event.objects.all().delete()
    making.make(asset.pk, at=NOW)
    assert Event.objects.filter(kind="asset.changed", payload={"asset_id": asset.pk}).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_picture_once() -> None:
    asset, both, made = make.asset(made=False), threading.Barrier(2), []

    def work() -> None:
        try:
            both.wait(10)
            made.append(making.make(asset.pk, at=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [0, 4]


@pytest.mark.django_db(transaction=True)
def test_a_credit_changed_while_files_are_made_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's files carry the old credit: none of them may stay."""
    from media_assets import details

    asset = make.asset(made=False)
    write = making._write

    def slow(one: Asset) -> list[Rendition]:
        rows = write(one)
        words = details.Words(credit="Alamy", alternative_text="A castle")
        details.change(one.pk, person=asset.added_by, expected_version=1, words=words, agency=None, at=NOW)
        return rows

    monkeypatch.setattr(making, "_write", slow)
    assert making.make(asset.pk, at=NOW) == 0
    monkeypatch.undo()
    assert not Rendition.objects.exists()
    assert not storage.public(asset.digest, 480, "jpg").exists()
    assert making.make_due(at=NOW) == 4
    asset.refresh_from_db()
    assert all(b"Alamy" in data for data in files(asset).values())
