"""When the files that readers get are there, and when they are not."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from media_assets import details, making, pixels, renditions, rights, stamp, storage
from media_assets.models import Asset, Rendition
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.blocks_of import carried
from tests.media_assets.made import files, taken

pytestmark = pytest.mark.django_db
NOW = make.AT


def test_making_twice_makes_nothing_the_second_time() -> None:
    asset = taken(make.picture_bytes())
    before = files(asset)
    assert making.make(asset.pk, at=NOW) == 0
    Asset.objects.filter(pk=asset.pk).update(files_due_at=NOW)
    assert making.make(asset.pk, at=NOW) == 6
    assert files(asset) == before
    assert Rendition.objects.filter(asset=asset).count() == 6


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
    assert len(files(asset)) == 6
    assert not making.settle(asset.pk, at=later)
    assert list(tmp_path.rglob("*")) == []
    rights.add(asset, person=person("picture_editor"), at=later, ends_at=None)
    assert making.settle(asset.pk, at=later)
    assert making.make_due(at=later) == 6
    assert len(files(asset)) == 6


def test_a_failure_is_written_down_tried_again_and_holds_no_other_back(caplog: pytest.LogCaptureFixture) -> None:
    lost, fine = make.asset(made=False), make.asset(made=False)
    storage.remove(storage.original(lost.sha256, "JPEG"))
    assert making.make_due(at=NOW) == 6
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
    assert making.make_due(at=NOW + making.LEASE) == 6


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
    assert sorted(made) == [0, 6]


@pytest.mark.django_db(transaction=True)
def test_a_credit_changed_while_files_are_made_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's files carry the old credit: none of them may stay."""
    from media_assets import details

    asset = make.asset(made=False)
    write = making._write

    def slow(one: Asset, formats: Sequence[str]) -> tuple[list[Rendition], dict[str, Any]]:
        rows = write(one, formats)
        words = details.Words(credit="Alamy", alternative_text="A castle")
        details.change(one.pk, person=asset.added_by, expected_version=1, words=words, agency=None, at=NOW)
        return rows

    monkeypatch.setattr(making, "_write", slow)
    assert making.make(asset.pk, at=NOW) == 0
    monkeypatch.undo()
    assert not Rendition.objects.exists()
    assert not storage.public(asset.digest, 320, "jpg").exists()
    assert making.make_due(at=NOW) == 6
    asset.refresh_from_db()
    assert all(b"Alamy" in data for data in files(asset).values())


def test_what_is_seen_of_a_picture_comes_before_any_avif(monkeypatch: pytest.MonkeyPatch) -> None:
    """A breaking story's picture comes in while those of a gallery are made: it waits for one of them, not for all."""
    gallery = [make.asset(made=False) for _ in range(4)]
    Asset.objects.filter(pk=gallery[-1].pk).update(files_due_at=None)
    steps: list[tuple[int, str]] = []
    write = making._write

    def watched(one: Asset, formats: Sequence[str]) -> tuple[list[Rendition], dict[str, Any]]:
        steps.append((one.pk, "+".join(formats)))
        if len(steps) == 4:
            Asset.objects.filter(pk=gallery[-1].pk).update(files_due_at=NOW)  # it comes in now
        return write(one, formats)

    monkeypatch.setattr(making, "_write", watched)
    with make.encoded_once():
        assert making.make_due(at=NOW) == 4 * 6
    first, second, third, breaking = (one.pk for one in gallery)
    assert steps == [
        *((pk, "webp+jpg") for pk in (first, second, third)),
        (first, "avif"),
        (breaking, "webp+jpg"),
        *((pk, "avif") for pk in (second, third, breaking)),
    ]


def test_a_picture_is_shown_before_its_avif_is_made() -> None:
    asset = make.asset(made=False)
    with make.encoded_once():
        making.make(asset.pk, at=NOW, formats=making.FIRST)
    asset.refresh_from_db()
    shown = renditions.picture(asset)
    assert shown.ready
    assert [source.type for source in shown.sources] == ["image/webp"]
    assert asset.files_due_at == NOW
    with make.encoded_once():
        making.make_due(at=NOW)
    assert [source.type for source in renditions.picture(asset).sources] == ["image/avif", "image/webp"]
    assert Asset.objects.get(pk=asset.pk).files_due_at is None


def test_pictures_of_an_older_recipe_are_made_anew_and_their_addresses_lead_on(client: Client) -> None:
    """What the recipe before this one left: other widths, no AVIF, an address of its own."""
    asset = make.asset(size=(1000, 640))
    old = "0" * 32
    Asset.objects.filter(pk=asset.pk).update(digest=old, recipe=1)
    asset.renditions.all().delete()
    for kind in ("webp", "jpg"):
        for width in (480, 960):
            Rendition.objects.create(asset=asset, digest=old, format=kind, width=width, height=width, bytes=1)
            storage.write(storage.public(old, width, kind), b"what is there")
    assert client.get(f"/media/{old}/480.jpg").content == b"what is there"
    assert making.renew(at=NOW) == 1
    with make.encoded_once():
        assert making.make_due(at=NOW) == 12
    assert not making.settle(asset.pk, at=NOW)
    asset.refresh_from_db()
    assert (asset.recipe, asset.digest) == (
        stamp.RECIPE,
        renditions.digest_of(asset.sha256, renditions.credit_of(asset)),
    )
    assert not storage.under(old)
    for width, now in ((480, 640), (960, 960)):
        answer = client.get(f"/media/{old}/{width}.jpg")
        assert (answer.status_code, answer["Location"]) == (302, f"/media/{asset.digest}/{now}.jpg")
    assert making.renew(at=NOW) == 0


def test_a_changed_credit_keeps_every_format_without_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    asset = make.asset()
    monkeypatch.setattr(pixels, "cascade", None)  # whoever encoded again would fail
    words = details.Words(credit="Alamy", alternative_text="A castle")
    changed = details.change(
        asset.pk, person=person("picture_editor"), expected_version=1, words=words, agency=None, at=NOW
    )
    assert sorted(files(changed)) == ["320.avif", "320.jpg", "320.webp", "640.avif", "640.jpg", "640.webp"]
    for name, data in files(changed).items():
        assert b"<photoshop:Credit>Alamy</photoshop:Credit>" in carried(data).xmp, name
    assert changed.files_due_at is None
