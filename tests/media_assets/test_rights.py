"""May a picture be shown there, now? (Promise 13: credit, alternative text and rights, asked at one place.)"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from media_assets import library, rights
from media_assets.models import Asset, RightsRow, Use
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
NOW = make.AT
DAY = timedelta(days=1)


def names(asset: Asset, use: Use = Use.WEB, at: datetime = NOW) -> set[str]:
    return rights.usability(library.load([asset.pk])[asset.pk], use, at).names


def with_rows(*rows: dict[str, Any]) -> Asset:
    asset = make.asset(made=False)
    asset.rights.all().delete()
    for row in rows:
        RightsRow.objects.create(asset=asset, added_by=asset.added_by, **row)
    return asset


def test_credit_text_and_a_right_make_it_usable_everywhere() -> None:
    asset = make.asset(made=False)
    assert len(list(Use.exits())) > 3
    for use in Use.exits():
        usable = rights.usability(asset, use, NOW)
        assert usable.allowed
        assert usable.reasons == []


@pytest.mark.parametrize("credit", ["", "   "])
def test_without_credit_it_is_usable_nowhere(credit: str) -> None:
    asset = make.asset(made=False)
    Asset.objects.filter(pk=asset.pk).update(credit=credit)
    for use in Use.exits():
        assert names(asset, use) == {"no-credit"}


def test_without_alternative_text_it_is_usable_nowhere() -> None:
    asset = make.asset(made=False)
    Asset.objects.filter(pk=asset.pk).update(alternative_text="")
    assert names(asset) == {"no-alternative-text"}


def test_a_withdrawn_one_is_usable_nowhere() -> None:
    asset = make.asset(made=False)
    Asset.objects.filter(pk=asset.pk).update(withdrawn_at=NOW, withdrawn_reason="The agency asked.")
    assert names(asset) == {"withdrawn"}
    assert names(asset, at=NOW - DAY) == set()


ROWS: list[tuple[str, list[dict[str, Any]], Use, set[str]]] = [
    ("nobody recorded a right", [], Use.WEB, {"no-right"}),
    ("a right for another place", [{"use": "mail"}], Use.WEB, {"no-right"}),
    ("a right for this place", [{"use": "web"}], Use.WEB, set()),
    ("a right for every place", [{"use": "any"}], Use.FEED, set()),
    ("a right that has ended", [{"ends_at": NOW}], Use.WEB, {"ended"}),
    ("a right that ends later", [{"ends_at": NOW + DAY}], Use.WEB, set()),
    ("a right that begins now", [{"starts_at": NOW}], Use.WEB, set()),
    ("a right that begins later", [{"starts_at": NOW + DAY}], Use.WEB, {"not-yet"}),
    ("one ended, one lives", [{"ends_at": NOW - DAY}, {"use": "web", "starts_at": NOW - DAY}], Use.WEB, set()),
    ("one ended, one to come", [{"ends_at": NOW - DAY}, {"starts_at": NOW + DAY}], Use.WEB, {"not-yet"}),
    ("a denial beats a right", [{}, {"allowed": False}], Use.WEB, {"denied"}),
    ("a denial for every place beats a right for this", [{"use": "web"}, {"allowed": False}], Use.WEB, {"denied"}),
    ("a denial for another place", [{}, {"use": "mail", "allowed": False}], Use.WEB, set()),
    ("a denial that has ended", [{}, {"allowed": False, "ends_at": NOW}], Use.WEB, set()),
    ("a denial to come", [{}, {"allowed": False, "starts_at": NOW + DAY}], Use.WEB, set()),
]


@pytest.mark.parametrize(("case", "rows", "use", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(case: str, rows: list[dict[str, Any]], use: Use, wanted: set[str]) -> None:
    asset = with_rows(*rows)
    assert names(asset, use) == wanted
    usable = rights.usability(asset, use, NOW)
    assert usable.allowed is (not wanted)
    assert all(reason.endswith(".") for reason in usable.reasons)


def test_a_reason_says_where_and_when() -> None:
    asset = with_rows({"use": "web", "ends_at": datetime.fromisoformat("2025-09-10T17:00:00+00:00")})
    assert rights.usability(asset, Use.WEB, NOW).reasons == [
        "The right to use it on the website ended on 10 September 2025, 18:00 BST."
    ]


def test_any_is_no_place() -> None:
    with pytest.raises(ValueError, match="Ask for one use"):
        rights.usability(make.asset(made=False), Use.ANY, NOW)


def test_no_query_when_everything_came_along(django_assert_num_queries: Any) -> None:
    asset = library.load([make.asset(made=False).pk]).popitem()[1]  # type: ignore[attr-defined]
    with django_assert_num_queries(0):
        assert rights.usable_anywhere(asset, NOW)


def test_a_right_is_recorded_with_the_moments_on_which_it_begins_and_ends() -> None:
    """Expiry is an event of its own, due at the end: pages already published follow without anybody's doing."""
    asset = make.asset(made=False)
    Event.objects.all().delete()
    rights.add(asset, person=person("picture_editor"), starts_at=NOW + DAY, ends_at=NOW + 2 * DAY, at=NOW)
    recorded = Event.objects.filter(kind="asset.changed", payload={"asset_id": asset.pk})
    assert recorded.count() == 3
    for moment in (NOW + DAY, NOW + 2 * DAY):
        effects = recorded.get(at=moment).effects.all()
        assert {effect.handler for effect in effects} == {
            "articles.tell-hub-picture",
            "media_assets.depart",
            "media_assets.purge",
            "media_assets.settle",
            "media_assets.standing",
        }
        assert {effect.due_at for effect in effects} == {moment}
    assert AuditRow.objects.filter(action="media_assets.add_right", subject=f"asset:{asset.pk}").exists()


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("ends_at", {"starts_at": NOW + DAY, "ends_at": NOW + DAY}),
        ("ends_at", {"ends_at": NOW - DAY}),
        ("note", {"allowed": False, "note": " "}),
    ],
)
def test_a_row_that_cannot_be_is_refused(field: str, facts: dict[str, Any]) -> None:
    asset = make.asset(made=False)
    with pytest.raises(rights.Refused) as refused:
        rights.add(asset, person=person("picture_editor"), at=NOW, **facts)
    assert refused.value.field == field
    assert asset.rights.count() == 1


def test_the_database_refuses_an_end_before_the_start() -> None:
    asset = make.asset(made=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRow.objects.create(asset=asset, added_by=asset.added_by, starts_at=NOW, ends_at=NOW - DAY)


def test_ending_a_row_keeps_it_and_counts_once() -> None:
    asset, charlie = make.asset(made=False), person("picture_editor")
    row = asset.rights.get()
    assert rights.end(row.pk, asset_id=asset.pk, person=charlie, at=NOW + DAY)
    assert not rights.end(row.pk, asset_id=asset.pk, person=charlie, at=NOW + 2 * DAY)
    assert names(asset, at=NOW + DAY) == {"ended"}
    assert names(asset, at=NOW + DAY - timedelta(seconds=1)) == set()


def test_ending_a_row_that_has_not_begun_removes_it() -> None:
    asset, charlie = make.asset(made=False), person("picture_editor")
    row = rights.add(asset, person=charlie, allowed=False, note="Under review", starts_at=NOW + DAY, at=NOW)
    assert rights.end(row.pk, asset_id=asset.pk, person=charlie, at=NOW)
    assert not RightsRow.objects.filter(pk=row.pk).exists()


def test_a_row_of_another_picture_is_not_ended() -> None:
    one, other = make.asset(made=False), make.asset(made=False)
    assert not rights.end(one.rights.get().pk, asset_id=other.pk, person=person("editor"), at=NOW)


def test_how_long_an_answer_holds() -> None:
    asset = with_rows({"ends_at": NOW + 3 * DAY}, {"use": "web", "ends_at": NOW + 5 * DAY})
    assert rights.changes_at(asset, NOW) == NOW + 3 * DAY
    assert rights.allowed_until(asset, Use.WEB, NOW) == NOW + 5 * DAY
    assert rights.allowed_until(asset, Use.MAIL, NOW) == NOW + 3 * DAY
    assert rights.allowed_until(make.asset(made=False), Use.WEB, NOW) is None
