"""Deciding: once, whole or not at all, and written in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from newsroom import mail, outbox
from newsroom.audit.models import AuditRow
from newsroom.mail import posting
from newsroom.mail.models import Letter
from newsroom.outbox import relaying
from newsroom.outbox.models import Event
from newsroom.undelivered import deciding
from tests.factories.accounts import person
from tests.undelivered.waiting import failed_work, said, uncertain_letter

PAGE = "/desk/undelivered/"


# ---- follow-up work ----


@pytest.mark.django_db
def test_work_is_tried_again_once_with_all_its_tries(frank: Client, bells: list[str]) -> None:
    effect = failed_work()
    address = f"{PAGE}work/{effect.pk}/again/"
    assert "tried again now" in said(frank.post(address, follow=True))
    effect.refresh_from_db()
    assert (effect.dead_at, effect.attempts) == (None, 0)
    assert effect.due_at <= datetime.now(UTC)
    assert "does not wait any more" in said(frank.post(address, follow=True))
    row = AuditRow.objects.get(action="undelivered.try-again")
    assert (row.subject, row.facts) == (f"effect:{effect.pk}", {"work": "story.published articles.purge"})
    assert row.person_name


@pytest.mark.django_db(transaction=True)
def test_the_relay_is_woken_when_work_is_tried_again(frank: Client, bells: list[str]) -> None:
    frank.post(f"{PAGE}work/{failed_work().pk}/again/")
    assert bells == ["newsroom.outbox.relay"]


@pytest.mark.django_db
def test_all_work_is_tried_again_and_what_was_let_go_is_not(frank: Client, bells: list[str]) -> None:
    gone = failed_work(given_up_at=datetime.now(UTC))
    for _ in range(3):
        failed_work()
    assert "3 tried again now" in said(frank.post(f"{PAGE}work/again/", follow=True))
    assert not outbox.dead_letters().exists()
    gone.refresh_from_db()
    assert gone.dead_at is not None
    assert AuditRow.objects.get(action="undelivered.try-all-again").facts["number"] == 3
    assert "Nothing waits any more" in said(frank.post(f"{PAGE}work/again/", follow=True))
    assert AuditRow.objects.filter(action="undelivered.try-all-again").count() == 1


@pytest.mark.django_db
def test_work_is_let_go_with_a_reason_that_the_log_keeps(frank: Client) -> None:
    effect = failed_work()
    address = f"{PAGE}work/{effect.pk}/give-up/"
    page = said(frank.get(address))
    assert "Articles: purge" in page
    assert "optional" not in page
    assert "The log keeps why" in said(frank.post(address, {"reason": "  The story\nis gone. "}, follow=True))
    assert not outbox.dead_letters().exists()
    row = AuditRow.objects.get(action="undelivered.give-up")
    assert row.facts == {"work": "story.published articles.purge", "reason": "The story is gone."}
    assert frank.get(address).status_code == 404
    assert "does not wait any more" in said(frank.post(address, {"reason": "Again"}, follow=True))
    assert not outbox.retry(effect.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_reason_that_will_not_do_is_refused_beside_the_field_with_what_was_typed(frank: Client, reason: str) -> None:
    effect = failed_work()
    answer = frank.post(f"{PAGE}work/{effect.pk}/give-up/", {"reason": reason})
    assert answer.status_code == 422
    page = said(answer)
    assert 'aria-invalid="true"' in page
    assert reason in page
    assert outbox.dead_letters().get() == effect
    assert not AuditRow.objects.filter(action="undelivered.give-up").exists()


@pytest.mark.django_db
def test_work_that_was_let_go_is_tidied_with_its_event_and_what_waits_is_not() -> None:
    old = datetime.now(UTC) - timedelta(days=40)
    failed_work()
    failed_work(given_up_at=datetime.now(UTC))
    Event.objects.update(created_at=old)
    assert relaying.tidy(datetime.now(UTC) - timedelta(days=30)) == 1
    assert outbox.dead_letters().count() == Event.objects.count() == 1


@pytest.mark.django_db
def test_a_decision_and_its_row_in_the_log_come_together(monkeypatch: pytest.MonkeyPatch, bells: list[str]) -> None:
    def broken(*args: Any, **facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(deciding, "note", broken)
    frank = person("administrator")
    effect, letter = failed_work(), uncertain_letter()
    for decide in (
        lambda: deciding.try_again(effect.pk, person=frank),
        lambda: deciding.try_all_again(person=frank),
        lambda: deciding.give_up(effect.pk, reason="No.", person=frank),
        lambda: deciding.send_again(letter.pk, person=frank),
        lambda: deciding.arrived(letter.pk, person=frank),
    ):
        with pytest.raises(RuntimeError):
            decide()
    assert outbox.dead_letters().get() == effect
    assert mail.uncertain().get() == letter


# ---- uncertain letters ----


@pytest.mark.django_db
def test_a_letter_counts_as_arrived_once_and_its_words_are_forgotten(frank: Client) -> None:
    letter = uncertain_letter()
    address = f"{PAGE}letters/{letter.pk}/arrived/"
    assert "Counted as arrived" in said(frank.post(address, follow=True))
    letter.refresh_from_db()
    assert (letter.state, bytes(letter.content)) == (Letter.State.SENT, b"")
    assert letter.sent_at
    assert "does not wait any more" in said(frank.post(address, follow=True))
    assert "does not wait any more" in said(frank.post(f"{PAGE}letters/{letter.pk}/again/", follow=True))
    row = AuditRow.objects.get(action="undelivered.arrived")
    assert row.subject == f"letter:{letter.pk}"
    assert AuditRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_sent_again_as_the_same_letter(frank: Client, bells: list[str], settings: Any) -> None:
    """By the real road: posted once more, with the bytes and the Message-ID that it had."""
    from tests.mail.servers import Sink

    sink = Sink()
    settings.MAIL_URL = sink.url
    try:
        letter = uncertain_letter(content=b"Message-ID: <1@example.org>\r\n\r\nPress here.\r\n", claimed_by=None)
        assert posting.post() == 0
        address = f"{PAGE}letters/{letter.pk}/again/"
        assert "goes out again now" in said(frank.post(address, follow=True))
        assert bells == ["newsroom.mail.post"]
        assert "does not wait any more" in said(frank.post(address, follow=True))
        assert posting.post() == 1
        assert posting.post() == 0
        assert [one.content for one in sink.letters] == [b"Message-ID: <1@example.org>\r\n\r\nPress here.\r\n"]
    finally:
        sink.stop()
    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert AuditRow.objects.filter(action="undelivered.send-again").count() == 1


@pytest.mark.django_db
def test_a_letter_whose_words_are_gone_is_not_sent_empty(frank: Client) -> None:
    letter = uncertain_letter(content=b"")
    assert "does not wait any more" in said(frank.post(f"{PAGE}letters/{letter.pk}/again/", follow=True))
    letter.refresh_from_db()
    assert letter.state == Letter.State.UNCERTAIN


@pytest.mark.django_db
def test_what_nobody_decided_in_time_leaves_the_list_with_its_words(frank: Client) -> None:
    letter = uncertain_letter()
    Letter.objects.update(created_at=datetime.now(UTC) - timedelta(days=31))
    posting.tidy(datetime.now(UTC) - timedelta(days=30))
    letter.refresh_from_db()
    assert (letter.state, bytes(letter.content)) == (Letter.State.FAILED, b"")
    assert "Uncertain letters <" not in said(frank.get(PAGE))


@pytest.mark.django_db
@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**30])
def test_no_number_in_an_address_is_answered_500(frank: Client, pk: int) -> None:
    for path in ("work/{}/again/", "work/{}/give-up/", "letters/{}/again/", "letters/{}/arrived/"):
        assert frank.post(PAGE + path.format(pk), {"reason": "No."}).status_code == 302
    assert frank.get(f"{PAGE}work/{pk}/give-up/").status_code == 404
