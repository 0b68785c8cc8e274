"""Talking to a mail server: whole messages, each in one write, with a word before the point of no return."""

from __future__ import annotations

import base64
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from newsroom.mail.answers import Answer, Lost, Refused, Step

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
CONTENT_SECONDS = 300.0  # the server may be writing the message away; RFC 5321 4.5.3.2.6 gives it ten minutes
ENVELOPE = ((Step.MAIL, 250), (Step.RCPT, 250), (Step.DATA, 354))  # the three commands and the answers they want
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
MAILBOX = re.compile(r"[\x21-\x3b=\x3f-\x7e]+@[\x21-\x3b=\x3f-\x7e]+")  # ASCII without space, < and >
LONGEST_LINE = 8192  # of an answer; RFC 5321 allows 512, a server that writes more than this is none

__all__ = ["Answer", "Connection", "Lost", "Refused", "Server", "Step", "connect"]


@dataclass(frozen=True)
class Server:
    """A mail server's address, read from a URL."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def read(cls, mail_url: str) -> Self:
        """Read ``smtp://``, ``smtps://`` or ``smtp+starttls://``, each ``[user:password@]host[:port]``.

        Raises:
            ImproperlyConfigured: another scheme, no host, or a password that would cross the network in clear.
        """
        try:
            parts = urlsplit(mail_url)
            port = parts.port
        except ValueError:
            raise ImproperlyConfigured("MAIL_URL is not an address.") from None
        if parts.scheme not in PORTS or not parts.hostname:
            raise ImproperlyConfigured("MAIL_URL must be smtp://, smtps:// or smtp+starttls:// with a host.")
        if parts.password and parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
            raise ImproperlyConfigured("MAIL_URL has a password: use smtps:// or smtp+starttls://, never smtp://.")
        return cls(
            parts.scheme,
            parts.hostname,
            port or PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


def connect(mail_url: str) -> Connection:
    """Open a connection that is ready for messages: greeted, encrypted and signed in as the address asks.

    Raises:
        Lost: no connection, or the server does not let us in (``permanent`` when it said so for good). No message is
            to blame for that: its ``step`` is ``CONNECT``.
        ImproperlyConfigured: the address cannot be used.
    """
    server = Server.read(mail_url)
    connection: Connection | None = None
    try:
        plain = socket.create_connection((server.host, server.port), CONNECT_SECONDS)
        connection = Connection(_encrypted(plain, server) if server.scheme == "smtps" else plain)
        connection.open(server)
    except (OSError, Refused, Lost) as error:
        if connection:
            connection.close()
        permanent = isinstance(error, Refused) and error.permanent
        raise Lost(f"{server.host}:{server.port}: {error}", step=Step.CONNECT, permanent=permanent) from error
    except BaseException:
        if connection:
            connection.close()
        raise
    return connection


def _encrypted(plain: socket.socket, server: Server) -> ssl.SSLSocket:
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=server.host)
    except BaseException:
        plain.close()
        raise


class Connection:
    """One SMTP connection (RFC 5321). Several messages may follow each other; after ``Lost`` it is closed."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._wire.settimeout(ANSWER_SECONDS)
        # A command must not wait for the acknowledgement of the one before: 40 ms for each message.
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self._offers: set[str] = set()
        self._dirty = False
        self._announced: tuple[str, str] | None = None
        self.is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.quit()

    def open(self, server: Server) -> None:
        """Greet, encrypt and sign in. Raises ``Refused``, ``Lost`` or ``OSError``."""
        _expect(self._answer(), 220)
        self._hello()
        if server.scheme == "smtp+starttls":
            # Never without: a server (or someone between) that leaves the offer out would get the letters in clear.
            _expect(self._ask("STARTTLS"), 220)
            if self._read:
                raise Lost("The server spoke before the encryption began.")
            self._wire = _encrypted(self._wire, server)
            self._hello()
        if server.user:
            token = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
            _expect(self._ask(f"AUTH PLAIN {token}"), 235)

    def hand_over(
        self,
        envelope_from: str,
        to: str,
        message: bytes,
        *,
        before_content: Callable[[], None] = lambda: None,
        then: tuple[str, str] | None = None,
    ) -> Answer:
        """Hand one message to the server for one recipient.

        Arguments:
            envelope_from: where bounces go (bare address), or "" for none.
            to: the recipient's bare address.
            message: the finished message with CRLF line ends, not yet dot-stuffed.
            before_content: called when the server has taken the recipient and before the first byte of content. What it
                commits marks the point after which the outcome may stay unknown. If it raises, nothing is sent.
            then: envelope_from and to of the message that follows, if it is known: announced in the same write as this
                content (RFC 2920 3.1 lets the content begin a group), which saves a round trip for each message. Its
                answers are read when it is handed over; handed over instead, another message takes a new connection.

        Returns:
            The server's 250: the message is now its own.

        Raises:
            Refused: the server said no, at whatever step; the connection may be used for the next message if ``is_open``.
            Lost: the connection broke; ``content_sent`` says on which side of the point of no return.
            ValueError: an address or line end that could smuggle a command or a second message in.
        """
        for mailbox in filter(None, (envelope_from, to)):
            if not MAILBOX.fullmatch(mailbox):
                raise ValueError(f"Not an envelope address: {mailbox[:100]!r}")
        if not message.count(b"\n") == message.count(b"\r") == message.count(b"\r\n"):
            raise ValueError("A message must have CRLF line ends only: a bare one can end it early.")
        content = (b"." if message.startswith(b".") else b"") + message.replace(b"\r\n.", b"\r\n..")
        content += b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            self._envelope(envelope_from, to)
        except OSError as error:
            raise self._lose(error) from error
        # One that is no envelope is refused when its own turn comes, not at the cost of this one.
        if then is not None and "PIPELINING" in self._offers and all(MAILBOX.fullmatch(one) for one in then if one):
            content += _group(*then)
        else:
            then = None
        try:
            before_content()
        except BaseException:
            self.close()  # the server waits for content that will not come; only hanging up takes the message back
            raise
        try:
            self._wire.settimeout(CONTENT_SECONDS)
            self._wire.sendall(content)
            answer = self._answer()
            self._announced = then
            self._wire.settimeout(ANSWER_SECONDS)
        except (OSError, Lost) as error:
            raise self._lose(error, content_sent=True) from error
        if answer.code // 100 not in {2, 4, 5}:
            raise self._lose(Lost(f"A strange answer: {answer}"), content_sent=True)
        return self._accept(answer, 250, Step.CONTENT)

    def _envelope(self, envelope_from: str, to: str) -> None:
        if (announced := self._announced) is not None:
            self._announced = None
            if announced != (envelope_from, to):
                self.close()  # the server waits for the content of another message, and there is no other way out
                raise Lost("Another message had been announced.")
            self._envelope_answers()
            return
        if self._dirty:
            self._ask("RSET")
            self._dirty = False
        if "PIPELINING" not in self._offers:
            mail, rcpt = f"MAIL FROM:<{envelope_from}>", f"RCPT TO:<{to}>"
            for command, (step, code) in zip((mail, rcpt, "DATA"), ENVELOPE, strict=True):
                self._dirty = True
                self._accept(self._ask(command), code, step)
            self._dirty = False
            return
        self._wire.sendall(_group(envelope_from, to))
        self._envelope_answers()

    def _envelope_answers(self) -> None:
        # RFC 2920: the three in one write, three answers. A server that refused the recipient may still say 354.
        refused: tuple[Answer, Step] | None = None
        for step, code in ENVELOPE:
            try:
                answer = self._answer()
            except (OSError, Lost):
                if refused is None:
                    raise
                self.close()  # it said no and hung up: the no is the reason
                break
            if refused is None and answer.code // 100 != code // 100:
                refused = answer, step  # the first no is the reason; those behind it follow from it
            if answer.code == 421:
                break
        if refused is not None:
            if answer.code == 354:
                self.close()  # an empty message would be the other way out; hanging up sends none
            self._dirty = True
            raise self._refusal(*refused)

    def _accept(self, answer: Answer, code: int, step: Step) -> Answer:
        """Return the answer if it is of the wanted hundred; else tidy up and raise ``Refused``."""
        if answer.code // 100 == code // 100:
            return answer
        raise self._refusal(answer, step)

    def _refusal(self, answer: Answer, step: Step) -> Refused:
        if answer.code == 421:  # the server is closing (RFC 5321 3.8)
            self.close()
        return Refused(answer, step)

    def _hello(self) -> None:
        name = socket.getfqdn()
        answer = self._ask(f"EHLO {name if re.fullmatch(r'[A-Za-z0-9.-]+', name) else 'localhost'}")
        if answer.code == 250:
            self._offers = {line.split(" ")[0].upper() for line in answer.text.split("\n")[1:] if line}
        else:
            self._offers = set()
            _expect(self._ask("HELO localhost"), 250)

    def _ask(self, command: str) -> Answer:
        self._wire.sendall(command.encode("ascii") + b"\r\n")
        return self._answer()

    def _answer(self) -> Answer:
        lines = []
        while True:
            line = self._line()
            if not re.match(rb"[2-5]\d\d(?:[ -]|$)", line):
                raise self._lose(Lost(f"Not an SMTP answer: {line[:80]!r}"))
            lines.append(re.sub(r"[^\x20-\x7e]", "?", line[4:].decode("ascii", "replace")))
            if line[3:4] != b"-":
                return Answer(int(line[:3]), "\n".join(lines))
            if len(lines) > 100:
                raise self._lose(Lost("An answer without end."))

    def _line(self) -> bytes:
        while b"\n" not in self._read:
            more = self._wire.recv(4096)
            if not more or len(self._read) > LONGEST_LINE:
                raise self._lose(Lost("The server hung up."))
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.rstrip(b"\r")

    def _lose(self, error: Exception, *, content_sent: bool = False) -> Lost:
        self.close()
        return Lost(str(error) or type(error).__name__, content_sent=content_sent)

    def quit(self) -> None:
        """Say goodbye and close; never raises."""
        if self.is_open:
            try:
                self._wire.settimeout(2)
                self._ask("QUIT")
            except (OSError, Lost):
                pass
            self.close()

    def close(self) -> None:
        """Close at once."""
        self.is_open = False
        self._wire.close()


def _group(envelope_from: str, to: str) -> bytes:
    """The three commands in one write."""
    return f"MAIL FROM:<{envelope_from}>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode("ascii")


def _expect(answer: Answer, code: int) -> None:
    if answer.code != code:
        raise Refused(answer, Step.CONNECT)
