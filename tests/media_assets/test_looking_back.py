"""Pictures that came in before anybody asked what they look like are looked at afterwards, each once, and their twins found."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from media_assets import likeness, looking_back, making, storage
from media_assets.models import Asset, Likeness, Resemblance
from newsroom.demo import drawings
from tests.factories import media_assets as make
from tests.media_assets.test_alike import data

pytestmark = pytest.mark.django_db


def forgotten(*pictures: Image.Image) -> list[Asset]:
    """Pictures as they came in long ago: nothing is known of what they look like."""
    assets = [make.asset(made=False, data=data(picture)) for picture in pictures]
    Likeness.objects.all().delete()
    Resemblance.objects.all().delete()
    return assets


def test_twins_are_found_among_old_pictures_and_each_is_looked_at_once() -> None:
    gates, lake = drawings.gates().convert("RGB"), drawings.lake().convert("RGB")
    one, other, smaller, plain = forgotten(
        gates.resize((1200, 750)),
        lake.resize((800, 500)),
        gates.resize((700, 437)),
        Image.new("RGB", (400, 300), "grey"),
    )
    assert looking_back.look(at=make.AT) == 4
    pair = Resemblance.objects.get()
    assert (pair.older, pair.newer, pair.decision) == (one, smaller, "")
    assert Likeness.objects.get(asset=plain).hashes == []
    assert likeness.near([], but=other.pk) == []
    assert looking_back.look(at=make.AT) == 0


def test_it_goes_on_where_it_was_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten(*(make.drawing(300, 200) for _ in range(4)))
    preview, asked = making.preview, []

    def cut_off(asset: Asset) -> bytes:
        asked.append(asset.pk)
        if len(asked) == 3:
            raise storage.Away("The picture store does not answer.")
        return preview(asset)

    with monkeypatch.context() as patch:
        patch.setattr(making, "preview", cut_off)
        with pytest.raises(storage.Away):
            looking_back.look(at=make.AT)
    assert Likeness.objects.count() == 2, "what was looked at is kept"
    assert looking_back.look(at=make.AT) == 2


def test_a_lost_file_holds_up_no_other_and_a_long_list_ends_in_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, *_ = forgotten(*(make.drawing(300, 200) for _ in range(3)))
    storage.remove(storage.preview(lost.sha256))
    storage.remove(storage.original(lost.sha256, "JPEG"))
    assert looking_back.look(at=make.AT, seconds=0) == 0
    monkeypatch.setattr(looking_back, "AT_ONCE", 2)
    assert looking_back.look(at=make.AT) == 3
    assert "could not be looked at" in caplog.text
    assert looking_back.look(at=make.AT) == 0


def test_it_costs_one_query_when_there_is_nothing_to_do(django_assert_num_queries: Any) -> None:
    make.asset(made=False)
    with django_assert_num_queries(1):
        assert looking_back.look(at=make.AT) == 0
