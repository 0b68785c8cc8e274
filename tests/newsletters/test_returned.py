"""Letters that come back: which letter it was, what follows for the address, and that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from newsletters import audience, consent, delivery, erasing, mailbox, reports, returning, signup, suppression, tokens
from newsletters.models import ConsentReceipt, Delivery, Issue, Returned, SignUp, Subscriber, Subscription, Suppression
from newsletters.tasks import read_returned
from newsroom.notices.models import Notice
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.mail.refusing import Refusing
from tests.newsletters import reports as written
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import elsewhere, issue_to, sending, states
from tests.pop import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


@pytest.fixture
def sent(sink: Sink) -> Delivery:
    """The first of three letters, all sent."""
    begun = issue_to(3)
    delivery.deliver(begun.pk)
    return Delivery.objects.select_related("subscriber", "issue__newsletter").filter(issue=begun).order_by("pk")[0]


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    """A mailbox for bounces, and an envelope address for each letter."""
    opened = Mailbox()
    settings.MAIL_BOUNCE_BOX, settings.MAIL_BOUNCE_DOMAIN = opened.url, "bounces.example.org"
    yield opened
    opened.stop()


@pytest.fixture
def erin(client: Client) -> Client:
    client.force_login(person("marketing"))
    return client


def take(raw: bytes, at: datetime = NOW) -> Returned | None:
    return returning.take(raw, at=at)


def next_issue(last: Delivery) -> Issue:
    """Another issue to the same people, sent."""
    begun = sending(last.issue.newsletter)
    delivery.plan(begun.pk)
    delivery.deliver(begun.pk)
    return begun


def letter_of(issue: Issue, subscriber: Subscriber) -> Delivery:
    return Delivery.objects.select_related("subscriber", "issue__newsletter").get(issue=issue, subscriber=subscriber)


# ---- reading ----


def test_the_letter_is_told_by_its_own_address_or_by_what_came_back_with_the_report(sent: Delivery) -> None:
    key = written.key(sent)
    assert reports.read(written.returned(sent)).token == key
    bare = written.returned(sent, to=f"b+{key}@bounces.example.org").replace(b"List-Unsubscribe", b"X-Gone")
    assert reports.read(bare).token == key


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "nobody"),
        ("5.1.10", "550 5.1.10 Recipient not found", "nobody"),
        ("5.2.1", "550 5.2.1 Mailbox disabled", "nobody"),
        ("5.0.0", "550 5.1.1 No such user here", "nobody"),
        ("5.2.2", "552 5.2.2 Mailbox full", "refused"),
        ("5.7.1", "550 5.7.1 Message refused as spam", "refused"),
        ("4.4.1", "connection timed out", "refused"),
    ],
)
def test_what_a_status_says_of_the_address(sent: Delivery, status: str, said: str, kind: str) -> None:
    assert reports.read(written.returned(sent, status=status, said=said)).kind == kind


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_has_not_failed_is_no_report(sent: Delivery, action: str) -> None:
    assert take(written.returned(sent, action=action)) is None


def test_a_holiday_notice_and_other_mail_say_nothing(sent: Delivery) -> None:
    for raw in (written.holiday(sent), b"From: a@example.org\r\n\r\nHello, 5.1.1\r\n", b"", b"\xff\x00" * 500):
        assert take(raw) is None
    assert not Returned.objects.exists()


def test_a_server_that_keeps_no_standard_is_read_by_its_status_code(sent: Delivery) -> None:
    found = reports.read(written.in_words(sent))
    assert (found.kind, found.status, found.said) == ("nobody", "5.2.1", "554 5.2.1 This account is closed")
    assert found.token == written.key(sent)


# ---- what follows ----


def test_an_address_that_is_none_gets_nothing_more(sent: Delivery, sink: Sink) -> None:
    take(written.returned(sent))
    sent.refresh_from_db()
    assert (sent.state, sent.why) == ("bounced", "Came back: 5.1.1 550 5.1.1 User unknown")
    assert audience.size(sent.issue.newsletter, at=datetime.now(UTC)) == 2
    before = len(sink.to())
    next_issue(sent)
    assert sent.subscriber.address not in sink.to()[before:]
    assert len(sink.to()) == before + 2
    assert consent.standing(sent.subscriber), "the consent stands: it is the address that takes no mail"


def test_one_that_comes_back_while_an_issue_goes_out_is_passed_over(sink: Sink) -> None:
    begun = issue_to(2)
    first, second = (
        Delivery.objects.filter(issue=begun).select_related("subscriber", "issue__newsletter").order_by("pk")
    )

    def answer(to: str) -> str:
        elsewhere(lambda: take(written.returned(second)))
        return "250 OK"

    sink.answer = answer
    delivery.deliver(begun.pk)
    assert sink.to() == [first.subscriber.address]
    assert states(begun) == {"sent": 1, "skipped": 1}


def test_a_report_is_counted_once(sent: Delivery) -> None:
    assert take(written.returned(sent)) is not None
    assert take(written.returned(sent)) is None
    assert Returned.objects.count() == 1


def test_three_refusals_one_after_the_other_and_not_two(sent: Delivery, sink: Sink) -> None:
    full = {"status": "5.7.1", "said": "550 5.7.1 Refused"}
    take(written.returned(sent, **full))
    second = letter_of(next_issue(sent), sent.subscriber)
    take(written.returned(second, **full))
    sent.subscriber.refresh_from_db()
    assert sent.subscriber.undeliverable_at is None
    third = letter_of(next_issue(sent), sent.subscriber)
    take(written.returned(third, **full))
    sent.subscriber.refresh_from_db()
    assert sent.subscriber.undeliverable_at == NOW
    assert sent.subscriber.undeliverable_why.startswith("3 letters one after the other were refused.")


def test_a_letter_that_arrived_between_two_refusals_makes_good_for_them(sent: Delivery, sink: Sink) -> None:
    soft = {"status": "4.2.2", "said": "452 4.2.2 Mailbox full"}
    take(written.returned(sent, **soft))
    take(written.returned(letter_of(next_issue(sent), sent.subscriber), **soft))
    next_issue(sent)  # arrived, for all that we know
    take(written.returned(letter_of(next_issue(sent), sent.subscriber), **soft))
    sent.subscriber.refresh_from_db()
    assert sent.subscriber.undeliverable_at is None


def test_who_calls_a_letter_spam_has_left_everything_and_no_import_brings_them_back(sent: Delivery) -> None:
    other = made.newsletter()
    Subscription.objects.create(subscriber=sent.subscriber, newsletter=other, confirmed_at=NOW - timedelta(days=9))
    made.grant(sent.subscriber, other.purpose)
    take(written.complaint(sent))
    assert consent.standing(sent.subscriber) == []
    assert set(sent.subscriber.subscriptions.values_list("state", "left_by")) == {("left", returning.COMPLAINED)}
    assert ConsentReceipt.objects.filter(act="withdraw", how=returning.COMPLAINED).count() == 2
    kept_out = suppression.of(sent.subscriber.normalised or "")
    assert kept_out is not None
    assert kept_out.why == Suppression.Why.COMPLAINED
    sent.refresh_from_db()
    assert sent.state == "sent", "it arrived"


def test_not_spam_is_no_complaint(sent: Delivery) -> None:
    assert take(written.complaint(sent, kind="not-spam")) is None


def test_a_report_of_no_letter_of_ours_is_counted_and_does_nothing(sent: Delivery) -> None:
    forged = written.returned(sent).replace(written.key(sent).encode(), b"A" * 38)
    found = take(forged)
    assert found is not None
    assert (found.kind, found.subscriber_id) == ("unknown", None)
    assert not Subscriber.objects.exclude(undeliverable_at=None).exists()


def test_a_no_in_the_conversation_itself_counts_alike(refusing: Refusing) -> None:
    begun = issue_to(2)
    refusing.says = {"rcpt": "550 5.1.1 No such user"}
    delivery.deliver(begun.pk)
    assert states(begun) == {"bounced": 2}
    assert Subscriber.objects.filter(undeliverable_at__isnull=False).count() == 2


def test_a_no_that_may_be_about_us_says_nothing_of_the_address(refusing: Refusing) -> None:
    """Also three times: an address may not pay for a name that we have with one mail server."""
    begun = issue_to(2)
    refusing.says = {"rcpt": "550 5.7.1 Refused by policy"}
    delivery.deliver(begun.pk)
    for _ in range(returning.IN_A_ROW):
        assert states(next_issue(begun.deliveries.order_by("pk")[0])) == {"bounced": 2}
    assert not Subscriber.objects.exclude(undeliverable_at=None).exists()


def test_who_confirms_the_address_anew_gets_letters_again(sent: Delivery) -> None:
    take(written.returned(sent))
    newsletter = sent.issue.newsletter
    asked = SignUp.objects.create(
        newsletter=newsletter,
        wording=newsletter.purpose.wordings.get(),
        address=sent.subscriber.address,
        normalised=sent.subscriber.normalised or "",
        form="newsletter-page",
        requested_at=NOW,
    )
    signup.confirm(_token(tokens.make(asked, at=NOW)), at=NOW)
    assert audience.size(newsletter, at=datetime.now(UTC)) == 3


def _token(raw: str) -> Any:
    found = tokens.find(raw)
    assert found is not None
    return found


def test_an_erasure_takes_what_came_back_along(sent: Delivery) -> None:
    take(written.returned(sent, said=f"550 5.1.1 {sent.subscriber.address} unknown"))
    erasing.erase(sent.subscriber_id, why=Suppression.Why.ERASED, how="asked", at=NOW)
    later = written.returned(sent, status="5.2.1", said="550 5.2.1 <reader> closed")
    assert take(later) is not None
    assert set(Returned.objects.values_list("said", flat=True)) == {""}
    row = Subscriber.objects.get(pk=sent.subscriber_id)
    assert (row.undeliverable_at, row.undeliverable_why) == (None, "")


# ---- the mailbox ----


def test_the_mailbox_is_emptied_by_the_task(sent: Delivery, box: Mailbox) -> None:
    box.letters = [written.returned(sent), written.holiday(sent), b"Subject: hello\r\n\r\nWords\r\n"]
    read_returned()
    assert box.letters == []
    assert Returned.objects.get().kind == "nobody"


def test_a_mailbox_that_hangs_up_is_read_again_and_nothing_counts_twice(sent: Delivery, box: Mailbox) -> None:
    box.letters = [written.returned(sent), written.complaint(sent)]
    box.dies_after = 1
    with pytest.raises(mailbox.Away):
        mailbox.empty(box.url, at=NOW)
    assert len(box.letters) == 2
    box.dies_after = None
    assert mailbox.empty(box.url, at=NOW) == 1
    assert sorted(Returned.objects.values_list("kind", flat=True)) == ["complaint", "nobody"]
    assert box.letters == []


def test_a_report_that_could_not_be_written_down_stays_in_the_mailbox(
    sent: Delivery, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.letters = [written.returned(sent), written.complaint(sent)]
    whole = returning.take

    def broken(raw: bytes, *, at: datetime) -> Returned | None:
        if b"feedback-report" in raw:
            raise OperationalError("PostgreSQL is away")
        return whole(raw, at=at)

    monkeypatch.setattr(returning, "take", broken)
    with pytest.raises(OperationalError):
        mailbox.empty(box.url, at=NOW)
    assert box.letters == [written.complaint(sent)]


def test_a_wrong_password_is_told_to_administrators_without_a_word_of_it(box: Mailbox, settings: Any) -> None:
    frank = person("administrator")
    settings.MAIL_BOUNCE_BOX = box.url.replace("a%20password", "hunter2")
    for _ in range(3):
        read_returned()
    told = Notice.objects.get(person=frank)
    assert "cannot be read" in told.title
    assert "hunter2" not in told.title + told.detail


def test_without_a_mailbox_nothing_is_asked(settings: Any) -> None:
    settings.MAIL_BOUNCE_BOX = ""
    read_returned()


# ---- the desk ----


@pytest.mark.parametrize("number", [1, 20])
def test_the_desk_says_who_and_why_in_as_many_queries(
    number: int, erin: Client, sink: Sink, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for reader in made.subscribers(made.newsletter(), number):
        Subscriber.objects.filter(pk=reader.pk).update(undeliverable_at=NOW, undeliverable_why="550 5.1.1 User unknown")
    erin.get("/desk/newsletters/returned/")
    with django_assert_max_num_queries(8):
        page = erin.get("/desk/newsletters/returned/").content.decode()
    assert page.count("550 5.1.1 User unknown") == number


def test_somebody_who_knows_better_lets_letters_go_out_again(sent: Delivery, erin: Client) -> None:
    take(written.returned(sent))
    address = f"/desk/newsletters/returned/{sent.subscriber_id}/again/"
    assert "Letters go out to" in erin.post(address, follow=True).content.decode()
    assert "already" in erin.post(address, follow=True).content.decode()
    assert audience.size(sent.issue.newsletter, at=datetime.now(UTC)) == 3
