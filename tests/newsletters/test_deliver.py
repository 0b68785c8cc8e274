"""Delivering: each person once, and every way in which a letter can end."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from newsletters import book, consent, delivery, handover, issues, leaving, message, tokens
from newsletters.models import Delivery, Issue, Subscriber, Subscription
from tests.factories import newsletters as made
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import sending, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_everyone_gets_one_letter_with_a_key_of_their_own(issue: Issue, sink: Sink) -> None:
    run = delivery.deliver(issue.pk)
    assert run.sent == 5
    assert states(issue) == {"sent": 5}
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    assert issue.finished_at is not None
    assert sorted(sink.to()) == sorted(set(sink.to()))
    keys = set()
    for row in Delivery.objects.select_related("subscriber"):
        letter = sink.letter(row.subscriber.address)
        assert letter["Message-ID"] == message.message_id(issue.pk, row.pk)
        key = letter["List-Unsubscribe"].split("/leave/")[1].split("/")[0]
        named = tokens.read_leave_token(key)
        assert named is not None
        assert Subscription.objects.get(pk=named.subscription_id).subscriber == row.subscriber
        for kind in ("plain", "html"):
            part = letter.get_body((kind,))
            assert part is not None
            assert f"/newsletters/leave/{key}/" in part.get_content()
        keys.add(key)
    assert len(keys) == 5


def test_the_letters_own_link_leaves_the_list(issue: Issue, sink: Sink, client: Client) -> None:
    delivery.deliver(issue.pk)
    reader = Delivery.objects.select_related("subscriber").first().subscriber
    address = sink.letter(reader.address)["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reader.subscriptions.get().state == "left"


def test_who_leaves_in_the_middle_of_a_sending_gets_no_letter(issue: Issue, sink: Sink) -> None:
    """Asked again in the claim: the person leaves when the first letter is already gone."""
    last = Delivery.objects.order_by("-pk").select_related("subscriber")[0].subscriber

    def answer(to: str) -> str:
        if len(sink.kept) == 1:
            thread = threading.Thread(target=leave, args=(last,))
            thread.start()
            thread.join()
        return "250 OK"

    sink.answer = answer
    delivery.deliver(issue.pk)
    assert last.address not in sink.to()
    row = Delivery.objects.get(subscriber=last)
    assert (row.state, row.why) == ("skipped", book.LEFT)
    assert states(issue) == {"sent": 4, "skipped": 1}


def leave(reader: Any) -> None:
    try:
        place = leaving.find(tokens.leave_token(reader.subscriptions.get().pk, 0))
        assert place is not None
        leaving.leave(place, how=leaving.ONE_CLICK, at=datetime.now(UTC))
    finally:
        connection.close()


def test_who_left_before_the_claim_is_skipped_without_a_word_to_the_server(issue: Issue, sink: Sink) -> None:
    reader = Delivery.objects.select_related("subscriber")[2].subscriber
    leave(reader)
    assert delivery.deliver(issue.pk).skipped == 1
    assert reader.address not in sink.to()


def test_two_senders_at_once_send_nobody_two(sink: Sink) -> None:
    begun = sending()
    made.subscribers(begun.newsletter, 120)
    delivery.plan(begun.pk)
    gate = threading.Barrier(3)

    def send() -> None:
        gate.wait()
        try:
            delivery.deliver(begun.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.to()) == len(set(sink.to())) == 120
    assert states(begun) == {"sent": 120}


def test_a_line_that_breaks_after_the_letter_leaves_it_uncertain_and_unsent(issue: Issue, sink: Sink) -> None:
    odd = Delivery.objects.select_related("subscriber")[1].subscriber.address
    sink.answer = lambda to: "hang up" if to == odd else "250 OK"
    delivery.deliver(issue.pk)
    row = Delivery.objects.get(subscriber__address=odd)
    assert (row.state, row.why) == ("uncertain", handover.BROKEN_LINE)
    for _ in range(3):
        delivery.sweep()
        delivery.deliver(issue.pk)
    assert sink.to().count(odd) == 1
    assert states(issue) == {"sent": 4, "uncertain": 1}


def test_a_dead_sender_that_had_only_claimed_is_made_good_for(issue: Issue, sink: Sink) -> None:
    Delivery.objects.update(
        state="claimed",
        claim="00000000-0000-0000-0000-000000000001",
        lease_until=datetime.now(UTC) - timedelta(seconds=1),
    )
    assert delivery.sweep().to_send == [issue.pk]
    assert delivery.deliver(issue.pk).sent == 5


def test_a_living_senders_claim_is_left_alone(issue: Issue, sink: Sink) -> None:
    Delivery.objects.update(
        state="claimed",
        claim="00000000-0000-0000-0000-000000000001",
        lease_until=datetime.now(UTC) + timedelta(seconds=60),
    )
    assert delivery.sweep().to_send == []
    assert delivery.deliver(issue.pk).sent == 0
    assert sink.to() == []


def test_a_dead_sender_that_was_handing_over_leaves_the_letter_uncertain(issue: Issue, sink: Sink) -> None:
    row = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=row.pk).update(
        state="handing_over",
        claim="00000000-0000-0000-0000-000000000001",
        lease_until=datetime.now(UTC) - timedelta(seconds=1),
    )
    delivery.sweep()
    delivery.deliver(issue.pk)
    row.refresh_from_db()
    assert (row.state, row.why) == ("uncertain", delivery.KILLED)
    assert row.subscriber.address not in sink.to()


def test_a_sender_that_lost_its_claim_sends_nothing(issue: Issue, sink: Sink) -> None:
    """Fencing: it slept past its lease and another one has the letter."""
    odd = Delivery.objects.order_by("pk").select_related("subscriber")[0]

    def recipient(to: str) -> str:
        if to == odd.subscriber.address:
            thread = threading.Thread(target=other_takes, args=(odd.pk,))
            thread.start()
            thread.join()
        return "250 OK"

    sink.recipient = recipient
    delivery.deliver(issue.pk)
    assert odd.subscriber.address not in sink.to()
    assert Delivery.objects.get(pk=odd.pk).claim is not None
    assert len(sink.to()) == 4


def other_takes(pk: int) -> None:
    try:
        Delivery.objects.filter(pk=pk).update(claim="00000000-0000-0000-0000-000000000002")
    finally:
        connection.close()


def test_a_no_for_good_is_kept_with_its_words_and_a_no_for_now_is_tried_again(issue: Issue, sink: Sink) -> None:
    first, second = (row.subscriber.address for row in Delivery.objects.select_related("subscriber")[:2])
    sink.recipient = lambda to: {first: "550 5.1.1 No such user", second: "451 4.7.1 Later"}.get(to, "250 OK")
    run = delivery.deliver(issue.pk)
    assert (run.sent, run.bounced, run.put_back) == (3, 1, 1)
    assert Delivery.objects.get(subscriber__address=first).why.startswith("550 5.1.1 No such user")
    later = Delivery.objects.get(subscriber__address=second)
    assert later.state == "planned"
    assert later.not_before > datetime.now(UTC)
    sink.recipient = lambda to: "250 OK"
    assert delivery.deliver(issue.pk).sent == 0
    Delivery.objects.update(not_before=datetime.now(UTC))
    assert delivery.deliver(issue.pk).sent == 1


def test_a_no_after_the_content_is_a_no_and_nothing_uncertain(issue: Issue, sink: Sink) -> None:
    sink.answer = lambda to: "554 5.7.1 Not wanted"
    delivery.deliver(issue.pk)
    assert states(issue) == {"bounced": 5}


def test_a_held_issue_stops_between_two_letters_and_goes_on_exactly_there(issue: Issue, sink: Sink) -> None:
    def hold() -> None:
        try:
            issues.hold(issue.pk, why="A story in it was withdrawn.", at=datetime.now(UTC))
        finally:
            connection.close()

    def answer(to: str) -> str:
        if len(sink.kept) == 1:
            thread = threading.Thread(target=hold)
            thread.start()
            thread.join()
        return "250 OK"

    sink.answer = answer
    delivery.deliver(issue.pk)
    assert len(sink.to()) == 2  # the one in hand may still leave
    assert states(issue) == {"sent": 2, "planned": 3}
    assert delivery.deliver(issue.pk).sent == 0
    sink.answer = lambda to: "250 OK"
    issues.go_on(issue.pk, person=issue.made_by, at=datetime.now(UTC))
    assert delivery.deliver(issue.pk).sent == 3
    assert len(set(sink.to())) == 5


def test_what_is_cancelled_is_skipped_by_name(issue: Issue, sink: Sink) -> None:
    issues.hold(issue.pk, why="x", at=datetime.now(UTC))
    assert issues.cancel(issue.pk, person=issue.made_by, at=datetime.now(UTC)) == 5
    assert states(issue) == {"skipped": 5}
    with pytest.raises(issues.Refused):
        issues.cancel(issue.pk, person=issue.made_by, at=datetime.now(UTC))


def test_two_claims_at_the_same_moment_share_no_letter_and_neither_waits(issue: Issue) -> None:
    """The first claim is still open when the second asks."""
    found: list[int] = []

    def second() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            found.extend(letter.delivery_id for letter in delivery.claim(issue, uuid.uuid4()))
        finally:
            connection.close()

    with transaction.atomic():
        first = [letter.delivery_id for letter in delivery.claim(issue, uuid.uuid4(), limit=3)]
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert (len(first), len(found)) == (3, 2)
    assert not set(first) & set(found)


@pytest.mark.parametrize("end", ["left", "withdrew", "unconfirmed"])
def test_everything_is_asked_once_more_right_before_the_content(issue: Issue, sink: Sink, end: str) -> None:
    """Each condition by itself, changed when the server has taken the recipient already."""
    odd = Delivery.objects.order_by("pk").select_related("subscriber")[0].subscriber

    def change() -> None:
        try:
            if end == "left":
                Subscription.objects.filter(subscriber=odd).update(state="left")
            elif end == "withdrew":
                consent.withdraw(
                    odd, issue.newsletter.purpose, at=datetime.now(UTC), page_path="", form="desk", how="by letter"
                )
            else:
                Subscriber.objects.filter(pk=odd.pk).update(confirmed_at=None)
        finally:
            connection.close()

    def recipient(to: str) -> str:
        if to == odd.address:
            thread = threading.Thread(target=change)
            thread.start()
            thread.join()
        return "250 OK"

    sink.recipient = recipient
    delivery.deliver(issue.pk)
    assert odd.address not in sink.to()
    assert states(issue) == {"sent": 4, "skipped": 1}
