"""Agencies' watched folders: what lies there comes in once, whole, and what is refused says why."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from media_assets import feeds, ingest
from media_assets.models import Asset, FeedFile
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.media_assets.at_desk import at_desk, cost, sound

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process is gone; nothing catches this."""


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.PICTURE_FEEDS_ROOT = tmp_path / "feeds"
    make.agency()
    place = tmp_path / "feeds" / "getty-images"
    place.mkdir(parents=True)
    return place


def looked(times: int = 2) -> int:
    """So many looks, far enough apart; how many files they settled."""
    return sum(
        feeds.sweep(at=timezone.now() + number * (feeds.STILL + timedelta(seconds=1))) for number in range(times)
    )


def lay(folder: Path, name: str = "one.jpg", data: bytes | None = None) -> Path:
    path = folder / name
    path.write_bytes(make.picture_bytes() if data is None else data)
    return path


def test_a_file_comes_in_with_its_agency_and_is_moved_aside(folder: Path) -> None:
    lay(folder, data=quirky.jpeg(quirky.iim({110: b"Photo by Anna Meyer/Getty Images", 120: b"The gate"})))
    assert looked() == 1
    asset = Asset.objects.get()
    assert (asset.agency.name if asset.agency else "", asset.added_by, asset.creator, asset.caption) == (
        "Getty Images", None, "Anna Meyer", "The gate",
    )  # fmt: skip
    assert [path.name for path in folder.iterdir()] == ["taken"]
    assert (folder / "taken" / "one.jpg").exists()
    assert looked() == 0
    client, _ = at_desk("picture_editor")
    assert "from the agency’s folder" in sound(client.get(f"/desk/pictures/{asset.pk}/")).one("main").text


def test_a_file_that_still_grows_is_left_alone(folder: Path) -> None:
    whole = make.picture_bytes()
    path = lay(folder, data=whole[:1000])
    now = timezone.now()
    assert feeds.sweep(at=now) == 0
    path.write_bytes(whole[:2000])
    assert feeds.sweep(at=now + timedelta(seconds=20)) == 0
    path.write_bytes(whole)
    assert feeds.sweep(at=now + timedelta(seconds=40)) == 0
    assert feeds.sweep(at=now + timedelta(seconds=45)) == 0, "not ten seconds yet"
    assert feeds.sweep(at=now + timedelta(seconds=60)) == 1
    assert Asset.objects.get().original_bytes == len(whole)


def test_a_bad_file_says_why_and_holds_no_other_up(folder: Path) -> None:
    lay(folder, "a.jpg", b"")
    lay(folder, "b.jpg", make.picture_bytes()[:400])
    lay(folder, "c.gif", b"GIF89a....")
    lay(folder, "d.jpg")
    (folder / ".e.jpg").write_bytes(make.picture_bytes())
    os.symlink("/etc/hostname", folder / "f.jpg")
    assert looked() == 4
    assert Asset.objects.get().original_name == "d.jpg"
    refused = folder / "refused"
    assert "empty (0 bytes)" in (refused / "a.jpg.txt").read_text()
    assert "damaged or cut off" in (refused / "b.jpg.txt").read_text()
    assert "This is a GIF" in (refused / "c.gif.txt").read_text()
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [".e.jpg", "f.jpg"]
    client, _ = at_desk("picture_editor")
    root = sound(client.get("/desk/pictures/feeds/?show=refused"))
    assert [row.all("td")[0].text for row in root.all("tbody")[1].all("tr")] == ["c.gif", "b.jpg", "a.jpg"]


def test_the_same_name_again_and_the_same_picture_again_lose_nothing(folder: Path) -> None:
    data = make.picture_bytes()
    lay(folder, data=data)
    looked()
    lay(folder)  # another picture under the name
    lay(folder, "again.jpg", data)
    assert looked() == 2
    assert Asset.objects.count() == 2
    assert len([path for path in (folder / "taken").iterdir() if path.suffix == ".jpg"]) == 3
    assert "in the library already" in FeedFile.objects.get(name="again.jpg").message


@pytest.mark.parametrize(
    "step", ["while it is read", "before it is written down", "before it is moved", "after it was moved"]
)
def test_a_process_that_dies_loses_and_doubles_nothing(
    folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(folder)
    feeds.sweep(at=timezone.now())
    later = timezone.now() + timedelta(seconds=20)

    def dies(*args: Any, **kwargs: Any) -> None:
        raise Killed

    def moves_and_dies(path: Path, to: Path) -> None:
        shutil.move(path, to)
        raise Killed

    with monkeypatch.context() as patch:
        if step == "while it is read":
            patch.setattr(ingest, "receive", dies)
        elif step == "before it is written down":
            patch.setattr(FeedFile, "save", dies)
        elif step == "before it is moved":
            patch.setattr(
                Path, "mkdir", lambda self, **how: dies() if self.name == "taken" else os.makedirs(self, exist_ok=True)
            )
        else:
            patch.setattr(
                feeds, "_aside", lambda row, found: moves_and_dies(found.path, found.path.parent.parent / "gone.jpg")
            )
        with pytest.raises(Killed):
            feeds.sweep(at=later)
    feeds.sweep(at=later + timedelta(seconds=20))
    feeds.sweep(at=later + timedelta(seconds=40))
    assert Asset.objects.count() == 1
    assert FeedFile.objects.get().state == FeedFile.State.TAKEN
    assert not (folder / "one.jpg").exists()


def test_a_full_disk_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from media_assets import storage

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    lay(folder)
    with monkeypatch.context() as patch:
        patch.setattr(storage, "write", full)
        assert looked() == 0
    row = FeedFile.objects.get()
    assert (row.state, "No space left on device" in row.message) == ("arriving", True)
    client, _ = at_desk("picture_editor")
    assert "It is tried again." in sound(client.get("/desk/pictures/feeds/")).one("main").text
    assert feeds.sweep(at=timezone.now() + timedelta(minutes=1)) == 1


def test_a_folder_of_nobody_and_no_folder_at_all(folder: Path, settings: Any) -> None:
    lay((folder.parent / "strangers"), "x.jpg") if (folder.parent / "strangers").mkdir() is None else None
    assert looked() == 0
    client, _ = at_desk("picture_editor")
    assert "No agency has this name" in sound(client.get("/desk/pictures/feeds/")).one("table").text
    settings.PICTURE_FEEDS_ROOT = None
    assert feeds.sweep(at=timezone.now()) == 0
    assert "PICTURE_FEEDS_ROOT" in sound(client.get("/desk/pictures/feeds/")).one("section", "empty").text


@pytest.mark.django_db(transaction=True)
def test_a_second_look_waits_for_nobody(folder: Path) -> None:
    """Two connections: while one looks, the other leaves the folder alone."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def other() -> int:
        try:
            return looked()
        finally:
            connection.close()

    lay(folder)
    with feeds._alone() as mine, ThreadPoolExecutor(1) as pool:
        assert mine
        assert pool.submit(other).result() == 0
    assert looked() == 1


def test_the_page_costs_the_same_with_1_and_with_20_files(folder: Path) -> None:
    client, _ = at_desk("picture_editor")
    asset = make.asset(made=False, person=person("editor"))
    rows = [
        FeedFile(folder="getty-images", name=f"{number}.jpg", size=1, changed=number, seen_at=make.AT, state="taken", settled_at=make.AT, asset=asset)
        for number in range(20)
    ]  # fmt: skip
    FeedFile.objects.bulk_create(rows[:1])
    first = cost(client, "/desk/pictures/feeds/")
    FeedFile.objects.bulk_create(rows[1:])
    assert cost(client, "/desk/pictures/feeds/") == first
