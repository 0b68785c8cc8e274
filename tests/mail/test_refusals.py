"""Whose a refusal is: of this address, of this letter, or of everything that we send."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom import mail
from newsroom.mail import posting, smtp
from newsroom.mail.answers import Answer, Refused, Step
from newsroom.mail.models import Letter
from tests.mail.refusing import Refusing
from tests.mail.servers import Script

State = Letter.State
MESSAGE = b"Subject: Hello\r\n\r\nHello.\r\n"
FROM, TO = "news@example.org", "alice@example.org"
OURS = [
    ("connect", "554 5.7.1 Your network is on a list"),
    ("ehlo", "550 5.7.1 Not from you"),
    ("mail", "530 5.7.0 Authentication required"),
    ("mail", "550 5.7.1 Sender address rejected"),
    ("mail", "552 5.3.4 Message size exceeds fixed limit"),
    ("mail", "451 4.3.0 Temporary lookup failure"),
    ("rcpt", "530 5.7.0 Authentication required"),
    ("rcpt", "553 5.1.8 Sender domain does not exist"),
    ("rcpt", "421 4.3.2 Closing"),
    ("data", "554 5.5.1 No"),
    ("data", "452 4.3.1 Insufficient system storage"),
    ("content", "421 4.3.0 Closing"),
]
THEIRS = [
    ("rcpt", "550 5.1.1 No such user"),
    ("rcpt", "554 5.7.1 Not wanted"),
    ("content", "552 5.2.2 Mailbox full"),
    ("content", "554 5.7.1 Looks like spam"),
]


def refusal(answer: str, step: str) -> Refused:
    code, _, text = answer.partition(" ")
    return Refused(Answer(int(code), text), Step(step))


@pytest.mark.parametrize(("step", "answer"), OURS)
def test_what_every_letter_would_be_told_is_ours(step: str, answer: str) -> None:
    found = refusal(answer, "connect" if step == "ehlo" else step)
    assert (found.ours, found.too_big, found.the_readers) == (True, False, False)


@pytest.mark.parametrize(
    ("answer", "too_big", "the_readers"),
    [
        ("552 Message too big", True, False),
        ("552 5.3.4 Message size exceeds fixed limit", True, False),
        ("554 5.3.4 Too big", True, False),
        ("552 5.2.2 Mailbox full", False, True),
        ("552 5.2.3 Message larger than this mailbox takes", False, True),
        ("550 5.1.1 No such user", False, True),
        ("554 5.7.1 Looks like spam", False, False),
        ("554 No", False, False),
        ("451 4.7.1 Later", False, False),
    ],
)
def test_after_the_content_size_is_everybodys_and_a_full_mailbox_one_readers(
    answer: str, too_big: bool, the_readers: bool
) -> None:
    found = refusal(answer, "content")
    assert (found.ours, found.too_big, found.the_readers) == (False, too_big, the_readers)


@pytest.mark.parametrize(("step", "answer"), [*OURS, *THEIRS])
def test_the_step_is_named_as_a_real_server_refuses_it(refusing: Refusing, step: str, answer: str) -> None:
    refusing.says = {step: answer}
    if step in ("connect", "ehlo"):
        with pytest.raises(smtp.Lost) as lost:
            smtp.connect(refusing.url)
        assert (lost.value.step, lost.value.permanent) == (Step.CONNECT, True)
        return
    with smtp.connect(refusing.url) as server, pytest.raises(Refused) as caught:
        server.hand_over(FROM, TO, MESSAGE)
    assert caught.value.step == step
    assert str(caught.value) == answer


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "554 5.7.1 go away"])
def test_a_no_to_commands_in_one_write_is_kept_when_the_server_hangs_up_behind_it(
    script: Script, verb: str, answer: str
) -> None:
    """RFC 2920: MAIL, RCPT and DATA go out together. Who says no to one and hangs up answers the others by nothing."""

    def say_and_leave(wire: object) -> None:
        wire.sendall(answer.encode() + b"\r\n")  # type: ignore[attr-defined]

    script.steps = {verb: say_and_leave}
    server = smtp.connect(script.url)
    with pytest.raises(Refused) as caught:
        server.hand_over(FROM, TO, MESSAGE)
    assert (str(caught.value), caught.value.step) == (answer, Step(verb.lower()))
    assert not server.is_open


# ---- single letters ----


def write(key: str = "reset:1", to: str = TO) -> Letter:
    return mail.send(key=key, to=to, subject="Your new password", text="Press here.")


def later() -> None:
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "answer"), OURS)
def test_a_refusal_of_ours_costs_no_letter_its_life(refusing: Refusing, step: str, answer: str) -> None:
    refusing.says = {step: answer}
    write("a")
    write("b")
    for _ in range(posting.ATTEMPTS + 2):
        later()
        assert mail.post() == 0
    assert list(Letter.objects.values_list("state", "attempts")) == [(State.PLANNED, 0)] * 2
    assert Letter.objects.exclude(answer="").first()
    refusing.says = {}
    later()
    assert mail.post() == 2
    assert len(refusing.kept) == 2


@pytest.mark.django_db(transaction=True)
def test_the_others_are_not_tried_when_every_letter_would_be_told_the_same(refusing: Refusing) -> None:
    refusing.says = {"mail": "530 5.7.0 Authentication required"}
    for number in range(5):
        write(f"k:{number}")
    mail.post()
    assert refusing.asked["mail"] == 1
    waiting = Letter.objects.exclude(answer="").get()
    assert waiting.due_at > timezone.now() + timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "answer"), [*THEIRS, ("content", "552 5.3.4 Too big")])
def test_a_refusal_of_one_letter_ends_it_alone(refusing: Refusing, step: str, answer: str) -> None:
    refusing.says = {step: lambda to: answer if to == TO else ""}
    write("a")
    write("b", "bob@example.org")
    assert mail.post() == 1
    assert (Letter.objects.get(key="a").state, Letter.objects.get(key="a").answer) == (State.FAILED, answer)
    assert refusing.to() == ["bob@example.org"]


@pytest.mark.django_db(transaction=True)
def test_the_wait_for_a_server_grows_with_the_letters_age_and_ends_after_days(refusing: Refusing) -> None:
    refusing.says = {"mail": "451 4.3.0 Later"}
    write()

    def wait(age: timedelta) -> timedelta:
        Letter.objects.update(created_at=timezone.now() - age)
        later()
        mail.post()
        letter = Letter.objects.get()
        return letter.due_at - timezone.now()

    assert timedelta(seconds=10) < wait(timedelta(0)) <= timedelta(seconds=15)
    assert timedelta(seconds=55) < wait(timedelta(minutes=4)) <= timedelta(seconds=62)
    assert timedelta(minutes=14) < wait(timedelta(days=1)) <= timedelta(minutes=15)
    assert Letter.objects.get().state == State.PLANNED
    wait(timedelta(days=6))
    assert Letter.objects.get().state == State.FAILED
