"""Crops: around the focal point, at addresses that never change their meaning, made once, gone with the right."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from media_assets import cropping, crops, focus, making, renditions, rights, storage
from media_assets.models import Asset
from tests.factories import media_assets as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
WIDE, PLAIN, SQUARE, SOCIAL = crops.SHAPES.values()


def point(asset: Asset, x: int, y: int) -> Asset:
    focus.point(asset.pk, person=person("picture_editor"), x=x, y=y, at=make.AT)
    return Asset.objects.get(pk=asset.pk)


def halves() -> bytes:
    """Red on the left, blue on the right."""
    out, picture = io.BytesIO(), Image.new("RGB", (1600, 800), (200, 30, 30))
    picture.paste((30, 40, 200), (800, 0, 1600, 800))
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.mark.parametrize(
    ("shape", "size", "at", "box"),
    [
        (SQUARE, (1600, 800), (50, 50), (400, 0, 1200, 800)),
        (SQUARE, (1600, 800), (0, 50), (0, 0, 800, 800)),
        (SQUARE, (1600, 800), (100, 100), (800, 0, 1600, 800)),
        (WIDE, (1600, 900), (3, 97), (0, 0, 1600, 900)),
        (WIDE, (900, 1600), (50, 50), (0, 547, 900, 1053)),
        (WIDE, (900, 1600), (50, 0), (0, 0, 900, 506)),
        (PLAIN, (1, 1), (50, 50), (0, 0, 1, 1)),
        (SOCIAL, (16_383, 8), (50, 50), (8184, 0, 8199, 8)),
    ],
)
def test_the_largest_part_of_a_shape_around_the_point(
    shape: crops.Shape, size: tuple[int, int], at: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    assert shape.box(*size, at) == box


def test_a_crop_is_made_when_it_is_first_asked_for_and_shows_the_point(client: Client) -> None:
    asset = point(make.asset(data=halves()), 90, 50)
    shown = crops.picture(asset, SQUARE)
    assert shown.src == f"/media/{asset.digest}/1x1-90-50/640.jpg"
    assert (shown.width, shown.height) == (800, 800)
    place = storage.crop(asset.digest, "1x1-90-50", 640, "jpg")
    assert not place.exists()
    answer = client.get(shown.src)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=60, immutable"
    assert answer.content == place.read_bytes()
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (640, 640)
    seen = picture.getpixel((10, 320))
    assert isinstance(seen, tuple)
    assert seen[2] > 150 > seen[0], "the right half alone, which is blue"
    assert client.get(shown.src, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    for source in shown.sources:
        for address in source.srcset.split(", "):
            got = client.get(address.split()[0])
            assert (got.status_code, got["Content-Type"]) == (200, source.type)
            assert Image.open(io.BytesIO(got.content)).width == int(address.split()[1].rstrip("w"))


def test_another_point_is_another_address_and_the_old_one_leads_there(client: Client) -> None:
    asset = make.asset(size=(1000, 640))
    old = crops.address(asset, SQUARE, 320, "jpg")
    assert client.get(old).status_code == 200
    asset = point(asset, 20, 20)
    assert client.get(old)["Location"] == f"/media/{asset.digest}/1x1-20-20/320.jpg"
    making.settle(asset.pk, at=make.AT)
    assert not storage.crop(asset.digest, "1x1-50-35", 320, "jpg").exists()
    # Widths that are not made, and a credit that was changed, lead on as well.
    assert client.get(f"/media/{asset.digest}/1x1-20-20/480.jpg")["Location"].endswith("/1x1-20-20/640.jpg")
    before = asset.digest
    Asset.objects.filter(pk=asset.pk).update(digest="f" * 32)
    assert client.get(f"/media/{before}/1x1-20-20/320.jpg")["Location"] == f"/media/{'f' * 32}/1x1-20-20/320.jpg"


@pytest.mark.parametrize("part", ["2x1-50-35", "1x1", "1x1-50", "1x1-50-35-7", "1x1-a-b", "x-50-35"])
def test_a_part_that_never_was_is_not_found(part: str, client: Client) -> None:
    asset = make.asset()
    assert client.get(f"/media/{asset.digest}/{part}/320.jpg").status_code == 404
    assert client.get(f"/media/{'0' * 32}/1x1-50-35/320.jpg").status_code == 404
    assert client.get(f"/media/{asset.digest}/1x1-50-35/320.gif").status_code == 404
    assert client.get(f"/media/{asset.digest}/1x1-50-35/999999999999999999999.jpg").status_code == 302


def test_a_crop_goes_with_the_right_and_none_is_made_without(client: Client) -> None:
    asset = make.asset()
    address = crops.address(asset, WIDE, 320, "jpg")
    assert client.get(address).status_code == 200
    for row in asset.rights.all():
        rights.end(row.pk, asset_id=asset.pk, person=person("picture_editor"), at=timezone.now())
    assert client.get(address).status_code == 410
    making.settle(asset.pk, at=timezone.now())
    assert not storage.under(asset.digest)
    assert client.get(address).status_code == 410
    assert not storage.under(asset.digest)


def test_a_right_that_ends_while_a_crop_is_made_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    asset = make.asset(ends_at=make.AT + timedelta(hours=1))
    moments = iter([make.AT + timedelta(hours=2)])
    assert not cropping.make(asset, WIDE, 320, "jpg", clock=lambda: next(moments))
    assert not storage.crop(asset.digest, crops.part(asset, WIDE), 320, "jpg").exists()


def test_a_lost_original_leads_to_the_whole_picture(client: Client) -> None:
    asset = make.asset(size=(1000, 640))
    storage.remove(storage.original(asset.sha256, "JPEG"))
    answer = client.get(crops.address(asset, WIDE, 640, "webp"))
    assert (answer.status_code, answer["Location"]) == (302, f"/media/{asset.digest}/640.webp")
    assert answer["Cache-Control"] == "no-store"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_a_herd_one_makes_the_crop_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight readers at once, as if of eight processes: one encodes, the others get the whole picture meanwhile."""
    asset = make.asset(size=(1000, 640))
    address, answers, made = crops.address(asset, WIDE, 640, "webp"), [], []
    going, all_there = threading.Event(), threading.Barrier(8)
    encoded = cropping.encoded

    def slow(*facts: Any) -> bytes:
        made.append(facts)
        going.wait(20)  # until all others have their answer
        return encoded(*facts)

    monkeypatch.setattr(cropping, "encoded", slow)
    monkeypatch.setattr(cropping, "_one", threading.Semaphore(8))  # each a process of its own: PostgreSQL decides

    def read() -> None:
        try:
            all_there.wait(20)
            answers.append(Client().get(address).status_code)
        finally:
            if len(answers) == 7:
                going.set()
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(40)
    assert sorted(answers) == [200] + [302] * 7
    assert len(made) == 1
    assert Client().get(address).status_code == 200
    assert len(made) == 1


def test_one_process_unpacks_one_original_at_a_time() -> None:
    asset = make.asset()
    with cropping._one:
        assert not cropping.make(asset, WIDE, 320, "jpg", clock=timezone.now)
    assert cropping.make(asset, WIDE, 320, "jpg", clock=timezone.now)


def test_no_query_where_the_files_came_along(django_assert_num_queries: Any) -> None:
    from media_assets import library

    asset = library.load([make.asset().pk])
    with django_assert_num_queries(0):
        each = crops.Crops(next(iter(asset.values())))
        assert each.wide.ready
        assert each.plain.ready
        assert each.square.ready


def test_search_engines_get_the_three_shapes_with_the_credit() -> None:
    placement = make.image_placement(make.asset(size=(2000, 1500), creator="Anna Meyer"))
    images = crops.structured(placement, base_url="https://news.example")
    assert [(each["width"], each["height"]) for each in images] == [(1920, 1080), (1920, 1440), (1500, 1500)]
    assert {each["creditText"] for each in images} == {"Getty Images"}
    assert {each["creator"]["name"] for each in images} == {"Anna Meyer"}
    assert all(each["url"].startswith("https://news.example/media/") for each in images)
    social = crops.picture(placement.asset, SOCIAL)
    assert (social.width, social.height) == (1200, 630)


def test_before_the_files_are_made_a_crop_keeps_its_place() -> None:
    shown = crops.picture(make.asset(made=False, size=(1000, 640)), WIDE)
    assert (shown.ready, shown.width, shown.height) == (False, 1000, 562)
    assert renditions.root() == "/media/"
