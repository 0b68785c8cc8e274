"""Handing over: the conversation with the server, the point of no return, and nothing smuggled."""

from __future__ import annotations

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom.mail import smtp
from newsroom.mail.smtp import Lost, Refused
from tests.mail.servers import Script, Sink, hang_up

MESSAGE = b"Subject: Hello\r\n\r\n.A line that begins with a full stop\r\n..and two\r\nend\r\n"
FROM, TO = "news@example.org", "alice@example.org"


def test_a_real_server_gets_the_message_byte_for_byte(sink: Sink) -> None:
    with smtp.connect(sink.url) as server:
        for _ in range(3):
            assert server.hand_over(FROM, TO, MESSAGE).code == 250
    assert [(d.sender, d.to, d.content) for d in sink.letters] == [(FROM, [TO], MESSAGE)] * 3


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_word_before_the_content_comes_after_the_servers_yes(script: Script, pipelining: bool) -> None:
    script.pipelining = pipelining
    seen: list[list[bytes]] = []
    with smtp.connect(script.url) as server:
        server.hand_over(FROM, TO, MESSAGE, before_content=lambda: seen.append(list(script.contents)))
    assert seen == [[]]
    assert script.commands[1:4] == [f"MAIL FROM:<{FROM}>", f"RCPT TO:<{TO}>", "DATA"]
    assert script.contents == [MESSAGE.replace(b"\r\n.", b"\r\n..") + b".\r\n"]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(("answer", "permanent"), [("450 4.2.0 later", False), ("550 5.7.515 never", True)])
def test_a_refusal_says_whether_it_lasts_and_the_next_message_goes(
    script: Script, pipelining: bool, verb: str, answer: str, permanent: bool
) -> None:
    script.pipelining = pipelining
    script.steps = {verb: [answer]}
    marks: list[int] = []
    server = smtp.connect(script.url)
    with pytest.raises(Refused) as caught:
        server.hand_over(FROM, TO, MESSAGE, before_content=lambda: marks.append(1))
    assert caught.value.permanent is permanent
    assert str(caught.value) == answer
    assert len(marks) == (1 if verb == "." else 0)
    if not server.is_open:
        server = smtp.connect(script.url)
    before = len(script.contents)
    assert server.hand_over(FROM, "bob@example.org", MESSAGE).code == 250
    assert len(script.contents) == before + 1
    server.quit()


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("verb", "content_sent"), [("CONNECT", False), ("MAIL", False), ("RCPT", False), ("DATA", False), (".", True)]
)
def test_a_lost_connection_says_on_which_side_of_the_content(
    script: Script, pipelining: bool, verb: str, content_sent: bool
) -> None:
    script.pipelining = pipelining
    script.steps = {verb: hang_up}
    with pytest.raises(Lost) as caught:
        smtp.connect(script.url).hand_over(FROM, TO, MESSAGE)
    assert caught.value.content_sent is content_sent


def test_a_server_that_never_answers_is_lost_after_the_time_limit(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "CONTENT_SECONDS", 0.2)
    script.steps = {".": lambda wire: wire.recv(1)}
    server = smtp.connect(script.url)
    with pytest.raises(Lost) as caught:
        server.hand_over(FROM, TO, MESSAGE)
    assert caught.value.content_sent
    assert not server.is_open


def test_closing_time_is_a_passing_refusal_and_closes(script: Script) -> None:
    script.steps = {"MAIL": "421 closing"}
    server = smtp.connect(script.url)
    with pytest.raises(Refused) as caught:
        server.hand_over(FROM, TO, MESSAGE)
    assert not caught.value.permanent
    assert not server.is_open


def test_when_the_mark_fails_no_content_leaves(script: Script) -> None:
    def mark() -> None:
        raise RuntimeError("the database is away")

    server = smtp.connect(script.url)
    with pytest.raises(RuntimeError):
        server.hand_over(FROM, TO, MESSAGE, before_content=mark)
    assert not server.is_open
    assert script.contents == []


@pytest.mark.parametrize(
    "address",
    ["a@example.org>\r\nRCPT TO:<b@example.org", "a@example.org> SIZE=1", "a b@example.org", "a@", "a\n@example.org",
     "<a@example.org", "ä@example.org"],
)  # fmt: skip
def test_an_address_cannot_smuggle_a_command(script: Script, address: str) -> None:
    server = smtp.connect(script.url)
    for pair in ((FROM, address), (address, TO)):
        with pytest.raises(ValueError):
            server.hand_over(*pair, MESSAGE)
    assert [c for c in script.commands if not c.startswith("EHLO")] == []


@pytest.mark.parametrize("message", [b"a\n.\nb\r\n", b"a\r.\r\n", b"a\r\n.\r\r\n", b"a\n"])
def test_a_bare_line_end_cannot_smuggle_a_second_message(script: Script, message: bytes) -> None:
    with pytest.raises(ValueError):
        smtp.connect(script.url).hand_over(FROM, TO, message)


@pytest.mark.parametrize("answer", ["HTTP/1.1 200 OK", "999 what", "", "2x0 hm", "250" + "x" * 20_000])
def test_what_is_no_mail_server_is_lost(script: Script, answer: str) -> None:
    script.steps = {"CONNECT": answer}
    with pytest.raises(Lost):
        smtp.connect(script.url)


def test_nobody_listening_is_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Lost) as caught:
        smtp.connect(f"smtp://127.0.0.1:{port}")
    assert not caught.value.content_sent


@pytest.mark.parametrize(
    "url",
    ["http://localhost", "smtp://", "localhost:25", "smtp://u:p@mail.example.org", "smtp://host:notaport", ""],
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        smtp.connect(url)


def test_user_and_password_are_read_from_the_address() -> None:
    server = smtp.Server.read("smtp+starttls://news%40example.org:p%3A%2Fss@mail.example.org")
    assert (server.user, server.password, server.host, server.port) == (
        "news@example.org", "p:/ss", "mail.example.org", 587,
    )  # fmt: skip


def test_sign_in(script: Script) -> None:
    script.steps = {"AUTH": "235 come in"}
    url = script.url.replace("smtp://", "smtp://news:secret@")
    with smtp.connect(url) as server:
        server.hand_over(FROM, TO, MESSAGE)
    assert "AUTH PLAIN AG5ld3MAc2VjcmV0" in script.commands
    script.steps = {"AUTH": "535 wrong"}
    with pytest.raises(Lost, match="535"):
        smtp.connect(url)


def test_encryption_that_was_asked_for_is_never_left_out(script: Script) -> None:
    script.steps = {"STARTTLS": "502 not here"}
    with pytest.raises(Lost):
        smtp.connect(script.url.replace("smtp://", "smtp+starttls://"))
    assert not any(c.startswith("MAIL") for c in script.commands)
