"""Embargo, "call for image", sensitive, kinds and exceptions: which reasons stand, and which give way to what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from media_assets import access, categories, categorising, ingest, library, reasons, rights
from media_assets.models import Asset, Condition, RightsRow, Use
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
NOW = make.AT
DAY = timedelta(days=1)
EXCEPTION = {"condition": "exception", "note": "Agreed with Jo", "ends_at": NOW + DAY}


def asset_with(*rows: dict[str, Any], category: str = "staff", **facts: str) -> Asset:
    asset = make.asset(made=False)
    asset.rights.all().delete()
    Asset.objects.filter(pk=asset.pk).update(category=category, category_facts=facts)
    for row in rows:
        plain = {"allowed": False} if row.get("condition") else {}
        RightsRow.objects.create(asset=asset, added_by=asset.added_by, **{**plain, **row})
    return library.load([asset.pk])[asset.pk]


ROWS: list[tuple[str, list[dict[str, Any]], set[str]]] = [
    ("an embargo", [{}, {"condition": "embargo", "ends_at": NOW + DAY}], {"embargo"}),
    ("an embargo that is over", [{}, {"condition": "embargo", "ends_at": NOW}], set()),
    ("an embargo of another place", [{}, {"condition": "embargo", "use": "mail", "ends_at": NOW + DAY}], set()),
    ("call for image", [{}, {"condition": "call"}], {"call-for-image"}),
    ("sensitive", [{}, {"condition": "sensitive"}], {"sensitive"}),
    ("a condition without a right", [{"condition": "call"}], {"call-for-image", "no-right"}),
    ("cleared", [{}, {"condition": "call"}, {**EXCEPTION, "lifts": "call-for-image"}], set()),
    ("cleared elsewhere", [{}, {"condition": "call"}, {**EXCEPTION, "lifts": "call-for-image", "use": "mail"}],
     {"call-for-image"}),
    ("cleared until now", [{}, {"condition": "call"},
     {**EXCEPTION, "lifts": "call-for-image", "ends_at": NOW}], {"call-for-image"}),
    ("cleared from tomorrow", [{}, {"condition": "call"},
     {**EXCEPTION, "lifts": "call-for-image", "starts_at": NOW + DAY, "ends_at": NOW + 2 * DAY}], {"call-for-image"}),
    ("decided, but not cleared", [{}, {"condition": "call"}, {"condition": "sensitive"},
     {**EXCEPTION, "lifts": "sensitive"}], {"call-for-image"}),
    ("an exception alone allows nothing", [{**EXCEPTION, "lifts": "call-for-image"}], {"no-right"}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "rows", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_conditions(case: str, rows: list[dict[str, Any]], wanted: set[str]) -> None:
    usable = rights.usability(asset_with(*rows), Use.WEB, NOW)
    assert usable.names == wanted
    assert usable.allowed is (not wanted)
    assert all(said.endswith(".") for said in [*usable.reasons, *usable.warnings])


HARD: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("no-credit", {"credit": " "}, [{}]),
    ("no-alternative-text", {"alternative_text": ""}, [{}]),
    ("withdrawn", {"withdrawn_at": NOW, "withdrawn_reason": "Asked"}, [{}]),
    ("denied", {}, [{}, {"allowed": False}]),
    ("ended", {}, [{"ends_at": NOW}]),
    ("not-yet", {}, [{"starts_at": NOW + DAY}]),
    ("no-right", {}, []),
    ("embargo", {}, [{}, {"condition": "embargo", "ends_at": NOW + DAY}]),
    ("category-unknown", {"category": "found-somewhere"}, [{}]),
    ("category-incomplete", {"category": "screengrab"}, [{"ends_at": NOW + DAY}]),
    ("needs-end", {"category": "pool", "category_facts": {"pool": "Royal rota"}}, [{}]),
    ("no-cost", {"category": "paid"}, [{}]),
    ("credit-names", {"category": "creative-commons", "category_facts": {"licence": "CC BY 4.0", "source": "x"}}, [{}]),
]


@pytest.mark.parametrize(("name", "facts", "rows"), HARD, ids=[row[0] for row in HARD])
def test_no_row_and_no_role_bends_what_is_hard(name: str, facts: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Also with an exception for it that somebody wrote into the table by another road."""
    lifted = [{**EXCEPTION, "lifts": each} for each in (name[:20], *reasons.EXCEPTABLE)]
    asset = asset_with(*rows, *lifted)
    Asset.objects.filter(pk=asset.pk).update(agency=make.agency(), **facts)
    asset = library.load([asset.pk])[asset.pk]
    assert name in rights.usability(asset, Use.WEB, NOW).names
    with pytest.raises(rights.Refused, match="No exception"):
        rights.make_exception(
            asset, lifts=name, use="any", reason="I am the editor", until=NOW + DAY, person=person("editor"), at=NOW
        )


def test_every_combination_of_rows_fails_closed() -> None:
    """Whatever rows there are: allowed only with a permission in force, and with every condition in force lifted; the
    answer of an asset by itself is that of one that came with its rows."""
    spans = [(None, None), (None, NOW), (NOW + DAY, None), (NOW - DAY, NOW + DAY)]
    kinds: list[dict[str, Any]] = [
        {"allowed": True}, {"allowed": False}, {"condition": "embargo"}, {"condition": "call"}, {"condition": "sensitive"},
        {"condition": "exception", "lifts": "call-for-image"}, {"condition": "exception", "lifts": "sensitive"},
    ]  # fmt: skip
    asset = make.asset(made=False)
    every = [
        RightsRow(asset=asset, use=use, starts_at=starts, ends_at=ends, note="x", **{"allowed": False, **kind})
        for kind, (starts, ends), use in product(kinds, spans, ("any", "web", "mail"))
    ]
    lifts = {"call": "call-for-image", "sensitive": "sensitive"}
    allowed = 0
    for rows in ([a, b, c] for a in every[:12] for b in every for c in every[::5]):
        asset.rows = rows
        usable = rights.usability(asset, Use.WEB, NOW)
        here = [row for row in rows if row.use in ("any", "web") and row.in_force(NOW)]
        exceptions = {row.lifts for row in here if row.condition == Condition.EXCEPTION and row.ends_at}
        bound = any(
            not row.allowed and row.condition != Condition.EXCEPTION and lifts.get(row.condition) not in exceptions
            for row in here
        )
        assert usable.allowed is (any(row.allowed for row in here) and not bound), rows
        allowed += usable.allowed
    assert allowed > 50


def test_what_is_written_is_what_is_read_back() -> None:
    asset = make.asset(made=False)
    rights.add(
        asset, person=person("picture_editor", name="Pia Kahn"), use="mail", cost=Decimal("120.50"), currency="EUR",
        exclusive=True, territory="Not in the United States.", note="Invoice 12", ends_at=NOW + DAY, at=NOW,
    )  # fmt: skip
    row = next(row for row in rights.rows_of(library.load([asset.pk])[asset.pk]) if row.use == "mail")
    assert (row.price, row.territory, row.exclusive, row.by) == (
        "€120.50",
        "Not in the United States.",
        True,
        "Pia Kahn",
    )


def test_a_country_is_a_warning_and_never_a_promise() -> None:
    asset = asset_with({"territory": "Not in the United States."})
    usable = rights.usability(asset, Use.WEB, NOW)
    assert usable.allowed
    assert [warning.name for warning in usable.warnings] == ["territory"]
    assert "does not keep the picture from any country" in usable.warnings[0]
    # A permission without such a limit is enough.
    assert rights.usability(asset_with({"territory": "Not in Spain"}, {"use": "web"}), Use.WEB, NOW).warnings == []


def test_an_exception_bears_a_name_and_ends_by_itself() -> None:
    asset, editor = asset_with({}, {"condition": "call"}), person("editor", name="Edna Hart")
    Event.objects.all().delete()
    rights.make_exception(
        asset,
        lifts="call-for-image",
        use="web",
        reason="Cleared with Jo at Getty.",
        until=NOW + DAY,
        person=editor,
        at=NOW,
    )
    asset = library.load([asset.pk])[asset.pk]
    usable = rights.usability(asset, Use.WEB, NOW)
    assert usable.allowed
    assert "Edna Hart" in usable.warnings[0]
    assert "Cleared with Jo at Getty." in usable.warnings[0]
    assert not rights.usability(asset, Use.MAIL, NOW).allowed
    assert not rights.usability(asset, Use.WEB, NOW + DAY).allowed
    assert rights.allowed_until(asset, Use.WEB, NOW) == NOW + DAY
    # Pages that are out by then follow.
    assert Event.objects.filter(kind="asset.changed", at=NOW + DAY).exists()
    said = AuditRow.objects.get(action="media_assets.make_exception")
    assert said.person_name == "Edna Hart"
    assert said.facts["lifts"] == "call-for-image"
    assert said.facts["note"] == "Cleared with Jo at Getty."


@pytest.mark.parametrize(
    ("field", "facts"), [("reason", {"reason": " "}), ("until", {"until": NOW}), ("until", {"until": None})]
)
def test_an_exception_is_whole(field: str, facts: dict[str, Any]) -> None:
    asset = asset_with({}, {"condition": "call"})
    said = {"lifts": "call-for-image", "use": "web", "reason": "Cleared", "until": NOW + DAY, **facts}
    with pytest.raises(rights.Refused) as refused:
        rights.make_exception(asset, person=person("editor"), at=NOW, **said)
    assert refused.value.field == field


def test_what_is_sensitive_an_editor_decides() -> None:
    for role, clears, decides in (
        ("editor", True, True), ("picture_editor", True, False), ("reporter", False, False),
        ("administrator", False, False), ("legal", False, False), ("marketing", False, False),
    ):  # fmt: skip
        somebody = person(role)
        assert access.may_except(somebody, "call-for-image") is clears, role
        assert access.may_except(somebody, "sensitive") is decides, role


@pytest.mark.parametrize(
    "facts",
    [
        {"allowed": True, "condition": "call"},
        {"allowed": False, "condition": "exception", "lifts": "sensitive", "note": "x"},
        {"allowed": False, "condition": "exception", "lifts": "", "note": "x", "ends_at": NOW + DAY},
        {"allowed": False, "condition": "exception", "lifts": "sensitive", "note": "", "ends_at": NOW + DAY},
        {"allowed": False, "condition": "embargo"},
        {"allowed": True, "lifts": "sensitive"},
        {"allowed": False, "cost": 5, "currency": "GBP"},
        {"allowed": True, "cost": 5},
    ],
)
def test_the_database_refuses_half_a_row(facts: dict[str, Any]) -> None:
    asset = make.asset(made=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRow.objects.create(asset=asset, added_by=asset.added_by, **facts)


@pytest.mark.parametrize("kind", categories.CATEGORIES, ids=lambda kind: kind.name)
def test_every_kind_is_usable_once_it_has_what_it_asks_for_and_not_before(kind: categories.Category) -> None:
    asset = make.asset(made=False, category="")
    facts = {fact.name: fact.choices[0] if fact.choices else "Said" for fact in kind.asks}
    asked = {fact.name for fact in kind.asks if not fact.optional}
    for missing in asked:
        with pytest.raises(ingest.Refused) as refused:
            categorising.categorise(
                asset.pk, category=kind.name, facts={**facts, missing: " "}, person=person("editor"), at=NOW
            )
        assert refused.value.field == missing
    if asked:  # as an older or other road may have left it
        Asset.objects.filter(pk=asset.pk).update(category=kind.name)
        assert "category-incomplete" in rights.usability(library.load([asset.pk])[asset.pk], Use.WEB, NOW).names
    categorising.categorise(asset.pk, category=kind.name, facts=facts, person=person("editor"), at=NOW)
    credit = f"Somebody, {facts.get(kind.in_credit, '')}"
    Asset.objects.filter(pk=asset.pk).update(agency=make.agency(), credit=credit)
    asset = library.load([asset.pk])[asset.pk]
    rights.end(asset.rows[0].pk, asset_id=asset.pk, person=person("editor"), at=NOW)  # type: ignore[index]
    rights.add(asset, person=person("editor"), ends_at=NOW + DAY, cost=Decimal(9), currency="GBP", at=NOW)
    asset = library.load([asset.pk])[asset.pk]
    for use in Use.exits():
        wanted = {"sensitive"} if kind.sensitive else set()
        wanted |= {"category-use"} if use in kind.not_for else set()
        assert rights.usability(asset, use, NOW).names == wanted, use
    assert AuditRow.objects.filter(action="media_assets.categorise", subject=f"asset:{asset.pk}").count() == 1


def test_nothing_of_this_costs_a_query(django_assert_num_queries: Any) -> None:
    asset = asset_with({}, {"condition": "call"}, {**EXCEPTION, "lifts": "call-for-image"}, category="social")
    with django_assert_num_queries(0):
        rights.usability(asset, Use.WEB, NOW)
