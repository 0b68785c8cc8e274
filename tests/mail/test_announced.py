"""Messages that follow each other: the next is announced with the content of the one before."""

from __future__ import annotations

import pytest

from newsroom.mail import smtp
from newsroom.mail.smtp import Lost, Refused
from tests.mail.servers import Script, Sink

FROM = "news@example.org"
TO = [f"reader{number}@example.org" for number in range(4)]


def message(number: int) -> bytes:
    return f"Subject: {number}\r\n\r\nWords\r\n".encode()


def follows(number: int) -> tuple[str, str] | None:
    return (FROM, TO[number + 1]) if number + 1 < len(TO) else None


def test_a_real_server_takes_them_in_turn(sink: Sink) -> None:
    with smtp.connect(sink.url) as server:
        for number, to in enumerate(TO):
            assert server.hand_over(FROM, to, message(number), then=follows(number)).code == 250
    assert [(one.to, one.content) for one in sink.letters] == [([to], message(i)) for i, to in enumerate(TO)]


@pytest.mark.parametrize("pipelining", [True, False])
def test_no_content_leaves_before_its_own_word(script: Script, pipelining: bool) -> None:
    script.pipelining = pipelining
    before: list[int] = []
    with smtp.connect(script.url) as server:
        for number, to in enumerate(TO):
            word = lambda: before.append(len(script.contents))  # noqa: E731
            server.hand_over(FROM, to, message(number), before_content=word, then=follows(number))
    assert before == [0, 1, 2, 3]
    envelopes = [command for command in script.commands if command.startswith("RCPT")]
    assert envelopes == [f"RCPT TO:<{to}>" for to in TO], "each was announced once"


@pytest.mark.parametrize("answer", ["550 5.1.1 nobody", "450 4.2.0 later"])
def test_a_no_to_the_announced_one_is_its_own(script: Script, answer: str) -> None:
    script.steps = {"RCPT": ["250 fine", answer]}
    server = smtp.connect(script.url)
    server.hand_over(FROM, TO[0], message(0), then=(FROM, TO[1]))
    with pytest.raises(Refused, match=answer):
        server.hand_over(FROM, TO[1], message(1), then=(FROM, TO[2]))
    if not server.is_open:
        server = smtp.connect(script.url)
    server.hand_over(FROM, TO[2], message(2))
    assert len(script.contents) == 2


def test_a_no_to_the_content_leaves_the_announced_one_its_own_answer(script: Script) -> None:
    script.steps = {".": ["554 5.7.1 not this", "250 taken"]}
    server = smtp.connect(script.url)
    with pytest.raises(Refused, match="not this"):
        server.hand_over(FROM, TO[0], message(0), then=(FROM, TO[1]))
    assert server.hand_over(FROM, TO[1], message(1)).code == 250


def test_another_than_was_announced_is_never_given_its_envelope(script: Script) -> None:
    """The server waits for the content of the announced one: this one's would go to that reader."""
    server = smtp.connect(script.url)
    server.hand_over(FROM, TO[0], message(0), then=(FROM, TO[1]))
    with pytest.raises(Lost) as caught:
        server.hand_over(FROM, TO[2], message(2))
    assert not caught.value.content_sent
    assert not server.is_open
    assert len(script.contents) == 1


def test_an_announced_address_that_is_none_costs_the_message_before_it_nothing(script: Script) -> None:
    with smtp.connect(script.url) as server:
        assert server.hand_over(FROM, TO[0], message(0), then=(FROM, "x@example.org>\r\nDATA")).code == 250
        assert server.hand_over(FROM, TO[1], message(1)).code == 250
    assert not [command for command in script.commands if "x@" in command]
