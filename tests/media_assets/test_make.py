"""When the files that readers get are there, and when they are not."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from media_assets import making, rights, storage
from media_assets.models import Asset, Rendition
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.made import files, taken

pytestmark = pytest.mark.django_db
NOW = make.AT


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
