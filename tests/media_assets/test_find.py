"""What the library finds: by person, event, accent, filter and place, and where a picture stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_assets import details, facets, library, rights, standing, withdrawal
from media_assets.library import Asked
from media_assets.models import Asset, Standing
from newsroom.outbox import relay
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.media_assets.at_desk import at_desk, cost, sound, titles

pytestmark = pytest.mark.django_db


def captions(at: Any = None, **asked: Any) -> set[str]:
    return {asset.caption for asset in library.found(Asked(**asked), at or timezone.now())}


@pytest.mark.parametrize("words", ["maxima", "Máxima", "queen maxima", "koningsdag", "MÁXIMA konings", "zoe"])
def test_people_and_events_are_found_with_and_without_accents(words: str) -> None:
    asset = make.asset(made=False, caption="On the steps", alternative_text="A woman waves")
    details.amend(
        asset.pk,
        person=person("editor"),
        expected_version=asset.version,
        said={"people": ["Queen Máxima of the Netherlands", "Zoë, Countess of Wick"], "event": "Koningsdag 2026"},
        at=make.AT,
    )
    make.asset(made=False, caption="Another", alternative_text="A gate")
    assert captions(q=words) == {"On the steps"}


def test_a_person_and_an_event_are_filters_of_their_whole_name() -> None:
    for caption, people, event in (
        ("Both", ["Ann Hale", "Bo"], "Garden party"),
        ("One", ["Ann Hale"], "Garden party 2026"),
        ("None", ["Ann Hales"], ""),
    ):
        asset = make.asset(made=False, caption=caption)
        Asset.objects.filter(pk=asset.pk).update(people=people, event=event)
    assert captions(shows="Ann Hale") == {"Both", "One"}
    assert captions(event="Garden party") == {"Both"}
    client, _ = at_desk("legal")
    assert set(titles(sound(client.get("/desk/pictures/?shows=Ann+Hale&event=Garden+party")))) == {"Both"}


def test_the_file_names_people_and_event() -> None:
    described = (
        "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Sophie, Duchess of Edinburgh</rdf:li><rdf:li>Ann Hale</rdf:li>"
        "</rdf:Bag></Iptc4xmpExt:PersonInImage><Iptc4xmpExt:Event><rdf:Alt><rdf:li xml:lang='x-default'>Garden party"
        "</rdf:li></rdf:Alt></Iptc4xmpExt:Event>"
    )
    space = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    asset = make.received(data=quirky.jpeg(quirky.app1(quirky.xmp(described, space))))
    assert asset.people == ["Sophie, Duchess of Edinburgh", "Ann Hale"]
    assert asset.event == "Garden party"
    assert asset.found["people"]["from"] == "XMP"


def test_each_filter_finds_its_own() -> None:
    alice, bob = person("reporter"), person("reporter")
    getty = make.agency()
    make.asset(made=False, caption="wide", size=(800, 300), person=alice, at=make.AT)
    make.asset(made=False, caption="upright", size=(300, 500), person=bob, at=make.AT, agency=getty)
    make.asset(made=False, caption="square", size=(400, 390), person=bob, at=make.AT + timedelta(days=40))
    assert captions(shape="panorama") == {"wide"}
    assert captions(shape="portrait") == {"upright"}
    assert captions(shape="square") == {"square"}
    assert captions(agency=getty.pk) == {"upright"}
    assert captions(by=alice.pk) == {"wide"}
    assert captions(month="2025-09") == {"wide", "upright"}
    assert captions(month="2025-10") == {"square"}
    assert captions(month="2025-09", by=bob.pk, shape="square") == set()


def test_standing_follows_every_change() -> None:
    charlie, at = person("picture_editor"), make.AT

    def now(pk: int) -> str:
        return Asset.objects.get(pk=pk).standing

    bare = make.received()
    assert now(bare.pk) == Standing.INCOMPLETE
    words = details.Words(credit="Getty Images", alternative_text="A gate")
    details.change(bare.pk, person=charlie, expected_version=1, words=words, agency=None, at=at)
    assert now(bare.pk) == Standing.INCOMPLETE, "nobody has recorded a right"
    right = rights.add(bare, person=charlie, ends_at=at + timedelta(days=3), at=at)
    standing.settle([bare.pk], at=at)
    assert now(bare.pk) == Standing.USABLE
    assert captions(at=at, state="soon") == {""}
    assert captions(at=at - timedelta(days=28), state="soon") == set()
    rights.end(right.pk, asset_id=bare.pk, person=charlie, at=at + timedelta(hours=1))
    standing.settle([bare.pk], at=at + timedelta(hours=1))
    assert now(bare.pk) == Standing.ENDED
    rights.add(bare, person=charlie, at=at)
    rights.add(bare, person=charlie, allowed=False, note="They said no", at=at)
    standing.settle([bare.pk], at=at)
    assert now(bare.pk) == Standing.BARRED
    withdrawal.withdraw(bare.pk, person=charlie, reason="Asked", at=at)
    standing.settle([bare.pk], at=at)
    assert now(bare.pk) == Standing.WITHDRAWN


@pytest.mark.django_db(transaction=True)
def test_a_right_that_ends_by_itself_moves_the_picture_to_the_ended_ones() -> None:
    charlie = person("picture_editor")
    asset = make.asset(made=False, person=charlie, at=timezone.now())
    relay()
    asset.rights.all().delete()
    rights.add(asset, person=charlie, ends_at=timezone.now() + timedelta(seconds=1), at=timezone.now())
    standing.settle([asset.pk], at=timezone.now())
    assert Asset.objects.get().standing == Standing.USABLE
    import time

    time.sleep(1.2)
    relay()
    assert Asset.objects.get().standing == Standing.ENDED


def test_counts_are_of_what_is_asked_and_a_filter_counts_without_itself() -> None:
    getty, alamy = make.agency(), make.agency("Alamy")
    for caption, agency in (("gate", getty), ("gate", getty), ("gate", alamy), ("tree", alamy)):
        make.asset(made=False, caption=caption, alternative_text="x", agency=agency, at=timezone.now())
    found = facets.of(Asked(q="gate", agency=getty.pk), timezone.now())
    assert (found.count, found.more) == (2, False)
    agencies = {one.label: (one.count, one.chosen) for one in {n: o for n, _, o in found.selects}["agency"]}
    assert agencies == {"Alamy": (1, False), "Getty Images": (2, True)}
    assert {one.value: one.count for one in found.states}["usable"] == 2


def test_counts_end_at_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "MOST", 2)
    for _ in range(3):
        make.asset(made=False)
    client, _ = at_desk("reporter")
    root = sound(client.get("/desk/pictures/"))
    assert "More than 2 pictures" in root.one("div", "title").text
    assert "counted in the newest 2" in root.one("details", "facets").text


def test_a_common_word_is_walked_and_a_rare_one_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        make.asset(
            made=False, caption=f"Balmoral {number}", alternative_text="x", agency=make.agency("Press Association")
        )
    make.asset(made=False, caption="The only thistle", alternative_text="x")
    monkeypatch.setattr(library, "RARE", 2)
    common, rare = str(library.search("balmoral").query), str(library.search("thistle").query)
    assert "IS TRUE" in common
    assert "IS TRUE" not in rare
    assert captions(q="balmoral") == {f"Balmoral {number}" for number in range(4)}
    assert captions(q="thistle") == {"The only thistle"}
    assert len(captions(q="press association")) == 4


def test_pages_by_place_lose_and_double_nothing_among_equal_moments() -> None:
    for number in range(7):
        make.asset(made=False, caption=str(number), at=make.AT)
    rows, seen, before = library.found(Asked(), make.AT), [], ""
    while True:
        page = library.browse(rows, before=before, most=3)
        seen += [asset.caption for asset in page.assets]
        if not page.older:
            break
        before = page.older
    assert seen == [str(number) for number in range(6, -1, -1)]
    back = library.browse(rows, after=library.browse(rows, before=before, most=3).newer, most=3)
    assert [asset.caption for asset in back.assets] == ["3", "2", "1"]
    assert library.browse(rows, after=library.browse(rows, most=3).newer).newer == ""


@pytest.mark.parametrize("place", ["", "x", "1-2-3", "9" * 30 + "-1", "-", "12-", "²-1"])
def test_a_place_that_is_none_is_the_first_page(place: str) -> None:
    make.asset(made=False)
    assert len(library.browse(library.found(Asked(), make.AT), before=place).assets) == 1


def test_the_grid_costs_the_same_whatever_is_asked() -> None:
    client, alice = at_desk("picture_editor")
    getty = make.agency()
    asked = f"?q=castle&agency={getty.pk}&by={alice.pk}&month=2025-09&shape=landscape&state=usable"
    make.asset(made=False, person=alice, agency=getty)
    first = cost(client, f"/desk/pictures/{asked}")
    for _ in range(19):
        make.asset(made=False, person=alice, agency=getty)
    assert cost(client, f"/desk/pictures/{asked}") == first
    assert len(titles(sound(client.get(f"/desk/pictures/{asked}")))) == 20


def test_every_filter_looks_into_an_index() -> None:
    """At 20,000 rows PostgreSQL would rather walk an index than read and sort them all; sorting means there is none."""
    alice = person("reporter")
    getty = make.agency()
    Asset.objects.bulk_create(
        Asset(
            sha256=f"{number:064}",
            original_name="x.jpg",
            original_format="JPEG",
            original_bytes=1,
            width=640,
            height=640 if number % 500 == 0 else 400,
            agency=getty if number % 500 == 0 else None,
            added_by=alice,
            added_at=make.AT + timedelta(minutes=number),
            digest=str(number),
            standing="ended" if number % 500 == 0 else "usable",
            event="Garden party" if number % 500 == 0 else "",
        )
        for number in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE media_assets_asset")
    for asked in (
        Asked(),
        Asked(state="ended"),
        Asked(agency=getty.pk),
        Asked(shape="square"),
        Asked(event="Garden party"),
    ):
        plan = library.found(asked, make.AT)[:48].explain()
        assert "Index" in plan, plan
        assert "Seq Scan" not in plan, plan
    # What most of them are is walked from the newest on: nothing is gathered first, and nothing sorted.
    for asked in (Asked(), Asked(state="usable"), Asked(shape="landscape"), Asked(by=alice.pk)):
        plan = library.found(asked, make.AT)[:48].explain()
        assert "Sort" not in plan, plan
    with CaptureQueriesContext(connection) as queries:
        facets.of(Asked(), make.AT)
    assert all(
        "LIMIT" in query["sql"]
        for query in queries
        if '"media_assets_asset"' in query["sql"] and "MIN(" not in query["sql"]
    )
