"""Confirming: by POST only, once, in time; and the receipts that it leaves."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from newsletters import leaving, signup, tokens
from newsletters.models import ConsentReceipt, SignUp, SignUpTick, Subscriber, Subscription, Token, Wording
from tests.factories import newsletters as made
from tests.newsletters.sending import at_once, waits_for_a_lock

ASKED = datetime(2025, 9, 11, 8, 0, tzinfo=UTC)


def pending(*, ticked: int = 0, at: datetime | None = None) -> tuple[SignUp, str]:
    newsletter = made.newsletter()
    sign_up = SignUp.objects.create(
        newsletter=newsletter,
        wording=newsletter.purpose.wordings.get(),
        address="Alice@example.org",
        normalised="alice@example.org",
        page_path="/royals/a-visit/",
        form="story-box:7",
        requested_at=ASKED,
    )
    for offer in newsletter.offers.all()[:ticked]:
        SignUpTick.objects.create(sign_up=sign_up, wording=offer.purpose.wordings.get())
    return sign_up, tokens.make(sign_up, at=at or datetime.now(UTC))


@pytest.mark.django_db
def test_opening_the_link_changes_nothing(client: Client) -> None:
    _, raw = pending()
    answer = client.get(f"/newsletters/confirm/{raw}/")
    assert answer.status_code == 200
    assert '<form method="post">' in answer.content.decode()
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("same-origin", "no-store")
    assert not answer.cookies
    assert not Subscriber.objects.exists()
    assert Token.objects.get().used_at is None


@pytest.mark.django_db
def test_the_button_subscribes_with_a_receipt_for_what_was_ticked_and_nothing_else(client: Client) -> None:
    sign_up, raw = pending(ticked=1)
    answer = client.post(f"/newsletters/confirm/{raw}/")
    assert answer.status_code == 200
    subscriber = Subscriber.objects.get()
    assert (subscriber.address, subscriber.normalised) == ("Alice@example.org", "alice@example.org")
    assert subscriber.confirmed_at is not None
    assert subscriber.subscriptions.get().state == Subscription.State.ACTIVE
    receipts = list(ConsentReceipt.objects.order_by("id"))
    assert [receipt.wording for receipt in receipts] == [sign_up.wording, sign_up.ticks.get()]
    for receipt in receipts:
        assert receipt.purpose_id == receipt.wording.purpose_id
        assert receipt.asked_at == ASKED
        assert receipt.at > ASKED
        assert (receipt.page_path, receipt.form, receipt.how) == (
            "/royals/a-visit/",
            "story-box:7",
            "confirmed by button",
        )


@pytest.mark.django_db
def test_a_second_press_is_calm_and_adds_nothing(client: Client) -> None:
    _, raw = pending(ticked=2)
    first, second = (client.post(f"/newsletters/confirm/{raw}/") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert "confirmed before" in second.content.decode()
    assert ConsentReceipt.objects.count() == 3


@pytest.mark.django_db
def test_an_old_link_confirms_nobody(client: Client) -> None:
    _, raw = pending(at=datetime.now(UTC) - timedelta(days=3, seconds=1))
    assert client.get(f"/newsletters/confirm/{raw}/").status_code == 410
    assert client.post(f"/newsletters/confirm/{raw}/").status_code == 410
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_somebody_who_left_is_not_brought_back_by_the_old_link(client: Client) -> None:
    _, raw = pending()
    client.post(f"/newsletters/confirm/{raw}/")
    Subscription.objects.update(state=Subscription.State.LEFT)
    assert client.post(f"/newsletters/confirm/{raw}/").status_code == 410
    assert Subscription.objects.get().state == Subscription.State.LEFT


@pytest.mark.django_db
def test_coming_back_is_a_new_sign_up_of_the_same_person(client: Client) -> None:
    sign_up, raw = pending()
    client.post(f"/newsletters/confirm/{raw}/")
    Subscription.objects.update(state=Subscription.State.LEFT, left_at=ASKED, left_by="button")
    again = SignUp.objects.create(
        newsletter=sign_up.newsletter,
        wording=sign_up.wording,
        address="ALICE@example.org",
        normalised="alice@example.org",
        form="newsletter-page",
        requested_at=ASKED,
    )
    client.post(f"/newsletters/confirm/{tokens.make(again, at=datetime.now(UTC))}/")
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.left_at, subscription.left_by) == ("active", None, "")
    assert Subscriber.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "é" * 20, "a" * 5000, "..%2f..%2f"])
def test_any_other_link_is_told_so_politely(client: Client, token: str) -> None:
    for answer in (client.get(f"/newsletters/confirm/{token}/"), client.post(f"/newsletters/confirm/{token}/")):
        assert answer.status_code == (400 if token == "%00" else 404)  # the site's front door refuses NUL


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_subscription() -> None:
    _, raw = pending(ticked=2)
    gate, done = threading.Barrier(2), []

    def press() -> None:
        key = tokens.find(raw)
        assert key is not None
        gate.wait()
        try:
            done.append(signup.confirm(key, at=datetime.now(UTC)))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.fresh for one in done if one) == [False, True]
    assert ConsentReceipt.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_who_confirms_while_a_leave_is_under_way_is_on_the_list_afterwards() -> None:
    """The other link was older. Without the row held, the confirmation would find them still on the list, leave it at
    that, and be undone by the leave."""
    sign_up, raw = pending()
    person = made.subscriber(sign_up.newsletter, address=sign_up.normalised)
    there, token = Subscription.objects.get(), tokens.find(raw)
    assert token is not None
    found: list[Any] = []
    with transaction.atomic():
        leaving.leave(leaving.Place(there, 0), how=leaving.BUTTON, at=datetime.now(UTC))
        press = at_once(lambda: found.append(signup.confirm(token, at=datetime.now(UTC))))
        waits_for_a_lock()
    press.join()
    there.refresh_from_db()
    assert there.state == Subscription.State.ACTIVE, "and the receipt of it is the newest"
    newest = ConsentReceipt.objects.filter(subscriber=person).order_by("-id").first()
    assert newest is not None
    assert (newest.act, found[0].fresh) == ("grant", True)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [ConsentReceipt, Wording])
@pytest.mark.parametrize("statement", ["update", "delete"])
def test_the_database_itself_refuses_to_change_a_receipt_or_a_wording(model: Any, statement: str) -> None:
    made.subscriber(made.newsletter())
    table = model._meta.db_table
    column = "how" if model is ConsentReceipt else "text"
    sql = {"update": f"UPDATE {table} SET {column} = 'x'", "delete": f"DELETE FROM {table}"}[statement]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
