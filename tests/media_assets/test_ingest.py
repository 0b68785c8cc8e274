"""Pictures come in whole and good, or not at all."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from media_assets import ingest, inspection, offering, storage
from media_assets.models import Asset
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky

pytestmark = pytest.mark.django_db


def take(data: bytes, name: str = "picture.jpg", **facts: Any) -> Asset:
    facts = {"credit": "Getty Images", "alternative_text": "A castle", "person": person("reporter"), **facts}
    return ingest.ingest(SimpleUploadedFile(name, data), at=make.AT, **facts)


def files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_each_allowed_format_comes_in(file_format: str) -> None:
    data = make.picture_bytes(600, 400, file_format=file_format)
    asset = take(data, f"castle.{file_format.lower()}")
    assert (asset.original_format, asset.width, asset.height, asset.original_bytes) == (
        file_format,
        600,
        400,
        len(data),
    )
    assert storage.original(asset.sha256, file_format).read_bytes() == data
    assert asset.printed_credit == "(Image credit: Getty Images)"
    assert Event.objects.filter(kind="asset.added", payload={"asset_id": asset.pk}).count() == 1


def test_the_original_is_private_and_unreadable_for_others(settings: Any) -> None:
    asset = take(make.picture_bytes())
    path = settings.PRIVATE_ROOT / storage.original(asset.sha256, "JPEG").name
    assert path.is_file()
    assert not path.is_relative_to(settings.MEDIA_ROOT)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_picture_that_lies_on_its_side_is_measured_upright() -> None:
    asset = take(quirky.jpeg(size=(600, 400), exif=quirky.exif(orientation=6)))
    assert (asset.width, asset.height) == (400, 600)


@pytest.mark.parametrize("role", ["reporter", "editor", "picture_editor", "administrator"])
@pytest.mark.parametrize(
    ("field", "facts"), [("credit", {"credit": " \t"}), ("alternative_text", {"alternative_text": ""})]
)
def test_no_role_brings_a_picture_in_without_credit_and_text(role: str, field: str, facts: dict[str, str]) -> None:
    with pytest.raises(ingest.Refused) as refused:
        take(make.picture_bytes(), person=person(role), **facts)
    assert refused.value.field == field
    assert not Asset.objects.exists()


def test_16383_pixels_are_allowed() -> None:
    assert take(make.picture_bytes(16_383, 8, file_format="PNG"), "line.png").width == 16_383


def test_a_file_that_is_too_large_is_refused_while_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "MAX_BYTES", 70_000)
    seen: list[int] = []

    class Endless:
        name = "endless.jpg"

        def chunks(self) -> Any:
            while True:
                seen.append(1)
                yield b"x" * 65_536

    with pytest.raises(ingest.Refused, match="larger than"):
        ingest.receive(Endless(), person=person("reporter"))
    assert len(seen) == 2


def test_a_camera_file_with_a_second_picture_behind_it_is_welcome() -> None:
    """Phones append previews and depth maps; only foreign things are refused."""
    assert take(make.picture_bytes(600, 400) + make.picture_bytes(60, 40)).width == 600


def test_a_multi_picture_jpeg_comes_in_as_its_first(tmp_path: Path) -> None:
    out = io.BytesIO()
    make.drawing(300, 200).save(out, "MPO", save_all=True, append_images=[make.drawing(60, 40)])
    assert Image.open(io.BytesIO(out.getvalue())).format == "MPO"
    asset = take(out.getvalue())
    assert (asset.original_format, asset.width) == ("JPEG", 300)


def test_the_same_file_again_names_the_picture_that_is_there() -> None:
    data = make.picture_bytes()
    there = take(data, caption="The gate at noon")
    with pytest.raises(ingest.Duplicate) as duplicate:
        take(data, "another-name.jpg")
    assert duplicate.value.asset == there
    assert "The gate at noon" in duplicate.value.message
    assert storage.original(there.sha256, "JPEG").read_bytes() == data


@pytest.mark.parametrize("name", ["../../etc/passwd.jpg", "C:\\pictures\\castle.jpg", "a\0b.jpg", "x" * 400 + ".jpg"])
def test_a_name_chooses_no_path(name: str) -> None:
    class Named:
        def __init__(self) -> None:
            self.name = name

        def chunks(self) -> Any:
            yield make.picture_bytes()

    asset = ingest.receive(Named(), person=person("reporter"), at=make.AT)
    assert "/" not in asset.original_name
    assert "\\" not in asset.original_name
    assert "\0" not in asset.original_name
    assert len(asset.original_name) <= 200
    assert storage.original(asset.sha256, "JPEG").exists()


def test_a_disk_that_is_full_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "move", full)
    with pytest.raises(OSError, match="No space"):
        take(make.picture_bytes())
    assert not Asset.objects.exists()


def test_a_process_that_dies_before_the_row_leaves_a_file_that_the_next_try_takes_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = make.picture_bytes()

    def killed(*args: object, **kwargs: object) -> Asset:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(ingest, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            take(data)
    assert not Asset.objects.exists()
    asset = take(data)
    assert storage.original(asset.sha256, "JPEG").read_bytes() == data


def test_uploads_that_broke_off_are_cleared_away(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path
    with storage.incoming() as (file, path):
        file.write(b"half")
        assert storage.tidy(older_than=3600) == 0
        assert path.exists()
        assert storage.tidy(older_than=-1) == 1
    assert storage.tidy() == 0


def test_what_comes_in_without_words_waits_for_them() -> None:
    data = quirky.jpeg(
        quirky.app1(quirky.xmp("<photoshop:Credit>Photo by Anna Meyer/Getty Images</photoshop:Credit>")),
        exif=quirky.exif(description="The King at Balmoral"),
    )
    make.agency()
    asset = ingest.receive(SimpleUploadedFile("a.jpg", data), person=person("reporter"), at=make.AT)
    assert (asset.credit, asset.alternative_text, asset.is_complete) == ("", "", False)
    assert (asset.caption, asset.agency.name if asset.agency else "") == ("The King at Balmoral", "Getty Images")
    assert asset.found["credit"] == {"value": "Photo by Anna Meyer/Getty Images", "from": "XMP"}
    offered = offering.suggestions(asset.found, asset.agency)
    assert (offered["credit"], offered["creator"]) == ("Getty Images", "Anna Meyer")
    assert not asset.rights.exists()
    assert asset.files_due_at is None


LICENSED = (
    '<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorName>Anna</plus:LicensorName>'
    "<plus:LicensorURL>%s</plus:LicensorURL></rdf:li></rdf:Seq></plus:Licensor>"
)


@pytest.mark.parametrize(
    ("terms", "licensor", "taken"),
    [
        ("https://anna.example/terms", "https://anna.example/1?a=1&amp;b=2", True),
        ("javascript:alert(1)", "data:text/html,hello", False),
    ],
)
def test_where_its_licence_stands_is_read_from_the_file_if_it_is_an_address(
    terms: str, licensor: str, taken: bool
) -> None:
    packet = quirky.xmp(LICENSED % licensor, f'xmpRights:WebStatement="{terms}"')
    asset = make.received(data=quirky.jpeg(quirky.app1(packet)))
    said = (asset.licence_page, asset.buying_page)
    assert said == (("https://anna.example/terms", "https://anna.example/1?a=1&b=2") if taken else ("", ""))


def test_origin_tells_the_files_words_from_a_persons() -> None:
    data = quirky.jpeg(exif=quirky.exif(artist="Anna Meyer", copyright_="2025 Getty Images"))
    asset = take(data, copyright_notice="© 2025 Getty Images")
    assert asset.origin("creator") == "EXIF"
    assert asset.origin("copyright_notice") == "person"
    assert asset.origin("caption") == ""


@pytest.mark.django_db(transaction=True)
def test_two_people_bring_the_same_file_at_once() -> None:
    data, both = make.picture_bytes(), threading.Barrier(2)
    people = [person("reporter"), person("editor")]
    answers: list[object] = []

    def bring(number: int) -> None:
        try:
            both.wait(10)
            answers.append(take(data, person=people[number]))
        except ingest.Duplicate as duplicate:
            answers.append(duplicate)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 2
    assert sorted(type(answer).__name__ for answer in answers) == ["Asset", "Duplicate"]
    asset = Asset.objects.get()
    assert next(answer.asset for answer in answers if isinstance(answer, ingest.Duplicate)) == asset
    assert storage.original(asset.sha256, "JPEG").read_bytes() == data
    assert asset.rights.count() == 1


def test_limits_are_what_the_page_says() -> None:
    assert inspection.MAX_SIDE == 16_383
    assert inspection.MAX_PIXELS * 4 < 300_000_000
