"""Changing what is said of a picture: the credit is the same everywhere, at once (promise 14)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from media_assets import crops, details, ingest, making, placements, renditions, storage
from media_assets.models import Agency, Asset, Rendition
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.blocks_of import carried

pytestmark = pytest.mark.django_db
NOW = make.AT


def change(asset: Asset, **facts: Any) -> Asset:
    words = {"credit": "Alamy", "alternative_text": "A castle", **facts}
    return details.change(
        asset.pk,
        person=asset.added_by,
        expected_version=asset.version,
        words=details.Words(**words),
        agency=None,
        at=NOW,
    )


def test_a_changed_credit_is_in_every_file_and_place_at_once() -> None:
    before = make.asset(credit="Getty Images")
    placement = make.image_placement(before)
    old = {row.pk: renditions.address(row) for row in renditions.current(before)}
    after = change(before, credit="Alamy", creator="Anna Meyer", copyright_notice="© Alamy")

    assert after.printed_credit == "(Image credit: Alamy)"
    rows = renditions.current(after)
    assert len(rows) == 6
    assert not {renditions.address(row) for row in rows} & set(old.values())
    for row in rows:
        said = carried(storage.public(row.digest, row.width, row.format).read_bytes())
        assert b"Alamy" in said.xmp
        assert b"Getty" not in said.xmp
        assert said.exif_tags[0x8298] == "© Alamy".encode() + b"\0"
    placed = placements.load([placement.pk])[placement.pk]
    assert renditions.lead(placed)["credit"] == "(Image credit: Alamy)"
    structured, *_ = crops.structured(placed, base_url="https://news.example")
    assert (structured["creditText"], structured["creator"]["name"]) == ("Alamy", "Anna Meyer")
    assert structured["copyrightNotice"] == "© Alamy"
    assert structured["contentUrl"].startswith(f"https://news.example/media/{after.digest}/")


def test_machines_are_told_of_the_licence_by_the_file_before_the_agency() -> None:
    agency = Agency.objects.create(
        name="Alamy",
        credit="Alamy",
        licence_page="https://alamy.example/terms",
        buying_page="https://alamy.example/buy",
    )
    said, told = make.asset(agency=agency), []
    placed = make.image_placement(said)
    for own in ({}, {"licence_page": "https://anna.example/terms"}, {"buying_page": "https://anna.example/1"}):
        Asset.objects.filter(pk=said.pk).update(**own)
        found, *_ = crops.structured(placements.load([placed.pk])[placed.pk], base_url="https://news.example")
        told.append((found["license"], found["acquireLicensePage"]))
    assert told == [
        ("https://alamy.example/terms", "https://alamy.example/buy"),
        ("https://anna.example/terms", "https://alamy.example/buy"),
        ("https://anna.example/terms", "https://anna.example/1"),
    ]
    nobody_s = placements.load([make.image_placement().pk]).popitem()[1]
    assert not {"license", "acquireLicensePage"} & crops.structured(nobody_s, base_url="")[0].keys()


def test_only_the_metadata_is_written_again_not_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    from media_assets import pixels

    asset = make.asset()
    monkeypatch.setattr(pixels, "cascade", None)  # touching it would raise
    assert len(renditions.current(change(asset))) == 6
    assert Asset.objects.get(pk=asset.pk).files_due_at is None


def test_old_addresses_lead_to_the_new_file_once_the_old_is_gone(client: Client) -> None:
    """Mails that went out name the old address."""
    before = make.asset()
    old = renditions.current(before)[0]
    after = change(before)
    making.settle(before.pk, at=NOW)
    assert not storage.public(old.digest, old.width, old.format).exists()
    answer = client.get(renditions.address(old))
    assert answer.status_code == 302
    assert answer["Location"] == f"/media/{after.digest}/{old.width}.{old.format}"


def test_a_caption_changes_no_address() -> None:
    before = make.asset()
    words = {"credit": before.credit, "alternative_text": before.alternative_text, "caption": "Another"}
    assert change(before, **words).digest == before.digest


def test_the_pages_are_told_and_the_deed_is_noted() -> None:
    asset = make.asset(credit="Getty Images")
    Event.objects.all().delete()
    change(asset, credit="Alamy", caption=asset.caption)
    assert Event.objects.get(kind="asset.changed").payload == {"asset_id": asset.pk}
    note = AuditRow.objects.get(action="media_assets.change")
    assert note.facts["credit_before"] == "Getty Images"
    assert note.facts["credit_after"] == "Alamy"
    assert note.facts["fields"] == ["alternative_text", "credit"]


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("credit", {"credit": "  "}),
        ("credit", {"credit": "x" * 201}),
        ("alternative_text", {"alternative_text": "\n"}),
        ("alternative_text", {"alternative_text": "x" * 501}),
        ("creator", {"creator": "x" * 201}),
    ],
)
def test_credit_and_text_cannot_be_taken_away_again(field: str, facts: dict[str, str]) -> None:
    asset = make.asset()
    with pytest.raises(ingest.Refused) as refused:
        change(asset, **facts)
    assert refused.value.field == field
    assert Asset.objects.get(pk=asset.pk).version == asset.version


def test_a_picture_without_files_yet_becomes_due() -> None:
    asset = make.received()
    after = change(asset)
    assert after.is_complete
    assert Asset.objects.get(pk=asset.pk).files_due_at == NOW


def test_the_first_right_comes_with_the_credit() -> None:
    asset = make.received()
    details.change(
        asset.pk,
        person=asset.added_by,
        expected_version=asset.version,
        words=details.Words(credit="Alamy", alternative_text="A castle"),
        agency=None,
        right=details.FirstRight("web", None),
        at=NOW,
    )
    assert asset.rights.get().use == "web"
    assert making.make(asset.pk, at=NOW) == 6


@pytest.mark.django_db(transaction=True)
def test_two_people_change_at_once_and_one_is_told() -> None:
    asset, both = make.asset(), threading.Barrier(2)
    answers: list[str] = []

    def work(credit: str) -> None:
        try:
            both.wait(10)
            answers.append(change(asset, credit=credit).credit)
        except details.Stale:
            answers.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(credit,)) for credit in ("Alamy", "PA")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers, key=lambda answer: answer == "stale")[1] == "stale"
    stored = Asset.objects.get(pk=asset.pk)
    assert stored.credit in answers
    assert stored.version == asset.version + 1
    for row in Rendition.objects.filter(digest=stored.digest):
        assert stored.credit.encode() in storage.public(row.digest, row.width, row.format).read_bytes()


def test_a_later_save_from_an_old_page_is_refused_and_changes_nothing() -> None:
    asset = make.asset()
    change(asset, credit="Alamy")
    with pytest.raises(details.Stale) as stale:
        change(asset, credit="PA")
    assert stale.value.theirs.credit == "Alamy"
    assert Asset.objects.get(pk=asset.pk).credit == "Alamy"


def test_the_address_cannot_be_worked_out_from_the_file(settings: Any) -> None:
    """Promise 8: whoever has the agency's file must not find the picture of an embargoed story."""
    asset = make.asset()
    here = renditions.digest_of(asset.sha256, renditions.credit_of(asset))
    settings.SECRET_KEY = "another"
    assert renditions.digest_of(asset.sha256, renditions.credit_of(asset)) != here


def test_a_suggestion_never_becomes_the_credit_by_itself() -> None:
    from tests.media_assets import quirky

    data = quirky.jpeg(quirky.iim({110: b"Getty Images"}))
    asset = make.received(data=data, person=person("reporter"))
    assert asset.credit == ""
