"""A picture whose right ends leaves the letters that are still to go, and its use in one is reported."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from media_assets import renditions, rights
from media_assets.models import AgencyUse, Asset, Departure, PictureReceipt
from newsletters import issues
from newsletters.handlers import note_uses
from newsletters.models import Issue
from newsroom import outbox
from newsroom.outbox import EventData
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.getty import open_getty
from tests.newsletters.sending import sending

pytestmark = pytest.mark.django_db(transaction=True)


def naming(asset: Asset) -> Issue:
    """An issue on its way whose letter names a file of the picture."""
    begun = sending()
    file = renditions.address(renditions.current(asset)[0])
    Issue.objects.filter(pk=begun.pk).update(frozen_html=f'<img src="https://news.example{file}">')
    return Issue.objects.get(pk=begun.pk)


def test_a_sending_with_the_picture_is_held_and_cannot_go_on(publication: Any) -> None:
    asset, editor = pictures.asset(caption="The gates"), person("editor")
    begun, untouched = naming(asset), sending()
    outbox.relay()
    rights.add(asset, person=editor, use="feed", allowed=False, note="Print", at=timezone.now())
    outbox.relay()
    assert Issue.objects.get(pk=begun.pk).state == Issue.State.SENDING
    denial = rights.add(asset, person=editor, use="mail", allowed=False, note="No mail", at=timezone.now())
    outbox.relay()
    begun.refresh_from_db()
    assert begun.state == Issue.State.HELD
    assert "“The gates”" in begun.held_why
    assert Issue.objects.get(pk=untouched.pk).state == Issue.State.SENDING
    last = Departure.objects.filter(asset=asset).first()
    said = PictureReceipt.objects.get(departure=last, exit="mail").found
    assert said == "1 sending held, 1 of them now: nobody else gets it."
    with pytest.raises(issues.Refused, match="may no longer be sent"):
        issues.go_on(begun.pk, person=editor, at=timezone.now())
    rights.end(denial.pk, asset_id=asset.pk, person=editor, at=timezone.now())
    issues.go_on(begun.pk, person=editor, at=timezone.now())
    assert Issue.objects.get(pk=begun.pk).state == Issue.State.SENDING


def test_a_letter_is_a_use() -> None:
    asset = pictures.asset(agency=pictures.agency())
    Asset.objects.filter(pk=asset.pk).update(supplier_id="1690000101")
    begun = naming(asset)
    with open_getty():
        for number in (1, 2):
            note_uses(EventData(number, "newsletters.issue-started", {"issue_id": begun.pk}, timezone.now()))
    assert AgencyUse.objects.get().place == f"issue:{begun.pk}"
