"""A picture's public address."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from media_assets import making, renditions, rights, storage
from media_assets.models import Asset
from tests.factories import media_assets as make

pytestmark = pytest.mark.django_db


def test_a_file_is_kept_for_good_and_never_means_anything_else(client: Client) -> None:
    asset = make.asset()
    for row in renditions.current(asset):
        answer = client.get(renditions.address(row))
        assert answer.status_code == 200
        assert answer["Content-Type"] == {"webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif"}[row.format]
        assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=60, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer
        assert answer.content == storage.public(row.digest, row.width, row.format).read_bytes()
        again = client.get(renditions.address(row), headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/media/0123456789abcdef0123456789abcdef/480.jpg",
        "/media/x/480.jpg",
        "/media/x/99999999999999999999999.jpg",
        "/media/x/480.exe",
        "/media/../private/480.jpg",
        "/media/%2e%2e/480.jpg",
        "/media/x/-1.jpg",
    ],
)
def test_an_address_that_never_was_is_not_found(path: str, client: Client) -> None:
    assert client.get(path).status_code == 404


def test_an_original_has_no_address(client: Client) -> None:
    asset = make.asset()
    for path in (
        f"/media/{asset.sha256}/480.jpg",
        f"/media/originals/{asset.sha256}.jpg",
        f"/media/{asset.sha256}.jpg",
    ):
        assert client.get(path).status_code == 404


def test_rights_are_asked_at_the_address_itself(client: Client) -> None:
    """Promise 13: also for whoever kept the address."""
    asset = make.asset(at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))
    address = renditions.picture(asset).src
    assert client.get(address).status_code == 200
    row = asset.rights.get()
    assert rights.end(row.pk, asset_id=asset.pk, person=asset.added_by, at=timezone.now())
    answer = client.get(address)
    assert answer.status_code == 410
    assert "max-age=60" in answer["Cache-Control"]


def test_a_right_for_one_exit_keeps_the_address(client: Client) -> None:
    asset = make.asset()
    rights.add(asset, person=asset.added_by, use="web", allowed=False, note="Print only", at=make.AT)
    assert client.get(renditions.picture(asset).src).status_code == 200


def test_files_that_were_lost_are_made_again(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make.asset(data=make.picture_bytes())
    address = renditions.picture(asset).src
    before = client.get(address).content
    shutil.rmtree(tmp_path / asset.digest)
    after = client.get(address)
    assert (after.status_code, after.content) == (200, before)
    best = client.get(f"/media/{asset.digest}/320.avif")
    assert (best.status_code, best["Location"]) == (302, f"/media/{asset.digest}/320.jpg"), "a worker makes AVIF"
    assert best["Cache-Control"] == "no-store"
    making.make_due(at=timezone.now())
    assert client.get(f"/media/{asset.digest}/320.avif").status_code == 200
    assert Asset.objects.get(pk=asset.pk).files_due_at is None


def test_twenty_pixels_are_there_before_any_file_and_go_with_the_right(client: Client) -> None:
    asset = make.asset(made=False)
    address = renditions.picture(asset).src
    assert address == f"/media/{asset.digest}/20.webp"
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert len(answer.content) < 300
    assert Image.open(io.BytesIO(answer.content)).width == 20
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/media/{'0' * 32}/20.webp").status_code == 404
    asset.rights.all().delete()
    assert client.get(address).status_code == 410


def test_while_it_cannot_be_made_it_says_so_and_is_not_kept(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make.asset(data=make.picture_bytes())
    shutil.rmtree(tmp_path / asset.digest)
    Asset.objects.filter(pk=asset.pk).update(files_due_at=timezone.now() + timedelta(minutes=1))  # a worker has it
    answer = client.get(renditions.picture(asset).src)
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")


def test_a_lost_original_is_no_error_of_ours(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make.asset(data=make.picture_bytes())
    shutil.rmtree(tmp_path / asset.digest)
    storage.remove(storage.original(asset.sha256, "JPEG"))
    assert client.get(renditions.picture(asset).src).status_code == 503


def test_two_queries(client: Client, django_assert_num_queries: Any) -> None:
    address = renditions.picture(make.asset(data=make.picture_bytes())).src
    with django_assert_num_queries(2):
        client.get(address)
