"""The ledger of letters: nobody is forgotten, nobody is mailed twice (domain 18, for single letters)."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import connection, transaction
from django.utils import timezone

from newsroom import mail
from newsroom.mail import MailError, posting
from newsroom.mail.models import Letter
from tests.mail.servers import Script, Sink, hang_up

pytestmark = pytest.mark.django_db(transaction=True)

State = Letter.State


@pytest.fixture(autouse=True)
def no_bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("newsroom.outbox.doorbell.ring", rung.append)
    return rung


def write(key: str = "reset:1", to: str = "alice@example.org") -> Letter:
    return mail.send(key=key, to=to, subject="Your new password", text="Press https://www.example.org/r/SECRET/")


def later() -> None:
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def leases_end() -> None:
    Letter.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_a_letter_is_posted_once(sink: Sink, no_bells: list[str]) -> None:
    letter = write()
    assert no_bells == ["newsroom.mail.post"]
    assert "SECRET" in letter.text
    assert mail.post() == 1
    assert mail.post() == 0
    letter.refresh_from_db()
    assert letter.state == State.SENT
    assert letter.answer == "250 Taken"
    assert letter.sent_at
    assert letter.attempts == 1
    [delivered] = sink.letters
    assert (delivered.sender, delivered.to) == (letter.envelope_from, ["alice@example.org"])
    assert f"Message-ID: {letter.message_id}".encode() in delivered.content


def test_a_sent_letter_keeps_no_secret(sink: Sink) -> None:
    write()
    mail.post()
    assert bytes(Letter.objects.get().content) == b""


def test_the_same_key_is_one_letter(sink: Sink) -> None:
    first, second = write(), write(to="mallory@example.org")
    assert first == second
    mail.post()
    write()
    assert mail.post() == 0
    assert [d.to for d in sink.letters] == [["alice@example.org"]]


def test_a_letter_of_a_transaction_that_failed_is_not_posted(sink: Sink, no_bells: list[str]) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    assert no_bells == []
    assert mail.post() == 0


def test_post_refuses_inside_a_transaction(sink: Sink) -> None:
    with transaction.atomic(), pytest.raises(MailError, match="commits each step"):
        mail.post()


def test_two_posts_at_once_send_each_letter_once(sink: Sink) -> None:
    for number in range(30):
        write(f"k:{number}", f"reader{number}@example.org")

    def work() -> None:
        mail.post()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(d.to[0] for d in sink.letters) == sorted(f"reader{n}@example.org" for n in range(30))


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_a_passing_refusal_is_tried_again_later(script: Script, verb: str) -> None:
    script.steps = {verb: ["451 4.7.1 greylisted"]}
    write()
    assert mail.post() == 0
    letter = Letter.objects.get()
    assert letter.state == State.PLANNED
    assert letter.answer == "451 4.7.1 greylisted"
    assert letter.due_at > timezone.now() + timedelta(seconds=5)
    assert mail.post() == 0
    later()
    assert mail.post() == 1
    assert Letter.objects.get().state == State.SENT


@pytest.mark.parametrize("verb", ["RCPT", "."])
def test_a_lasting_refusal_is_kept_with_its_answer_and_holds_no_other_back(script: Script, verb: str) -> None:
    script.steps = {verb: ["550 5.1.1 no such person"]}
    write("a")
    write("b")
    assert mail.post() == 1
    refused = Letter.objects.get(key="a")
    assert refused.state == State.FAILED
    assert refused.answer == "550 5.1.1 no such person"
    later()
    assert mail.post() == 0


def test_a_letter_is_given_up_after_many_passing_refusals(script: Script) -> None:
    script.steps = {"RCPT": "450 full"}
    write()
    for _ in range(posting.ATTEMPTS + 2):
        later()
        mail.post()
    letter = Letter.objects.get()
    assert letter.state == State.FAILED
    assert letter.attempts == posting.ATTEMPTS


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
def test_lost_before_the_content_the_letter_is_tried_again(script: Script, verb: str) -> None:
    script.steps = {verb: [hang_up, hang_up] if verb == "EHLO" else [hang_up]}
    write()
    assert mail.post() == 0
    assert Letter.objects.get().state == State.PLANNED
    assert script.contents == []
    later()
    script.steps = {}
    assert mail.post() == 1


def test_lost_after_the_content_the_letter_is_uncertain_and_never_sent_again(script: Script) -> None:
    script.steps = {".": [hang_up]}
    write()
    assert mail.post() == 0
    letter = Letter.objects.get()
    assert letter.state == State.UNCERTAIN
    assert "SECRET" in letter.text  # kept: somebody may have to decide
    later()
    leases_end()
    assert mail.post() == 0
    write()
    assert mail.post() == 0
    assert len(script.contents) == 1


def test_a_server_that_is_away_costs_no_letter_an_attempt(script: Script) -> None:
    script.stop()
    for number in range(5):
        write(f"k:{number}")
    mail.post()
    assert sum(Letter.objects.values_list("attempts", flat=True)) == 0
    assert Letter.objects.filter(due_at__gt=timezone.now()).count() == 1  # the others were not even tried


def test_a_worker_lost_while_it_held_a_letter_is_taken_over(sink: Sink) -> None:
    write()
    assert posting._claim() is not None  # and then the worker is killed
    assert mail.post() == 0
    leases_end()
    assert mail.post() == 1
    assert len(sink.letters) == 1


def test_a_worker_lost_while_handing_over_leaves_an_uncertain_letter(sink: Sink) -> None:
    write()
    claim = posting._claim()
    assert claim is not None
    claim.move(State.CLAIMED, state=State.HANDING_OVER, claimed_until=timezone.now() + timedelta(minutes=5))
    assert mail.post() == 0
    assert Letter.objects.get().state == State.HANDING_OVER
    leases_end()
    assert posting._claim() is None  # not even by a worker that looks before the letter is given up
    assert mail.post() == 0
    assert Letter.objects.get().state == State.UNCERTAIN
    assert sink.letters == []


def test_a_worker_whose_lease_ran_out_sends_nothing(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark before the content is a compare-and-swap: it fails for whoever is too late."""
    original = posting.smtp.Connection._envelope

    def slow(self: posting.smtp.Connection, envelope_from: str, to: str) -> None:
        original(self, envelope_from, to)
        if len(claims) == 0:
            leases_end()
            claims.append(posting._claim())

    claims: list[object] = []
    monkeypatch.setattr(posting.smtp.Connection, "_envelope", slow)
    write()
    assert mail.post() == 0
    assert script.contents == []
    leases_end()
    assert mail.post() == 1
    assert len(script.contents) == 1


def test_a_worker_that_was_given_up_and_gets_its_answer_after_all_writes_it_down(script: Script) -> None:
    def slow(wire: object) -> None:
        leases_end()
        posting.give_up_unknown()
        connection.close()
        wire.sendall(b"250 taken at last\r\n")  # type: ignore[attr-defined]

    script.steps = {".": slow}
    write()
    assert mail.post() == 1
    letter = Letter.objects.get()
    assert (letter.state, letter.answer) == (State.SENT, "250 taken at last")


def test_what_cannot_be_an_envelope_fails_alone(sink: Sink) -> None:
    write("a")
    Letter.objects.update(to="alice@example.org>\r\nRCPT TO:<mallory@example.org")
    write("b")
    assert mail.post() == 1
    assert Letter.objects.get(key="a").state == State.FAILED
    assert [d.to for d in sink.letters] == [["alice@example.org"]]


@pytest.fixture
def letter_backend(settings: LazySettings) -> None:
    """Django's test runner puts a backend of its own there."""
    settings.EMAIL_BACKEND = "newsroom.mail.backend.LetterBackend"


@pytest.mark.usefixtures("letter_backend")
def test_djangos_own_mails_take_the_same_road(sink: Sink) -> None:
    both = EmailMultiAlternatives(
        "Error", "It broke.", "news@example.org", ["frank@example.org"], bcc=["a@example.org"]
    )
    both.attach_alternative("<p>It broke.</p>", "text/html")
    assert both.send() == 1
    assert sink.letters == []
    assert mail.post() == 2
    assert sorted(d.to[0] for d in sink.letters) == ["a@example.org", "frank@example.org"]
    assert b"a@example.org" not in sink.letters[0].content
    assert len({d.content for d in sink.letters}) == 1


@pytest.mark.usefixtures("letter_backend")
def test_djangos_mails_fail_loudly_or_silently_as_asked() -> None:
    with pytest.raises(MailError):
        send_mail("s", "t", "news@example.org", ["not an address"])
    assert send_mail("s", "t", "news@example.org", ["not an address"], fail_silently=True) == 0


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "nobody", ""])
def test_send_refuses_what_build_refuses(to: str) -> None:
    with pytest.raises(MailError):
        write(to=to)
    assert not Letter.objects.exists()


def test_waits_grow_and_are_capped() -> None:
    waits = [posting.wait_after(attempts) for attempts in range(1, 30)]
    assert timedelta(seconds=10) <= waits[0] <= timedelta(seconds=15)
    assert max(waits) <= posting.LONGEST_WAIT
    assert sum(waits[: posting.ATTEMPTS], timedelta()) > timedelta(hours=16)


def test_tidy_forgets_the_words_of_old_letters_and_keeps_their_keys(script: Script) -> None:
    script.steps = {"RCPT": ["550 no"]}
    write("failed")
    mail.post()
    write("planned")
    assert posting.tidy(timezone.now() - timedelta(days=1)) == 0
    assert posting.tidy(timezone.now() + timedelta(minutes=1)) == 1
    assert bytes(Letter.objects.get(key="failed").content) == b""
    assert "SECRET" in Letter.objects.get(key="planned").text
