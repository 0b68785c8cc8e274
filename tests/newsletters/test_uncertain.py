"""Letters of which nobody knows whether they arrived: how one becomes so, and who settles it."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from newsletters import delivery, message, resolving
from newsletters.models import Delivery, Issue
from newsroom.audit.models import AuditRow
from newsroom.mail import smtp
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import states

pytestmark = pytest.mark.django_db(transaction=True)


def uncertain(issue: Issue) -> Delivery:
    row = Delivery.objects.filter(issue=issue).order_by("pk")[0]
    Delivery.objects.filter(pk=row.pk).update(state="uncertain", why=delivery.KILLED, claimed_at=datetime.now(UTC))
    delivery.deliver(issue.pk)
    return row


def test_a_person_may_count_an_uncertain_letter_as_sent(issue: Issue, sink: Sink) -> None:
    row = uncertain(issue)
    resolving.resolve(row.pk, as_="arrived", person=issue.made_by, at=datetime.now(UTC))
    assert states(issue) == {"sent": 5}
    assert len(sink.to()) == 4
    with pytest.raises(resolving.Late):
        resolving.resolve(row.pk, as_="again", person=issue.made_by, at=datetime.now(UTC))


def test_a_person_may_have_an_uncertain_letter_sent_again_under_the_same_message_id(issue: Issue, sink: Sink) -> None:
    row = uncertain(issue)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    resolving.resolve(row.pk, as_="again", person=issue.made_by, at=datetime.now(UTC))
    assert delivery.sweep().to_send == [issue.pk]
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 5}
    assert sink.letter(row.subscriber.address)["Message-ID"] == message.message_id(issue.pk, row.pk)


def test_the_answer_that_comes_late_settles_an_uncertain_letter(issue: Issue, sink: Sink) -> None:
    """A sweep gave the sender up while it waited; then the 250 comes, and it is known after all."""
    odd = Delivery.objects.order_by("pk").select_related("subscriber")[0]

    def given_up() -> None:
        try:
            Delivery.objects.filter(pk=odd.pk).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
            assert delivery.settle() == 1
        finally:
            connection.close()

    def answer(to: str) -> str:
        if to == odd.subscriber.address:
            thread = threading.Thread(target=given_up)
            thread.start()
            thread.join()
        return "250 OK"

    sink.answer = answer
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 5}


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database knew of the letter when the first byte of its content left."""
    seen: list[str] = []
    whole = smtp.Connection.hand_over

    def hand_over(self: smtp.Connection, *args: Any, before_content: Any, **rest: Any) -> Any:
        def both() -> None:
            before_content()
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

        def look() -> None:
            try:
                seen.extend(Delivery.objects.filter(state="handing_over").values_list("state", flat=True))
            finally:
                connection.close()

        return whole(self, *args, before_content=both, **rest)

    monkeypatch.setattr(smtp.Connection, "hand_over", hand_over)
    return seen


def test_the_mark_is_committed_before_the_content_leaves(issue: Issue, sink: Sink, watched: list[str]) -> None:
    """Seen from another connection: without the commit a killed sender's letter would be sent twice."""
    delivery.deliver(issue.pk)
    assert len(watched) >= 5
    assert set(watched) == {"handing_over"}


def test_the_mail_servers_log_settles_what_nobody_knew(issue: Issue, sink: Sink, tmp_path: Path) -> None:
    """One of three is in the log; of another issue's letter with the same number nothing follows."""
    rows = list(issue.deliveries.order_by("pk")[:3])
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(state="uncertain", why=delivery.KILLED)
    delivery.deliver(issue.pk)
    log = tmp_path / "mail.log"
    there, other = message.message_id(issue.pk, rows[0].pk), message.message_id(issue.pk + 1, rows[1].pk)
    log.write_text(f"postfix/cleanup[1]: A1: message-id={there}\npostfix/cleanup[1]: A2: message-id={other}\n")
    said = StringIO()
    call_command("settle_letters", str(issue.pk), "--log", str(log), stdout=said)
    assert said.getvalue().startswith("1 counted as sent, 0 sent again, 2 still uncertain")
    assert states(issue) == {"sent": 3, "uncertain": 2}
    assert Delivery.objects.get(pk=rows[0].pk).why == "Counted as sent by the mail server’s log."
    call_command("settle_letters", str(issue.pk), "--log", str(log), "--rest-again", stdout=said)
    assert states(issue) == {"sent": 3, "planned": 2}
    assert delivery.deliver(issue.pk).sent == 2
    assert len(sink.to()) == len(set(sink.to())) == 4, "two before, two again; the one in the log is not sent again"
    assert AuditRow.objects.filter(action="newsletters.resolve-again", person_id=None).count() == 2


def test_an_issue_that_is_none_is_said() -> None:
    with pytest.raises(CommandError, match="no such issue"):
        call_command("settle_letters", "99999", "--log", os.devnull)
