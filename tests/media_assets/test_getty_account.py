"""Getty Images takes a picture back, and hears of our uses: neither lost nor said twice, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from media_assets import getty, getty_changes, getty_usage, ingest, renditions, rights, taking_in, withdrawal
from media_assets.models import AgencyUse, Asset, ChangeSet, Departure, Listening, PictureReceipt, Removal, UsageBatch
from newsroom import outbox
from newsroom.demo.getty import Agency
from newsroom.demo.getty_account import told
from newsroom.notices.models import Notice
from newsroom.outbox.models import Effect
from tests.factories import articles as stories
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.getty import open_getty
from tests.media_assets.at_desk import at_desk, sound

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "1690000101"


@pytest.fixture
def agency() -> Iterator[Agency]:
    with open_getty() as there:
        yield there


def ours(number: str = NUMBER, **facts: Any) -> Asset:
    asset = make.asset(agency=make.agency(), **facts)
    Asset.objects.filter(pk=asset.pk).update(supplier_id=number)
    return asset


def shown(asset: Asset, **facts: Any) -> Any:
    lead = make.image_placement(asset)
    return stories.published_story(lead_image=lead, at=timezone.now() - timedelta(hours=1), **facts)


# ---- taken back ----


def test_what_getty_deletes_leaves_with_receipts_and_stays_away(agency: Agency, client: Client) -> None:
    pia, rory = person("picture_editor", name="Pia Kahn"), person("reporter", name="Rory Quill")
    asset = ours()
    shown(asset, headline="The gates open", owner=rory)
    outbox.relay()
    file = renditions.address(renditions.current(asset)[0])
    assert client.get(file).status_code == 200

    agency.take_back(NUMBER)
    agency.take_back("1690000102")  # which we never had
    assert getty_changes.hear(at=timezone.now()) == 1
    assert client.get(file).status_code == 410
    outbox.relay()
    asset.refresh_from_db()
    assert asset.withdrawn_reason.startswith("Getty Images took it back on ")
    departure = Departure.objects.get(asset=asset)
    assert departure.name == "withdrawn"
    assert not PictureReceipt.objects.filter(departure=departure, acknowledged_at=None).exists()
    assert PictureReceipt.objects.filter(departure=departure).count() == 6
    told_to = dict(Notice.objects.filter(kind="media_assets.taken-back").values_list("person", "detail"))
    assert set(told_to) >= {pia.pk, rory.pk}
    assert "“The gates open”" in told_to[rory.pk]
    # Confirmed, once: the next time nothing waits.
    change_set = ChangeSet.objects.get()
    assert change_set.confirmed_at
    assert (change_set.changes, change_set.removals) == (2, 1)
    assert agency.account.confirmed == [change_set.number]
    assert getty_changes.hear(at=timezone.now()) == 0
    assert Departure.objects.count() == 1

    # No role gives it back; only Getty, and then a person.
    with pytest.raises(ingest.Refused, match="By contract"):
        withdrawal.reinstate(asset.pk, person=person("editor"), at=timezone.now())
    editor, _ = at_desk("editor")
    editor.post(f"/desk/pictures/{asset.pk}/reinstate/")
    assert Asset.objects.get(pk=asset.pk).withdrawn_at
    agency.account.change(NUMBER, "New")
    getty_changes.hear(at=timezone.now())
    assert Asset.objects.get(pk=asset.pk).withdrawn_at
    assert withdrawal.reinstate(asset.pk, person=person("editor"), at=timezone.now())


def test_nothing_is_confirmed_that_is_not_committed(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies in the middle of the removals: nothing is half done, and the same set comes again."""
    first, second = ours(), ours("1690000105")
    agency.take_back(NUMBER)
    agency.take_back("1690000105")
    withdraw, calls = withdrawal.withdraw, []

    def dies(*args: Any, **facts: Any) -> bool:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("The lights went out.")
        return withdraw(*args, **facts)

    with monkeypatch.context() as patched:
        patched.setattr(withdrawal, "withdraw", dies)
        with pytest.raises(RuntimeError):
            getty_changes.hear(at=timezone.now())
    assert not ChangeSet.objects.exists()
    assert not Asset.objects.filter(withdrawn_at__isnull=False).exists()
    assert agency.account.confirmed == []
    assert getty_changes.hear(at=timezone.now()) == 1
    assert set(Removal.objects.values_list("asset", flat=True)) == {first.pk, second.pk}


def test_a_lost_confirmation_is_sent_again_and_nothing_is_done_twice(agency: Agency) -> None:
    asset = ours()
    agency.take_back(NUMBER)
    agency.faults["/v3/asset-changes/change-sets/"] = told(503, {})
    assert getty_changes.hear(at=timezone.now()) == 0
    assert Asset.objects.get(pk=asset.pk).withdrawn_at
    assert ChangeSet.objects.get().confirmed_at is None
    agency.faults.clear()
    assert getty_changes.hear(at=timezone.now()) == 1
    assert ChangeSet.objects.get().confirmed_at
    assert Notice.objects.filter(kind="media_assets.taken-back").values("key").distinct().count() == 1


def test_a_set_that_comes_again_late_takes_back_nothing_that_was_given_back(agency: Agency) -> None:
    asset, rows = ours(), [{"id": NUMBER, "asset_lifecycle": "Delete"}]
    getty_changes.see_to("1", rows, at=timezone.now())
    getty_changes.see_to("2", [{"id": NUMBER, "asset_lifecycle": "New"}], at=timezone.now())
    withdrawal.reinstate(asset.pk, person=person("editor"), at=timezone.now())
    getty_changes.see_to("1", rows, at=timezone.now())
    assert Asset.objects.get(pk=asset.pk).withdrawn_at is None


def test_the_last_word_of_a_set_counts(agency: Agency) -> None:
    asset = ours()
    for lifecycle in ("Deleted", "New", "Delete"):
        agency.account.change(NUMBER, lifecycle)
    getty_changes.hear(at=timezone.now())
    assert Removal.objects.filter(asset=asset).exists()


def test_who_cannot_hear_is_alarmed_once_a_day(agency: Agency) -> None:
    ann = person("administrator")
    agency.faults["/v3/asset-changes/"] = told(500, {})
    now = timezone.now()
    for minutes in (0, 10, 31, 40):
        getty_changes.hear(at=now + timedelta(minutes=minutes))
    assert Notice.objects.filter(kind="media_assets.getty-deaf", person=ann).count() == 1
    getty_changes.hear(at=now + timedelta(days=1, minutes=1))
    assert Notice.objects.filter(kind="media_assets.getty-deaf", person=ann).count() == 2
    client, _ = at_desk("picture_editor")
    assert "Nobody hears" in sound(client.get("/desk/pictures/getty/account/")).text
    agency.faults.clear()
    getty_changes.hear(at=now + timedelta(days=1, minutes=2))
    assert not Listening.objects.filter(failing_since__isnull=False).exists()


def test_without_a_channel_it_is_said_once(agency: Agency) -> None:
    ann = person("administrator")
    agency.account.channels = ()
    now = timezone.now()
    for days in (0, 1, 2):
        getty_changes.hear(at=now + timedelta(days=days))
    assert Notice.objects.filter(kind="media_assets.getty-deaf", person=ann).count() == 1


@pytest.mark.parametrize("said", [[], {"change_set_id": "1"}, {"change_set_id": "x" * 65, "changed_assets": []}])
def test_an_answer_that_cannot_be_read_is_a_failure_and_no_crash(agency: Agency, said: Any) -> None:
    agency.faults["/v3/asset-changes/change-sets"] = told(200, said)
    assert getty_changes.hear(at=timezone.now()) == 0
    assert Listening.objects.get(channel="4711").error


def test_its_restrictions_stand_wherever_it_is_picked(agency: Agency) -> None:
    asset = taking_in.take(getty.picture("1690000102"), person=person("picture_editor"), at=timezone.now())
    assert asset.category == "subscription"
    warnings = rights.usability(asset, "web", timezone.now()).warnings
    assert "Its agency’s restrictions: Editorial use only. No use in print before 1 October 2025." in warnings


# ---- reported ----


def reported(agency: Agency) -> list[str]:
    return sorted(use["asset_id"] for uses in agency.account.batches.values() for use in uses)


def publish(number: str, agency: Agency) -> Asset:
    asset = ours(number)
    story = shown(asset)
    getty_usage.note({asset.pk}, place=f"story:{story.pk}", at=timezone.now())
    return asset


def test_each_use_is_reported_once(agency: Agency) -> None:
    asset, other = publish(NUMBER, agency), make.asset(credit="Ann Poe/Alamy")
    assert getty_usage.note({asset.pk, other.pk}, place=AgencyUse.objects.get().place, at=timezone.now()) == 0
    assert getty_usage.note({asset.pk}, place="story:999", at=timezone.now()) == 1
    assert getty_usage.gather(at=timezone.now())
    assert getty_usage.gather(at=timezone.now()) is None
    outbox.relay()
    assert reported(agency) == [NUMBER, NUMBER]
    assert UsageBatch.objects.get().reported_at
    with transaction.atomic():
        getty_usage.report(str(UsageBatch.objects.get().number), at=timezone.now())
    assert len(agency.account.batches) == 1


def test_a_publication_notes_its_uses(agency: Agency) -> None:
    from articles.handlers import note_uses
    from newsroom.outbox import EventData

    story = shown(ours())
    note_uses(EventData(1, "story.published", {"story_id": story.pk}, timezone.now()))
    note_uses(EventData(2, "story.updated", {"story_id": story.pk}, timezone.now()))
    assert AgencyUse.objects.get().place == f"story:{story.pk}"


def test_a_report_whose_answer_was_lost_is_not_said_twice(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """Getty has it, and the worker died before it knew: the same number comes again, and Getty says 409."""
    publish(NUMBER, agency)
    batch = getty_usage.gather(at=timezone.now())
    assert batch
    heard = getty_usage.told

    def dies(*args: Any, **facts: Any) -> Any:
        heard(*args, **facts)
        raise RuntimeError("The lights went out.")

    with monkeypatch.context() as patched:
        patched.setattr(getty_usage, "told", dies)
        outbox.relay()
    assert reported(agency) == [NUMBER]
    assert UsageBatch.objects.get().reported_at is None
    Effect.objects.filter(handler="media_assets.report-uses").update(due_at=timezone.now())
    outbox.relay()
    assert UsageBatch.objects.get().reported_at
    assert reported(agency) == [NUMBER]


def test_what_getty_does_not_know_is_set_aside_and_the_rest_reported(agency: Agency) -> None:
    publish(NUMBER, agency)
    stray = publish("999", agency)
    getty_usage.gather(at=timezone.now())
    outbox.relay()
    assert reported(agency) == [NUMBER]
    use = AgencyUse.objects.get(asset=stray)
    assert (use.batch, use.refused) == (None, getty_usage.UNKNOWN)
    client, _ = at_desk("picture_editor")
    page = sound(client.get("/desk/pictures/getty/account/"))
    assert getty_usage.UNKNOWN in page.text
    agency.numbers.add("999")
    client.post(f"/desk/pictures/getty/account/uses/{use.pk}/again/")
    getty_usage.gather(at=timezone.now())
    outbox.relay()
    assert reported(agency) == [NUMBER, "999"]


def test_a_refusal_without_names_is_narrowed_down(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("1690000101", "1690000102", "1690000103", "1690000105", "999"):
        publish(number, agency)
    answer = agency.account.answer

    def nameless(*args: Any) -> Any:
        reply = answer(*args)
        return (
            told(400, {"ErrorMessage": "Invalid request"})
            if reply and b"invalid_assets" in reply.body and reply.status == 400
            else reply
        )

    monkeypatch.setattr(agency.account, "answer", nameless)
    getty_usage.gather(at=timezone.now())
    outbox.relay()
    assert len(reported(agency)) == 4
    assert AgencyUse.objects.get(asset__supplier_id="999").refused == "Getty Images did not take it: Invalid request."


def test_a_thousand_in_one_batch_and_no_more(agency: Agency) -> None:
    asset = ours()
    AgencyUse.objects.bulk_create(
        AgencyUse(asset=asset, place=f"story:{number}", used_at=timezone.now()) for number in range(1001)
    )
    getty_usage.gather(at=timezone.now())
    getty_usage.gather(at=timezone.now())
    outbox.relay()
    assert sorted(len(uses) for uses in agency.account.batches.values()) == [1, 1000]


def test_a_failure_is_shown_and_nothing_forgotten(agency: Agency) -> None:
    publish(NUMBER, agency)
    getty_usage.gather(at=timezone.now())
    agency.faults["/v3/usage-batches/"] = told(503, {})
    outbox.relay()
    client, _ = at_desk("picture_editor")
    page = sound(client.get("/desk/pictures/getty/account/"))
    assert "Tried again" in page.text
    assert "Getty Images has a fault of its own (503)." in page.text
    agency.faults.clear()
    Effect.objects.filter(done_at=None).update(due_at=timezone.now())
    outbox.relay()
    assert reported(agency) == [NUMBER]


def test_not_connected_nothing_is_noted_or_asked(settings: LazySettings) -> None:
    settings.GETTY = None
    asset = ours()
    assert getty_usage.note({asset.pk}, place="story:1", at=timezone.now()) == 0
    assert getty_usage.gather(at=timezone.now()) is None
    assert getty_changes.hear(at=timezone.now()) == 0


def test_the_page_costs_the_same_with_twenty(agency: Agency) -> None:
    from tests.media_assets.at_desk import cost

    client, _ = at_desk("picture_editor")

    def batches(count: int) -> None:
        for _ in range(count):
            number = AgencyUse.objects.count()
            AgencyUse.objects.create(asset=ours(f"77{number}"), place=f"story:{number}", used_at=timezone.now())
            getty_usage.gather(at=timezone.now())

    batches(1)
    one = cost(client, "/desk/pictures/getty/account/")
    batches(19)
    assert cost(client, "/desk/pictures/getty/account/") == one
