"""Letters that are marked together: each asked again before its content, and known by name when something breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection

from newsletters import book, delivery, handover, leaving, tokens
from newsletters.models import Delivery, Issue, Subscriber
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import addresses, elsewhere, issue_to, states

FRESH = book.FRESH
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue(sink: Sink) -> Issue:
    """Fifteen letters: marked by one, two, four and eight."""
    return issue_to(15)


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many letters each commit marked, on a machine whose speed plays no part."""
    sizes: list[int] = []
    begin = book.Book.begin

    def counted(self: book.Book, delivery_ids: list[int]) -> None:
        sizes.append(len(delivery_ids))
        begin(self, delivery_ids)

    monkeypatch.setattr(handover, "WINDOW_SECONDS", 1000.0)
    monkeypatch.setattr(book.Book, "begin", counted)
    return sizes


def after(sink: Sink, letters: int, act: Callable[[], object]) -> None:
    """Do it while the server takes the next letter after so many."""

    def answer(to: str) -> str:
        if len(sink.kept) == letters:
            elsewhere(act)
        return "250 OK"

    sink.answer = answer


def leave(address: str) -> None:
    subscription = Subscriber.objects.get(address=address).subscriptions.get()
    place = leaving.find(tokens.leave_token(subscription.pk, 0))
    assert place is not None
    leaving.leave(place, how=leaving.ONE_CLICK, at=datetime.now(UTC))


def test_groups_grow_and_everybody_has_one_letter(issue: Issue, sink: Sink, groups: list[int]) -> None:
    assert delivery.deliver(issue.pk).sent == 15
    assert groups == [1, 2, 4, 8]
    assert states(issue) == {"sent": 15}
    assert sorted(sink.to()) == sorted(addresses(issue))


def test_to_a_slow_server_each_letter_is_marked_by_itself(
    issue: Issue, sink: Sink, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "WINDOW_SECONDS", 0.02)
    sink.slow = 0.03
    delivery.deliver(issue.pk)
    assert groups == [1] * 15


def test_who_leaves_when_their_letter_is_marked_already_gets_none(issue: Issue, sink: Sink) -> None:
    """Promise 19, in the middle of a group: it is marked with seven others, and one before it is being taken."""
    odd = addresses(issue)[12]
    after(sink, 8, lambda: leave(odd))
    delivery.deliver(issue.pk)
    assert odd not in sink.to()
    assert states(issue) == {"sent": 14, "skipped": 1}
    assert Delivery.objects.get(subscriber__address=odd).why == book.LEFT


def test_a_held_sending_stops_in_the_middle_of_a_group_and_nobody_in_it_is_uncertain(issue: Issue, sink: Sink) -> None:
    from newsletters import issues

    after(sink, 8, lambda: issues.hold(issue.pk, why="Wait.", at=datetime.now(UTC)))
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 9, "planned": 6}
    assert set(issue.deliveries.filter(state="planned").values_list("attempts", flat=True)) == {0}


def test_a_line_that_breaks_costs_the_others_of_the_group_nothing(issue: Issue, sink: Sink) -> None:
    odd = addresses(issue)[9]
    sink.answer = lambda to: "hang up" if to == odd else "250 OK"
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 14, "uncertain": 1}
    assert Delivery.objects.get(subscriber__address=odd).why == handover.BROKEN_LINE
    assert len(sink.to()) == len(set(sink.to())) == 15


def test_a_claim_that_was_taken_over_sends_nothing_of_its_group(issue: Issue, sink: Sink) -> None:
    def taken() -> None:
        open_ones = Delivery.objects.filter(state="handing_over", subscriber__address__in=addresses(issue)[10:])
        open_ones.update(claim="00000000-0000-0000-0000-000000000002")

    after(sink, 8, taken)
    delivery.deliver(issue.pk)
    assert sorted(sink.to()) == sorted(addresses(issue)[:10])


def test_what_was_answered_is_written_down_when_the_database_comes_back(
    issue: Issue, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database ends our connection in the middle of a group: what the server took is known, the rest goes back."""
    monkeypatch.setattr(book, "WAITS", (0.05, 0.05))
    backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(backends)

    after(sink, 8, cut)
    with pytest.raises(OperationalError):
        delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 9, "planned": 6}
    sink.answer = lambda to: "250 OK"
    assert delivery.deliver(issue.pk).sent == 6
    assert len(sink.to()) == len(set(sink.to())) == 15


def test_a_killed_sender_leaves_only_its_group_uncertain(issue: Issue, sink: Sink, monkeypatch: Any) -> None:
    """As a kill leaves it: nothing is written down after the ninth letter was taken."""

    class Killed(BaseException):
        pass

    def dead(self: book.Book) -> None:
        raise Killed

    monkeypatch.setattr(book.Book, "write", dead)
    monkeypatch.setattr(book.Book, "give_back", dead)

    def go(self: book.Book, delivery_id: int) -> bool:
        if len(sink.kept) == 9:
            raise Killed
        return whole(self, delivery_id)

    whole = book.Book.go
    monkeypatch.setattr(book.Book, "go", go)
    with pytest.raises(Killed):
        delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 7, "handing_over": 8}
    Delivery.objects.filter(state="handing_over").update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    delivery.sweep()
    assert states(issue) == {"sent": 7, "uncertain": 8}
    assert len(sink.to()) == 9


def test_no_content_leaves_on_an_old_answer(issue: Issue, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is set: a letter goes on an answer of the last milliseconds, however large its group."""
    monkeypatch.setattr(book, "FRESH", FRESH)
    asked: list[str] = []
    run = book.Book._run

    def told(self: book.Book, name: str, **given: list[int]) -> set[int]:
        asked.append(name)
        return run(self, name, **given)

    monkeypatch.setattr(book.Book, "_run", told)
    sink.slow = FRESH * 1.2
    delivery.deliver(issue.pk)
    assert FRESH <= 0.005
    assert asked.count("begin") == 4
    assert asked.count("still") >= 11, "all but the first of each group, on a machine of any speed"
