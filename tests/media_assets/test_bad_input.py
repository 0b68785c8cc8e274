"""Every bad file gets its own clear line, leaves nothing behind and holds no other up."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from PIL import Image

from media_assets import confined, ingest, inspection, storage
from media_assets.models import Asset
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.media_assets import quirky
from tests.media_assets.at_desk import at_desk
from tests.media_assets.made import opened, taken
from tests.media_assets.test_ingest import files, take

pytestmark = pytest.mark.django_db


def _png_with_a_page_behind() -> bytes:
    return make.picture_bytes(file_format="PNG") + b"<script>alert(1)</script>"


def _jpeg_with_an_archive_behind() -> bytes:
    return make.picture_bytes() + _archive()


def _archive() -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("run.sh", "echo")
    return box.getvalue()


BAD: dict[str, tuple[str, Any, str]] = {
    "nothing at all": ("a.jpg", lambda: b"", "empty (0 bytes)"),
    "plain text": ("a.jpg", lambda: b"Hello, this is text." * 20, "not a picture that we can read"),
    "truncated JPEG": ("a.jpg", lambda: make.picture_bytes(800, 600)[:-4000], "damaged or cut off"),
    "truncated large JPEG": ("a.jpg", lambda: make.picture_bytes(4000, 3000)[:-2000], "damaged or cut off"),
    "truncated progressive JPEG": (
        "a.jpg",
        lambda: make.picture_bytes(4000, 3000, progressive=True)[:-2000],
        "damaged or cut off",
    ),
    "truncated PNG": ("a.png", lambda: make.picture_bytes(800, 600, file_format="PNG")[:-900], "damaged or cut off"),
    "truncated WebP": ("a.webp", lambda: make.picture_bytes(800, 600, file_format="WEBP")[:-900], "damaged or cut off"),
    "truncated AVIF": ("a.avif", lambda: make.picture_bytes(800, 600, file_format="AVIF")[:-900], "damaged or cut off"),
    "truncated TIFF": (
        "a.tif",
        lambda: make.picture_bytes(800, 600, file_format="TIFF")[:-90_000],
        "damaged or cut off",
    ),
    "only the head of a JPEG": ("a.jpg", lambda: make.picture_bytes()[:200], "damaged or cut off"),
    "picture and archive": ("a.jpg", _jpeg_with_an_archive_behind, "hidden behind the picture"),
    "picture and page": ("a.png", _png_with_a_page_behind, "hidden behind the picture"),
    "PNG named JPEG": ("a.jpg", lambda: make.picture_bytes(file_format="PNG"), "the file is a PNG. Rename it to .png"),
    "JPEG named text": ("a.txt", make.picture_bytes, "the file is a JPEG. Rename it to .j"),
    "AVIF named WebP": ("a.webp", lambda: make.picture_bytes(file_format="AVIF"), "the file is an AVIF"),
    "animated WebP": ("a.webp", lambda: quirky.animated("WEBP"), "moving pictures"),
    "animated PNG": ("a.png", lambda: quirky.animated("PNG"), "moving pictures"),
    "animated AVIF": ("a.avif", lambda: quirky.animated("AVIF"), "moving pictures"),
    "TIFF of several pages": ("a.tif", lambda: quirky.animated("TIFF"), "several pages"),
    "TIFF named PNG": (
        "a.png",
        lambda: make.picture_bytes(file_format="TIFF"),
        "the file is a TIFF. Rename it to .tif",
    ),
    "AVIF and archive": (
        "a.avif",
        lambda: make.picture_bytes(file_format="AVIF") + _archive(),
        "hidden behind the picture",
    ),
    "WebP and program": (
        "a.webp",
        lambda: make.picture_bytes(file_format="WEBP") + b"\x7fELF" + b"x" * 90,
        "hidden behind",
    ),
    "document that holds a picture": ("a.jpg", lambda: b"%PDF-1.7\n" + make.picture_bytes(), "a document"),
    "page that ends in a picture": (
        "a.jpg",
        lambda: b"<html>" + make.picture_bytes(),
        "not a picture that we can read",
    ),
    "archive": ("a.zip", lambda: _archive(), "This is an archive"),
    "video": ("a.mp4", lambda: b"\0\0\0\x20ftypisom" + b"\0" * 400, "This is a video"),
    "Photoshop": ("a.psd", lambda: b"8BPS\0\x01" + b"\0" * 400, "a Photoshop file"),
    "JPEG XL": ("a.jxl", lambda: b"\xff\x0a" + b"\0" * 400, "a JPEG XL picture"),
    "HEIC named JPEG": ("a.jpg", lambda: b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 500, "This is a HEIC picture"),
    "SVG behind a long comment": (
        "a.svg",
        lambda: b"<!--" + b"x" * 900 + b"--><SVG onload='x()'/>",
        "This is an SVG drawing",
    ),
    "WebP of no pixels": ("a.webp", lambda: b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0" + b"\0" * 10, "damaged or cut off"),
    "TIFF that points into nowhere": ("a.tif", lambda: b"II*\0\xff\xff\xff\x7f" + b"\0" * 100, "damaged or cut off"),
    "GIF": ("a.gif", lambda: make.picture_bytes(file_format="GIF"), "This is a GIF"),
    "BMP": ("a.bmp", lambda: make.picture_bytes(file_format="BMP"), "not a picture that we can read"),
    "HEIC": ("a.heic", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500, "This is a HEIC picture"),
    "SVG": (
        "a.svg",
        lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "This is an SVG drawing",
    ),
    "PDF": ("a.pdf", lambda: b"%PDF-1.7\n" + b"x" * 300, "a document"),
    "EPS": ("a.eps", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"x" * 300, "a document"),
    "bomb": ("a.png", quirky.bomb, "more than 64 megapixels"),
    "bomb that only warns": ("a.png", lambda: quirky.bomb(10_000, 10_000), "more than 64 megapixels"),
    "bomb below Pillow's limit": ("a.png", lambda: quirky.bomb(9_000, 8_000), "9,000 × 8,000 pixels"),
    "16,384 pixels": ("a.png", lambda: make.picture_bytes(16_384, 8, file_format="PNG"), "16,384 pixels long"),
}


@pytest.fixture(autouse=True)
def a_store_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT, settings.MEDIA_ROOT = tmp_path / "private", tmp_path / "public"


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    name, data, said = BAD[case]
    with pytest.raises(ingest.Refused) as refused:
        take(data(), name)
    assert refused.value.field == "file"
    assert said in refused.value.message
    assert refused.value.message.endswith(".")
    assert not Asset.objects.exists()
    assert files(tmp_path) == []
    assert not Event.objects.exists()


def test_all_of_them_at_once_and_the_good_one_among_them_goes_in() -> None:
    client, _ = at_desk("picture_editor")
    everything = [make.upload(data(), name) for name, data, _ in BAD.values()]
    everything.insert(7, make.upload(make.picture_bytes(), "good.jpg"))
    told = client.post("/desk/pictures/upload/", {"files": everything}, headers={"Accept": "application/json"}).json()
    lines = [(line["state"], line["message"]) for line in told["files"]]
    assert lines.pop(7) == ("fine", "Added. It needs a credit and an alternative text.")
    for (state, message), (case, (_, _, said)) in zip(lines, BAD.items(), strict=True):
        assert (state, said in message) == ("stop", True), (case, message)
    assert Asset.objects.get().original_name == "good.jpg"


def test_cmyk_with_a_profile_for_other_colours_comes_in_and_is_shown(tmp_path: Path) -> None:
    """A picture, although it lies about its colours: the numbers are taken as they are."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for mode in ("CMYK", "L"):
        out = io.BytesIO()
        make.drawing(400, 300, mode=mode).save(out, "JPEG", icc_profile=profile)
        assert opened(taken(out.getvalue()), "320.jpg").mode == "RGB"


@pytest.mark.parametrize("place", ["write", "move"])
def test_a_full_disk_is_said_and_leaves_nothing(place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    client, _ = at_desk("picture_editor")
    with monkeypatch.context() as today:
        today.setattr(storage, place, full)
        answer = client.post(
            "/desk/pictures/upload/", {"files": make.upload()}, headers={"Accept": "application/json"}
        ).json()
    assert (
        answer["files"][0]["message"]
        == "The picture store did not answer or is full. Nothing was kept; try again later."
    )
    assert not Asset.objects.exists()
    assert files(tmp_path) == []


def test_a_database_that_refuses_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*args: object, **kwargs: object) -> Asset:
        raise DatabaseError("the connection was lost")

    monkeypatch.setattr(ingest, "_keep", refused)
    with pytest.raises(DatabaseError):
        take(make.picture_bytes())
    assert files(tmp_path) == []


def test_a_file_that_wants_too_much_memory_is_refused_and_its_process_alone_feels_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (6000, 4000), (9, 9, 9, 99)).save(out, "PNG", compress_level=1)
    monkeypatch.setattr(confined, "MEMORY", 200_000_000)
    with pytest.raises(ingest.Refused) as refused:
        take(out.getvalue(), "a.png")
    assert refused.value.message == inspection.TOO_MUCH
    assert files(tmp_path) == []
    monkeypatch.setattr(confined, "MEMORY", 1_500_000_000)
    assert take(out.getvalue(), "a.png").width == 6000


def test_a_file_that_kills_who_looks_at_it_is_refused_and_the_next_one_comes_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a decoder that crashes would: here the system ends it, because it has no time left."""
    take(make.picture_bytes())
    before = files(tmp_path)
    monkeypatch.setattr(confined, "SECONDS", 0)
    with pytest.raises(ingest.Refused, match="stopped the program"):
        take(make.picture_bytes(3000, 2000))
    assert files(tmp_path) == before
    monkeypatch.setattr(confined, "SECONDS", 30)
    helper = confined._helper
    assert take(make.picture_bytes()).pk
    assert confined._helper is helper, "the helper itself lives on"


def test_a_helper_that_hangs_or_was_killed_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    take(make.picture_bytes())
    monkeypatch.setattr(confined, "WAIT", 0)
    with pytest.raises(ingest.Refused, match="stopped the program"):
        take(make.picture_bytes())
    monkeypatch.setattr(confined, "WAIT", 60)
    assert take(make.picture_bytes()).pk
    assert confined._helper is not None
    os.kill(confined._helper.pid, 9)
    confined._helper.wait()
    assert take(make.picture_bytes()).pk
    monkeypatch.setattr(confined, "_owner", -1)  # as in a child of a process that had one
    older = confined._helper
    assert take(make.picture_bytes()).pk
    assert confined._helper is not older
    assert older is not None
    older.kill()
    older.wait()


def test_the_helper_has_none_of_our_secrets() -> None:
    take(make.picture_bytes())
    assert confined._helper is not None
    known = Path(f"/proc/{confined._helper.pid}/environ").read_bytes()
    names = {line.partition(b"=")[0] for line in known.split(b"\0") if line}
    assert names <= {b"PATH", b"PYTHONPATH", b"LC_CTYPE"}
    mapped = Path(f"/proc/{confined._helper.pid}/maps").read_text()
    assert "psycopg2" not in mapped
