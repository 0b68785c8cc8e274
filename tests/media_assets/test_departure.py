"""A picture left the readers: noticed once, for what it left, with an answer from every exit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from articles.reader import picture_leaving
from media_assets import exits, renditions, rights, withdrawal
from media_assets.models import Asset, Departure, Openness, PictureReceipt
from newsroom import outbox, servers
from newsroom.outbox.models import Effect, Event
from tests.factories import articles as stories
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, sound
from tests.recorder import Recorder, recorder

pytestmark = pytest.mark.django_db(transaction=True)


def open_one(**facts: Any) -> Asset:
    """A picture that readers meet in a story, and that is known as such."""
    asset = make.asset(**facts)
    stories.published_story(
        headline="The gates open", lead_image=make.image_placement(asset), at=timezone.now() - timedelta(hours=1)
    )
    outbox.relay()
    assert Openness.objects.get(asset=asset).uses == ["web", "feed", "mail", "social"]
    return asset


def receipts(asset: Asset) -> dict[str, str]:
    return dict(PictureReceipt.objects.filter(departure__asset=asset).values_list("exit", "found"))


def test_a_withdrawal_is_answered_by_every_exit_once_and_ends_when_it_is_back() -> None:
    asset, editor = open_one(), person("editor")
    withdrawal.withdraw(asset.pk, person=editor, reason="Asked", at=timezone.now())
    outbox.relay()
    assert set(receipts(asset)) == {exit.name for exit in exits.EXITS.registered()}
    assert all(receipts(asset).values())
    rights.add(asset, person=editor, use="mail", allowed=False, note="Also", at=timezone.now())
    outbox.relay()
    departure = Departure.objects.get(asset=asset)  # nothing new was lost
    assert (departure.name, departure.returned_at) == ("withdrawn", None)
    withdrawal.reinstate(asset.pk, person=editor, at=timezone.now())
    outbox.relay()
    departure.refresh_from_db()
    assert departure.returned_at is None  # in newsletters it may not be shown
    assert Openness.objects.get(asset=asset).uses == ["web", "feed", "social"]


def test_one_exit_alone_is_left_alone() -> None:
    asset = open_one()
    rights.add(asset, person=person("editor"), use="feed", allowed=False, note="Print only", at=timezone.now())
    outbox.relay()
    assert Departure.objects.get(asset=asset).uses == ["feed"]
    said = receipts(asset)
    assert said["feeds"] == "9 feeds and 1 news object drawn anew: none has it."
    assert said["pages"] == "Pages may still show it."
    assert said["files"] == "They stay: it may still be used for website, newsletters, social media."


@pytest.mark.parametrize(("use", "said"), [("web", "none shows it"), ("social", "none names it to social networks")])
def test_a_page_and_what_it_tells_social_networks_are_two_uses(use: str, said: str, client: Client) -> None:
    asset = open_one()
    rights.add(asset, person=person("editor"), use=use, allowed=False, note="Not there", at=timezone.now())
    outbox.relay()
    found = receipts(asset)
    assert said in found["pages"]
    assert "none shows it" in found["lists"]
    assert found["feeds"] == "Feeds may still show it."
    assert asset.digest in client.get("/royals/the-gates-open/").content.decode()  # in the other of the two


def test_an_exit_that_still_shows_it_gives_no_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The receipt is an answer, not a promise: a front page that has it still is asked again, and says so at the desk."""
    asset = open_one()
    drawn = picture_leaving.looking.drawn

    def stubborn(path: str) -> Any:
        response = drawn(path)
        if path == "/":
            response.content += renditions.address(renditions.current(asset)[0]).encode()
        return response

    with monkeypatch.context() as patched:
        patched.setattr(picture_leaving.looking, "drawn", stubborn)
        withdrawal.withdraw(asset.pk, person=person("editor"), reason="Asked", at=timezone.now())
        outbox.relay()
    assert receipts(asset)["lists"] == ""
    assert receipts(asset)["files"]
    client, _ = at_desk("picture_editor")
    page = sound(client.get(f"/desk/pictures/{asset.pk}/receipts/"))
    assert "5 of 6" in page.text
    assert "/ still shows it." in page.text
    # Given up at last: one press asks again.
    receipt = PictureReceipt.objects.get(departure__asset=asset, exit="lists")
    Effect.objects.filter(handler="picture-exits.lists", done_at=None).update(dead_at=timezone.now())
    client.post(f"/desk/pictures/{asset.pk}/receipts/{receipt.pk}/retry/")
    outbox.relay()
    assert "none shows it" in receipts(asset)["lists"]


def test_what_no_reader_ever_met_leaves_nothing() -> None:
    asset = make.asset(made=False)
    withdrawal.withdraw(asset.pk, person=person("editor"), reason="Asked", at=timezone.now())
    outbox.relay()
    assert not Departure.objects.exists()


def test_a_receipt_stays_as_it_is() -> None:
    asset = open_one()
    withdrawal.withdraw(asset.pk, person=person("editor"), reason="Asked", at=timezone.now())
    outbox.relay()
    with pytest.raises(IntegrityError), transaction.atomic():
        PictureReceipt.objects.filter(departure__asset=asset).update(found="Otherwise")
    with pytest.raises(IntegrityError), transaction.atomic():
        PictureReceipt.objects.filter(departure__asset=asset).delete()


@pytest.fixture
def hub(settings: LazySettings) -> Iterator[Recorder]:
    with recorder() as heard:
        settings.WEBSUB_HUB = f"http://{heard.host}/hub"
        yield heard


def test_the_hub_is_told_of_a_changed_picture(hub: Recorder) -> None:
    asset = open_one()
    Event.objects.all().delete()
    withdrawal.withdraw(asset.pk, person=person("editor"), reason="Asked", at=timezone.now())
    outbox.relay()
    assert hub.heard == []  # not before every process has let go of the old feed
    Effect.objects.filter(handler="articles.ping-hub", done_at=None).update(due_at=timezone.now())
    outbox.relay()
    assert any("feed.xml" in request.body for request in hub.heard)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("purge+http://127.0.0.1:9/", "xkey"),
        ("fastly://t@api.fastly.com/SU1Z0isxPaozGVKXdv0eY", "Surrogate-Key"),
        ("", "Surrogate-Key"),
    ],
)
def test_a_file_bears_the_tag_that_takes_it_from_a_cache(
    client: Client, settings: LazySettings, url: str, name: str
) -> None:
    asset = make.asset()
    settings.CDN = servers.cdn("CDN_URL", url)
    address = renditions.address(renditions.current(asset)[0])
    assert client.get(address)[name] == f"asset:{asset.pk}"
    Asset.objects.filter(pk=asset.pk).update(withdrawn_at=timezone.now(), withdrawn_reason="Asked")
    gone = client.get(address)
    assert (gone.status_code, gone[name]) == (410, f"asset:{asset.pk}")
