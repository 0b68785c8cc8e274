"""A withdrawn picture leaves every reader at once."""

from __future__ import annotations

import pytest
from django.test import Client

from media_assets import ingest, making, placements, renditions, rights, storage, withdrawal
from media_assets.models import Asset, Use
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories import media_assets as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
NOW = make.AT


def test_withdraw_and_reinstate(client: Client) -> None:
    asset, bob = make.asset(), person("editor")
    address = renditions.picture(asset).src
    assert client.get(address).status_code == 200
    Event.objects.all().delete()

    assert withdrawal.withdraw(asset.pk, person=bob, reason="The agency asked.", at=NOW)
    assert not withdrawal.withdraw(asset.pk, person=bob, reason="Again.", at=NOW)
    assert Event.objects.filter(kind="asset.changed").count() == 1
    stored = Asset.objects.get(pk=asset.pk)
    assert stored.withdrawn_reason == "The agency asked."
    assert rights.usability(stored, Use.WEB, NOW).names == {"withdrawn"}
    assert client.get(address).status_code == 410
    making.settle(asset.pk, at=NOW)
    assert not any(storage.public(row.digest, row.width, row.format).exists() for row in renditions.current(stored))
    assert client.get(address).status_code == 410
    assert storage.original(asset.sha256, "JPEG").exists()

    assert withdrawal.reinstate(asset.pk, person=bob, at=NOW)
    assert not withdrawal.reinstate(asset.pk, person=bob, at=NOW)
    assert making.settle(asset.pk, at=NOW)
    assert making.make_due(at=NOW) == 6
    assert client.get(address).status_code == 200
    assert list(AuditRow.objects.values_list("action", flat=True).order_by("pk").filter(subject=f"asset:{asset.pk}"))[
        -2:
    ] == [
        "media_assets.withdraw",
        "media_assets.reinstate",
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_withdrawal_gives_its_reason(reason: str) -> None:
    asset = make.asset(made=False)
    with pytest.raises(ingest.Refused):
        withdrawal.withdraw(asset.pk, person=person("editor"), reason=reason, at=NOW)
    assert Asset.objects.get(pk=asset.pk).withdrawn_at is None


def test_a_withdrawn_picture_is_not_picked() -> None:
    asset = make.asset(made=False)
    withdrawal.withdraw(asset.pk, person=person("editor"), reason="The agency asked.", at=NOW)
    with pytest.raises(placements.Refused, match=r"It was withdrawn: The agency asked\."):
        placements.place(
            Asset.objects.get(pk=asset.pk), caption="", alternative_text="A castle", person=person("reporter"), at=NOW
        )
