"""Erasure (domain 20): the address is nowhere, the receipts still prove, no import brings the person back, they may."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from newsletters import addresses, chain, consent, delivery, erasing, keyed, leaving, signup, suppression, tokens
from newsletters.book import Book
from newsletters.models import (
    AddressChange,
    ConsentReceipt,
    Delivery,
    Import,
    ImportLine,
    LinkRequest,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)
from newsroom.mail import send
from newsroom.mail.models import Letter
from tests.factories import newsletters as made
from tests.factories.accounts import person as somebody
from tests.newsletters.sending import at_once, elsewhere, issue_to, now, waits_for_a_lock

ADDRESS = "alice.ashdown@example.org"


def erase(person: Subscriber) -> bool:
    return erasing.erase(person.pk, why=Suppression.Why.ERASED, how="erased at the person's request", at=now())


def pending(newsletter: Any) -> tuple[SignUp, str]:
    sign_up = SignUp.objects.create(
        newsletter=newsletter, wording=newsletter.purpose.wordings.get(), address=ADDRESS, normalised=ADDRESS,
        form="newsletter-page", requested_at=now(),
    )  # fmt: skip
    return sign_up, tokens.make(sign_up, at=now())


def everywhere(text: str) -> list[str]:
    """The tables and columns of the whole database that hold this text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'bytea')"
        )
        for table, column in cursor.fetchall():
            said = f'"{column}"::text'
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE position(lower(%s) IN lower({said})) > 0'
                f" OR position(encode(convert_to(%s, 'UTF8'), 'hex') IN {said}) > 0",
                [text, text],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


@pytest.mark.django_db(transaction=True)
def test_the_address_is_nowhere_afterwards_and_the_chain_is_whole() -> None:
    issue = issue_to(2)
    person = made.subscriber(issue.newsletter, address=ADDRESS)
    made.grant(person, made.purpose())
    pending(issue.newsletter)
    tokens.make_for_centre(person, at=now())
    LinkRequest.objects.create(address=ADDRESS, normalised=ADDRESS, asked_at=now())
    other = made.subscriber(issue.newsletter)
    for whose in (person, other):
        AddressChange.objects.create(
            subscriber=whose, address=ADDRESS, normalised=ADDRESS, old_hash="a", new_hash="b", asked_at=now()
        )
    Delivery.objects.create(issue=issue, subscriber=person, state="bounced", why=f"550 <{ADDRESS}> unknown")
    file = Import.objects.create(name="x.csv", made_by=somebody("marketing"), made_at=now(), lines=1)
    ImportLine.objects.create(of=file, number=2, state="refused", normalised=ADDRESS, cells={"address": ADDRESS})
    with transaction.atomic():
        send(key="newsletters.link:1", to=ADDRESS, subject="S", text=f"For {ADDRESS}")
    Letter.objects.update(state="sent", answer=f"250 {ADDRESS}")
    with transaction.atomic():
        send(key="newsletters.link:2", to=ADDRESS, subject="S", text="T")
    assert len(everywhere(ADDRESS)) > 8
    assert erase(person)
    assert everywhere(ADDRESS) == []
    assert chain.walk().whole
    receipts = ConsentReceipt.objects.filter(subscriber=person)
    assert set(receipts.values_list("address_hash", flat=True)) == {keyed.one(ADDRESS)}
    assert not consent.standing(person)
    assert not Letter.objects.filter(state="planned").exists()
    person.refresh_from_db()
    assert (person.address, person.normalised, str(person)) == ("", None, "an erased reader")
    assert not erase(person), "there is nobody any more"


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_a_sender_holds_is_not_sent() -> None:
    issue = issue_to(2)
    rows = list(issue.deliveries.select_related("subscriber").order_by("pk"))
    book = Book(issue)
    delivery.claim(issue, book.claim)
    elsewhere(lambda: erase(rows[0].subscriber))
    book.begin([row.pk for row in rows])
    assert [book.go(row.pk) for row in rows] == [False, True]
    book.close()


@pytest.mark.django_db
def test_the_person_may_come_back_and_is_somebody_new(client: Client) -> None:
    newsletter = made.newsletter()
    old = made.subscriber(newsletter, address=ADDRESS)
    erase(old)
    assert suppression.of(ADDRESS)
    _, raw = pending(newsletter)
    assert client.post(f"/newsletters/confirm/{raw}/").status_code == 200
    new = Subscriber.objects.get(normalised=ADDRESS)
    assert new.pk != old.pk
    assert suppression.of(ADDRESS) is None
    assert Suppression.objects.get().lifted_at
    assert [receipt.purpose for receipt in consent.standing(new)] == [newsletter.purpose]
    old.refresh_from_db()
    assert old.confirmed_at is None, "the emptied row stays empty"
    assert chain.walk().whole


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_at_the_same_moment_begins_anew() -> None:
    newsletter = made.newsletter()
    old = made.subscriber(newsletter, address=ADDRESS)
    _, raw = pending(newsletter)
    key = tokens.find(raw)
    assert key is not None
    done: list[Any] = []
    with transaction.atomic():
        # As an erasure that has not seen this sign-up: it holds the row, and the confirmation waits for it.
        Subscriber.objects.select_for_update().get(pk=old.pk)
        press = at_once(lambda: done.append(signup.confirm(key, at=now())))
        waits_for_a_lock()
        Subscriber.objects.filter(pk=old.pk).update(address="", normalised=None, confirmed_at=None, erased_at=now())
    press.join()
    old.refresh_from_db()
    assert (old.confirmed_at, old.address) == (None, "")
    assert done[0].subscription.subscriber_id != old.pk


@pytest.mark.django_db(transaction=True)
def test_erasing_and_confirming_at_once_never_wait_for_each_other() -> None:
    newsletter = made.newsletter()
    for number in range(8):
        person = made.subscriber(newsletter, address=ADDRESS)
        _, raw = pending(newsletter)
        key = tokens.find(raw)
        assert key is not None
        gate, ends = threading.Barrier(2), []

        def press(key: Any = key, gate: Any = gate, ends: Any = ends) -> None:
            gate.wait()
            ends.append(signup.confirm(key, at=now()))

        def forget(person: Any = person, gate: Any = gate, ends: Any = ends) -> None:
            gate.wait()
            ends.append(erase(person))

        threads = [at_once(press), at_once(forget)]
        for thread in threads:
            thread.join()
        assert len(ends) == 2, f"round {number} ended in an error"
        left = Subscriber.objects.filter(normalised=ADDRESS)
        for one in left:
            erase(one)
    assert chain.walk().whole


@pytest.mark.django_db
def test_a_leaving_link_of_an_old_letter_stays_calm(client: Client) -> None:
    newsletter = made.newsletter()
    person = made.subscriber(newsletter, address=ADDRESS)
    token = tokens.leave_token(Subscription.objects.get().pk, 0)
    erase(person)
    assert client.post(f"/newsletters/leave/{token}/").status_code == 200
    place = leaving.find(token)
    assert place is not None
    assert place.subscription.state == "left"


@pytest.mark.django_db
def test_a_new_key_finds_what_stands_under_the_old_one(client: Client, settings: Any) -> None:
    person = made.subscriber(made.newsletter(), address=ADDRESS)
    erase(person)
    old, new = settings.ADDRESS_KEYS, "C" * 43 + "="
    settings.ADDRESS_KEYS = [new, *old]
    assert suppression.of(ADDRESS)
    assert suppression.under_missing_keys() == {}
    settings.ADDRESS_KEYS = [new]
    assert suppression.of(ADDRESS) is None
    assert suppression.under_missing_keys() == {keyed.fingerprint(old[0]): 3}
    chain.check(at=now())
    client.force_login(somebody("marketing"))
    assert "A key is missing." in client.get("/desk/newsletters/consent/").content.decode()


def test_the_hash_is_of_the_mailbox_and_needs_the_key(settings: Any) -> None:
    same = {keyed.one(addresses.read(text).normalised) for text in ("A.B@exämple.org", "a.b@XN--EXMPLE-CUA.org")}
    assert len(same) == 1
    assert len(same.copy().pop()) == keyed.LENGTH
    settings.ADDRESS_KEYS = ["D" * 43 + "="]
    assert keyed.one("a.b@xn--exmple-cua.org") not in same
