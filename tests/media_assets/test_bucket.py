"""Pictures in a bucket, on a real S3 server that asks for keys: from the upload to the end of the right, and what happens
while it is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from articles import seen_files
from articles.models import SeenPage
from media_assets import bucket, closing, crops, ingest, making, renditions, rights, storage, withdrawal
from media_assets.models import Asset, Departure, PictureReceipt
from newsroom import outbox
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Effect
from tests.factories import articles as stories
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk
from tests.media_assets.bucket_of import Server, running, silent, use

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Accept": "application/json"}


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with running() as server:
        use(settings, server.bucket)
        yield server


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Path:
    """Folders of this machine in which nothing may stay."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "public", tmp_path / "private"
    return tmp_path


def soon() -> None:
    """What failed is due again."""
    Effect.objects.filter(done_at=None).update(due_at=timezone.now())


def uploaded(client: Client, name: str = "gate.jpg", data: bytes | None = None) -> dict[str, Any]:
    answer = client.post("/desk/pictures/upload/", {"files": make.upload(data, name)}, headers=JSON).json()
    told: dict[str, Any] = answer["files"][0]
    return told


def completed(client: Client, pk: int) -> Asset:
    asset = Asset.objects.get(pk=pk)
    said = {"credit": "Jane Poe", "alternative_text": "A gate", "version": asset.version, "use": "any", "ends_at": ""}
    assert client.post(f"/desk/pictures/{pk}/details/", said).status_code == 302
    with make.encoded_once():
        outbox.relay()
        making.make_due(at=timezone.now())
    outbox.relay()
    return Asset.objects.get(pk=pk)


def downloaded(client: Client, asset: Asset) -> bytes:
    answer: Any = client.post(f"/desk/pictures/{asset.pk}/original/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert answer["Content-Disposition"] == f'attachment; filename="{asset.original_name}"'

    async def whole() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(whole)()


def test_from_the_upload_to_the_end_of_the_right(server: Server, folders: Path, settings: Any) -> None:
    desk, editor = at_desk("picture_editor")
    data = make.picture_bytes(1000, 640)
    told = uploaded(desk, data=data)
    assert told["state"] == "fine"
    asset = completed(desk, told["id"])
    mine = [name for name in server.names() if name.startswith("public/")]
    assert len(mine) == 12
    assert all(name.startswith(f"public/{asset.digest}/") for name in mine)
    assert [name.split("/")[:2] for name in server.names() if name not in mine] == [
        ["private", "originals"],
        ["private", "previews"],
    ]
    assert [path for path in folders.rglob("*") if path.is_file()] == [], "nothing stays on this machine"
    assert {server.stranger(name) for name in server.names()} == {403}, "nothing in it is public"

    story = stories.published_story(lead_image=make.image_placement(asset), at=timezone.now() - timedelta(minutes=5))
    reader = Client()
    page = reader.get(story.path).content.decode()
    assert "amazonaws" not in page
    assert server.address not in page
    address = renditions.picture(asset).src
    assert address in page
    answer = reader.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=31536000, s-maxage=60, immutable")
    assert answer["Surrogate-Key"] == f"asset:{asset.pk}"
    assert b"Jane Poe" in answer.content
    assert reader.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    square = crops.picture(asset, crops.SHAPES["1x1"]).src
    assert reader.get(square).status_code == 200
    assert any("/1x1-50-35/" in name for name in server.names())
    assert desk.get(f"/desk/pictures/{asset.pk}/preview.webp").status_code == 200

    # The page as readers saw it is kept there too, whole.
    outbox.relay()
    kept = SeenPage.objects.get()
    assert any(name.startswith("private/seen/") for name in server.names())
    assert "data:image/" in seen_files.viewable(kept)[0]

    # The desk has the original, byte for byte, and it is on record.
    assert downloaded(desk, asset) == data
    assert AuditRow.objects.filter(action="media_assets.original", subject=f"asset:{asset.pk}").count() == 1
    assert at_desk("reporter")[0].post(f"/desk/pictures/{asset.pk}/original/").status_code == 403

    rights.end(asset.rights.get().pk, asset_id=asset.pk, person=editor, at=timezone.now())
    assert reader.get(address).status_code == 410
    outbox.relay()
    assert not [name for name in server.names() if name.startswith("public/")]
    assert PictureReceipt.objects.filter(exit="files").exclude(acknowledged_at=None).count() == 1
    assert (reader.get(square).status_code, reader.get(address).status_code) == (410, 410)
    assert any(name.startswith("private/originals/") for name in server.names())


def test_a_changed_credit_is_in_every_file_and_the_old_ones_go(server: Server) -> None:
    asset = make.asset()
    old = asset.digest
    desk, _ = at_desk("picture_editor")
    said = {"credit": "Alamy", "alternative_text": "A gate", "version": asset.version}
    assert desk.post(f"/desk/pictures/{asset.pk}/details/", said).status_code == 302
    outbox.relay()
    asset.refresh_from_db()
    assert asset.files_due_at is None
    names = [name for name in server.names() if name.startswith("public/")]
    assert len(names) == 6
    assert not [name for name in names if old in name]
    for row in renditions.current(asset):
        assert b"Alamy" in storage.public(row.digest, row.width, row.format).read_bytes()


def test_while_it_is_away_pages_stand_work_waits_and_nothing_is_half_kept(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    desk, editor = at_desk("picture_editor")
    asset = make.asset(at=timezone.now() - timedelta(hours=1))
    story = stories.published_story(lead_image=make.image_placement(asset), at=timezone.now() - timedelta(minutes=5))
    outbox.relay()
    address, before = renditions.picture(asset).src, server.names()
    server.end()

    answer = Client().get(story.path)
    assert answer.status_code == 200
    assert address in answer.content.decode()
    gone = Client().get(address)
    assert (gone.status_code, gone["Cache-Control"], gone["Retry-After"]) == (503, "no-store", "2")
    assert Client().get(crops.picture(asset, crops.SHAPES["4x3"]).src).status_code == 503
    assert Client().get(f"/media/{asset.digest}/20.webp").status_code == 200, "twenty pixels are in the database"
    for page in ("/desk/pictures/", f"/desk/pictures/{asset.pk}/", "/desk/pictures/upload/"):
        assert desk.get(page).status_code == 200
    assert desk.get(f"/desk/pictures/{asset.pk}/preview.webp").status_code == 503
    assert desk.post(f"/desk/pictures/{asset.pk}/original/").status_code == 302

    several = [make.upload(None, "a.jpg"), make.upload(b"no picture", "b.jpg")]
    lines = desk.post("/desk/pictures/upload/", {"files": several}, headers=JSON).json()["files"]
    assert [line["state"] for line in lines] == ["stop", "stop"]
    assert lines[0]["message"].startswith("The picture store does not answer.")
    assert Asset.objects.count() == 1

    # What somebody says of a picture stands, and its files follow.
    said = {"credit": "Alamy", "alternative_text": "A gate", "version": asset.version}
    assert desk.post(f"/desk/pictures/{asset.pk}/details/", said).status_code == 302
    asset.refresh_from_db()
    assert (asset.credit, asset.files_due_at is None) == ("Alamy", False)
    making.make_due(at=timezone.now())
    asset.refresh_from_db()
    assert asset.files_error == bucket.SILENT

    # A right that ends meanwhile shuts the address at once; the files follow when somebody can take them away.
    withdrawal.withdraw(asset.pk, person=editor, reason="Asked", at=timezone.now())
    outbox.relay()
    assert Client().get(address).status_code == 410
    assert PictureReceipt.objects.filter(exit="files", acknowledged_at=None).count() == 1
    server.again()
    assert server.names() == before
    rest()
    soon()
    outbox.relay()
    assert not [name for name in server.names() if name.startswith("public/")]
    assert not PictureReceipt.objects.filter(exit="files", acknowledged_at=None).exists()
    assert Departure.objects.filter(asset=asset).count() == 1
    assert uploaded(desk)["id"], "and others come in again"


def rest() -> None:
    """As if the last silence had been long ago."""
    known: Any = storages["public"]
    assert known.service is storages["private"].service  # type: ignore[attr-defined]
    assert known.service.silence is not None
    known.service.silence -= bucket.REST


def test_a_key_that_is_refused_is_said_by_name_and_keeps_nothing(server: Server, settings: Any) -> None:
    desk, _ = at_desk("picture_editor")
    asset = make.asset(made=False)
    for key, secret, code in (
        ("AKIAWRONG", "x" * 40, "InvalidAccessKeyId"),
        (server.key, "x" * 40, "SignatureDoesNotMatch"),
    ):
        wrong = type(server.bucket)(server.bucket.name, server.address, server.bucket.region, key, secret)
        use(settings, wrong)
        told = uploaded(desk)
        assert (told["state"], code in told["message"], "BUCKET_KEY" in told["message"]) == ("stop", True, True)
        assert secret not in told["message"]
        Asset.objects.filter(pk=asset.pk).update(files_due_at=make.AT)
        making.make_due(at=make.AT)
        asset.refresh_from_db()
        assert code in asset.files_error
    use(settings, type(server.bucket)("no-such-bucket", server.address, "eu-west-2", server.key, server.secret))
    assert "BUCKET_NAME" in uploaded(desk)["message"] or "BUCKET_KEY" in uploaded(desk)["message"]
    assert Asset.objects.count() == 1


def test_one_that_takes_connections_and_says_nothing_holds_nobody_for_long(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "READ", 1)
    asset = make.asset()
    address = renditions.picture(asset).src
    with silent() as told:
        from newsroom import servers

        use(settings, servers.Bucket("longwalk-pictures", told.address, "eu-west-2", "key", "secret"))
        began = time.monotonic()
        assert Client().get(address).status_code == 503
        assert time.monotonic() - began < 6
        asked, began = told.asked, time.monotonic()
        for _ in range(20):
            assert Client().get(address).status_code == 503
        assert time.monotonic() - began < 2, "who comes after a silence is answered at once"
        assert told.asked == asked
        rest()
        assert Client().get(address).status_code == 503
        assert told.asked > asked, "after a rest somebody asks again"


def test_a_store_is_tried_out_before_it_is_relied_upon(server: Server, settings: Any, tmp_path: Path) -> None:
    said = StringIO()
    call_command("try_store", stdout=said)
    assert "Both stores keep, find, give and remove a file." in said.getvalue()
    assert server.names() == []
    use(settings, type(server.bucket)(server.bucket.name, server.address, server.bucket.region, "AKIAWRONG", "secret"))
    with pytest.raises(CommandError, match=r"refused us \(InvalidAccessKeyId"):
        call_command("try_store")
    use(settings, server.bucket)
    server.open_to_all()
    with pytest.raises(CommandError, match="Anybody may read the bucket"):
        call_command("try_store")
    assert server.names() == []


def test_what_is_closed_is_not_given_although_its_removal_is_late(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under embargo while the store was away: the files are there still."""
    asset = make.asset()
    address, square = renditions.picture(asset).src, crops.picture(asset, crops.SHAPES["1x1"]).src
    assert (Client().get(address).status_code, Client().get(square).status_code) == (200, 200)
    monkeypatch.setattr(closing, "_closers", [lambda wanted, at: wanted])
    assert (Client().get(address).status_code, Client().get(square).status_code) == (410, 410)


def test_a_store_that_goes_away_between_two_files_leaves_no_picture(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object, name: str, path: Path) -> None:
        raise storage.Away("The picture store does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(bucket.Bucket, "take", away)
        with pytest.raises(storage.Away):
            ingest.receive(make.upload(), person=person("reporter"))
    assert server.names() == []
    assert not Asset.objects.exists()
