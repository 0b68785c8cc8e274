"""A no to one letter: whose it is, when it is nobody's, and how often it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from newsletters import book, delivery, handover, issues
from newsletters.models import Delivery, Issue
from tests.mail.refusing import Refusing
from tests.newsletters.sending import addresses, elsewhere, issue_to, states, time_passes, untouched

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue(refusing: Refusing) -> Issue:
    return issue_to(5)


@pytest.mark.parametrize("answer", ["552 Too big", "552 5.3.4 Message size exceeds fixed limit"])
def test_a_letter_that_is_too_big_is_everybodys_and_holds_the_issue(
    issue: Issue, refusing: Refusing, answer: str
) -> None:
    refusing.says = {"content": answer}
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD
    assert "too big" in issue.held_why
    assert refusing.asked["content"] == 1
    assert untouched(issue)


@pytest.mark.parametrize(
    ("step", "answer", "end"),
    [
        ("rcpt", "550 5.1.1 No such user", "bounced"),
        ("rcpt", "552 5.2.2 Mailbox full", "soft_bounced"),
        ("content", "552 5.2.2 Mailbox full", "soft_bounced"),
        ("content", "552 5.2.3 Larger than this mailbox takes", "bounced"),
        ("content", "554 5.7.1 Not wanted", "bounced"),
    ],
)
def test_a_no_to_one_reader_is_theirs_alone(issue: Issue, refusing: Refusing, step: str, answer: str, end: str) -> None:
    odd = addresses(issue)[1]
    refusing.says = {step: lambda to: answer if to == odd else ""}
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    row = issue.deliveries.get(subscriber__address=odd)
    assert (row.state, row.why) == (end, answer)
    assert states(issue) == {"sent": 4, end: 1}


def test_an_address_at_which_the_server_hangs_up_holds_nobody_back_for_good(issue: Issue, refusing: Refusing) -> None:
    """It is put behind the others, and ends as a soft bounce."""
    odd = addresses(issue)[0]
    refusing.says = {"rcpt": lambda to: "hang up" if to == odd else ""}
    delivery.deliver(issue.pk)
    Issue.objects.update(next_try_at=datetime.now(UTC))
    assert delivery.deliver(issue.pk).sent == 4
    row = issue.deliveries.get(subscriber__address=odd)
    assert (row.state, row.attempts) == ("planned", 1)
    issue.deliveries.filter(pk=row.pk).update(attempts=handover.MOST_TRIES - 1)
    time_passes()
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 4, "soft_bounced": 1}


# ---- noes in a row ----


@pytest.mark.parametrize(("step", "answer"), [("rcpt", "554 5.7.1 Relay access denied"), ("content", "554 No")])
def test_many_noes_in_a_row_that_name_no_reader_are_ours(refusing: Refusing, step: str, answer: str) -> None:
    issue = issue_to(15)
    refusing.says = {step: answer}
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD
    assert "in a row" in issue.held_why
    assert answer in issue.held_why
    assert refusing.asked[step] == handover.IN_A_ROW
    assert untouched(issue)
    # The ten come last, so that the others go first when it was about those ten after all.
    issues.go_on(issue.pk, person=issue.made_by, at=datetime.now(UTC))
    refusing.says = {}
    assert delivery.deliver(issue.pk).sent == 5
    time_passes()
    assert delivery.deliver(issue.pk).sent == 10


def test_many_passing_noes_in_a_row_are_an_outage(refusing: Refusing) -> None:
    """A server whose tables are away says 451 to every reader."""
    issue = issue_to(12)
    refusing.says = {"rcpt": "451 4.3.0 Temporary lookup failure"}
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert issue.stalled_since is not None
    assert untouched(issue)


def test_readers_who_are_gone_are_bounced_however_many_follow_each_other(refusing: Refusing) -> None:
    issue = issue_to(12)
    refusing.says = {"rcpt": "550 5.1.1 No such user"}
    delivery.deliver(issue.pk)
    assert states(issue) == {"bounced": 12}


def test_one_yes_between_makes_the_noes_theirs(refusing: Refusing) -> None:
    issue = issue_to(18)
    taken = addresses(issue)[6]
    refusing.says = {"rcpt": lambda to: "" if to == taken else "554 5.7.1 Not wanted"}
    delivery.deliver(issue.pk, seconds=60)
    issue.refresh_from_db()
    assert refusing.to() == [taken]
    assert (issue.state, states(issue)) == (Issue.State.HELD, {"bounced": 6, "planned": 11, "sent": 1})


# ---- noes for now ----


def test_a_reader_refused_for_now_again_and_again_ends_as_a_soft_bounce(issue: Issue, refusing: Refusing) -> None:
    odd = addresses(issue)[0]
    refusing.says = {"rcpt": lambda to: "450 4.2.1 Mailbox busy" if to == odd else ""}
    for _ in range(handover.MOST_ATTEMPTS):
        time_passes()
        delivery.deliver(issue.pk)
    row = issue.deliveries.get(subscriber__address=odd)
    assert row.state == Delivery.State.SOFT_BOUNCED
    assert row.why == "Given up after 10 tries: 450 4.2.1 Mailbox busy"
    assert states(issue) == {"sent": 4, "soft_bounced": 1}
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT


def test_after_the_content_a_letter_is_tried_for_days(issue: Issue, refusing: Refusing) -> None:
    odd = addresses(issue)[0]
    refusing.says = {"content": lambda to: "451 4.7.1 Greylisted" if to == odd else ""}
    for _ in range(handover.MOST_ATTEMPTS + 2):
        time_passes()
        delivery.deliver(issue.pk)
    row = issue.deliveries.get(subscriber__address=odd)
    assert row.state == Delivery.State.PLANNED
    issue.deliveries.filter(pk=row.pk).update(attempts=handover.MOST_TRIES - 1)
    time_passes()
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 4, "soft_bounced": 1}


def test_the_waits_of_one_letter_grow_to_two_hours(issue: Issue, refusing: Refusing) -> None:
    odd = addresses(issue)[0]
    refusing.says = {"rcpt": lambda to: "450 4.2.1 Mailbox busy" if to == odd else ""}
    waits = []
    for _ in range(handover.MOST_ATTEMPTS - 1):
        time_passes()
        began = datetime.now(UTC)
        delivery.deliver(issue.pk)
        waits.append(issue.deliveries.get(subscriber__address=odd).not_before - began)
    assert timedelta(seconds=55) < waits[0] < timedelta(minutes=2)
    assert all(later > earlier for earlier, later in pairwise(waits[:8]))
    assert timedelta(minutes=119) < waits[-1] < timedelta(minutes=122)


# ---- a letter in hand while somebody else changes the issue ----


def test_a_letter_refused_for_now_after_the_sending_was_cancelled_is_not_planned_for_ever(
    issue: Issue, refusing: Refusing
) -> None:
    def cancel() -> None:
        issues.hold(issue.pk, why="Held.", at=datetime.now(UTC))
        issues.cancel(issue.pk, person=issue.made_by, at=datetime.now(UTC))

    def content(to: str) -> str:
        elsewhere(cancel)
        return "451 4.7.1 Greylisted"

    refusing.says = {"content": content}
    delivery.deliver(issue.pk)
    assert states(issue) == {"skipped": 5}
    assert set(issue.deliveries.values_list("why", flat=True)) == {book.CANCELLED}


def test_a_letter_given_up_by_a_sweep_and_then_refused_for_now_stays_a_persons_to_decide(
    issue: Issue, refusing: Refusing
) -> None:
    """The issue may be closed by then: planned, the letter would wait in it for ever."""
    odd = addresses(issue)[4]

    def given_up() -> None:
        theirs = Delivery.objects.filter(state="handing_over", subscriber__address=odd)
        theirs.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
        assert delivery.settle() == 1
        delivery.finish(issue.pk)

    def content(to: str) -> str:
        if to != odd:
            return ""
        elsewhere(given_up)
        return "451 4.7.1 Greylisted"

    refusing.says = {"content": content}
    delivery.deliver(issue.pk)
    row = issue.deliveries.get(subscriber__address=odd)
    assert (row.state, row.why) == ("uncertain", "Refused after all, not sent: 451 4.7.1 Greylisted")
    assert states(issue) == {"sent": 4, "uncertain": 1}
