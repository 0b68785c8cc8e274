"""Putting a picture into a story: a placement never changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from media_assets import crops, placements
from media_assets.models import ImagePlacement, PlacementIsFixed
from tests.factories import media_assets as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
NOW = make.AT


def test_place_keeps_this_storys_words() -> None:
    asset, alice = make.asset(made=False), person("reporter")
    placed = placements.place(asset, caption=" At the\0 gate ", alternative_text=" A gate ", person=alice, at=NOW)
    assert (placed.caption, placed.alternative_text, placed.created_by) == ("At the gate", "A gate", alice)
    again = placements.place(asset, caption="At the gate", alternative_text="A gate", person=alice)
    assert again.pk != placed.pk


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("alternative_text", {"alternative_text": " \n"}),
        ("alternative_text", {"alternative_text": "x" * 501}),
        ("caption", {"caption": "x" * 2001}),
    ],
)
def test_words_that_will_not_do_are_refused(field: str, facts: dict[str, str]) -> None:
    said = {"caption": "", "alternative_text": "A gate", **facts}
    with pytest.raises(placements.Refused) as refused:
        placements.place(make.asset(made=False), person=person("reporter"), **said)
    assert refused.value.field == field


def test_rights_are_asked_when_a_picture_is_picked() -> None:
    asset = make.asset(made=False, ends_at=NOW + timedelta(days=1))
    with pytest.raises(placements.Refused) as refused:
        placements.place(
            asset, caption="", alternative_text="A gate", person=person("editor"), at=NOW + timedelta(days=1)
        )
    assert refused.value.field == "asset"
    assert "ended on" in refused.value.message


def test_a_placement_is_never_changed() -> None:
    placed = make.image_placement()
    placed.caption = "Something nobody approved"
    with pytest.raises(PlacementIsFixed):
        placed.save()
    with pytest.raises(PlacementIsFixed):
        ImagePlacement.objects.filter(pk=placed.pk).update(caption="Something nobody approved")
    with pytest.raises(PlacementIsFixed), transaction.atomic():
        ImagePlacement.objects.bulk_update([placed], ["caption"])
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE media_assets_imageplacement SET caption = 'x' WHERE id = %s", [placed.pk])
    assert ImagePlacement.objects.get(pk=placed.pk).caption != "Something nobody approved"


def test_the_database_refuses_a_placement_without_alternative_text() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ImagePlacement.objects.create(asset=make.asset(made=False), alternative_text="  ", created_by=person("editor"))


@pytest.mark.parametrize("count", [1, 20])
def test_load_takes_one_query(count: int, django_assert_num_queries: Any) -> None:
    from media_assets import renditions, rights

    asset = make.asset(agency=make.agency())
    ids = [make.image_placement(asset if number % 2 else make.asset(made=False)).pk for number in range(count)]
    with django_assert_num_queries(1):
        found = placements.load([*ids, 999_999])
        assert set(found) == set(ids)
        for placed in found.values():
            assert rights.usability(placed.asset, "web", NOW).allowed
            renditions.lead(placed)
            crops.structured(placed, base_url="")
            str(placed.asset.agency)
