"""The letter as bytes: written once for an issue, filled in for each person."""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from newsletters.models import Issue
from newsletters.tokens import LEAVE_LENGTH

# Stands in the frozen letter where each person's own key goes. As long as a key, of the same characters.
TOKEN_HERE = "YOUR-OWN-KEY-TO-LEAVE-STANDS-HERE-----"  # noqa: S105
assert len(TOKEN_HERE) == LEAVE_LENGTH

_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN = re.compile(rb"[A-Za-z0-9_-]{%d}\Z" % LEAVE_LENGTH)


class Unfit(ValueError):
    """A value would break the letter's headers or its body."""


def leave_url(token: str = TOKEN_HERE) -> str:
    """Return the address with which one person leaves, by default with the mark that is filled in later."""
    return f"{settings.ORIGIN}/newsletters/leave/{token}/"


def host() -> str:
    return urlsplit(settings.ORIGIN).hostname or "localhost"


def message_id(issue_id: int, delivery_id: int) -> str:
    """Return the Message-ID of one delivery: the same at every attempt, so that a copy can be told from a letter."""
    return f"<issue-{issue_id}.{delivery_id}@{host()}>"


def envelope_from(token: str) -> str:
    """Return the envelope's sender: an address of its own for each letter where bounces have a domain (VERP)."""
    if settings.MAIL_BOUNCE_DOMAIN:
        return f"b+{token}@{settings.MAIL_BOUNCE_DOMAIN}"
    return _from_address()


@dataclass(frozen=True)
class Template:
    """One issue's letter in the pieces between a person's own parts."""

    head: bytes
    body: tuple[bytes, ...]

    def fill(self, *, address: str, token: str, message_id: str) -> bytes:
        """Return the finished letter for one person (RFC 5322, CRLF, 7-bit).

        Raises:
            Unfit: a value is not what it should be; it could otherwise add headers or mend the letter.
        """
        own = token.encode("ascii")
        if not _TOKEN.match(own) or _UNSAFE.search(address + message_id) or not address.isascii() or " " in address:
            raise Unfit("The letter cannot be filled in with these values.")
        # RFC 8058 3.1: one HTTPS address in angle brackets, and the header that promises one click. Each on one line,
        # since folding inside the address would break it.
        personal = (
            f"To: {address}\r\nMessage-ID: {message_id}\r\nList-Unsubscribe: <{leave_url(token)}>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        ).encode("ascii")
        return personal + self.head + own.join(self.body)


def template(issue: Issue) -> Template:
    """Write the frozen issue's letter once: headers that are the same for all, text and HTML in quoted-printable.

    The address to leave by is set on lines of its own with soft breaks, so that the encoding cannot cut it in two.
    """
    if issue.frozen_at is None:
        raise Unfit("The issue is not frozen.")
    boundary = f"=_issue-{issue.pk}-{issue.frozen_at:%Y%m%d%H%M%S}"
    headers = [
        *_same_for_all(issue, issue.frozen_subject),
        ("Date", format_datetime(issue.frozen_at)),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    head = "".join(f"{key}: {value}\r\n" for key, value in headers).encode("ascii") + b"\r\n"
    pieces: list[bytes] = [b""]
    for kind, text in (("plain", issue.frozen_text), ("html", issue.frozen_html)):
        pieces[-1] += (
            f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ).encode("ascii")
        parts = text.split(TOKEN_HERE)
        if len(parts) < 2:
            raise Unfit(f"The {kind} part has no way to leave.")
        for number, part in enumerate(parts):
            if number:
                pieces[-1] += b"=\r\n"
                pieces.append(b"=\r\n")
            pieces[-1] += _quoted_printable(part)
        pieces[-1] += b"\r\n"
    pieces[-1] += f"--{boundary}--\r\n".encode("ascii")
    return Template(head=head, body=tuple(pieces))


def check_headers(issue: Issue) -> None:
    """Say whether the issue's words can stand in headers, before it is frozen.

    Raises:
        Unfit: naming what cannot.
    """
    _same_for_all(issue, issue.subject)


def _same_for_all(issue: Issue, subject: str) -> list[tuple[str, str]]:
    return [
        ("From", _from(issue.newsletter.sender_name)),
        ("Subject", _encoded(subject)),
        # RFC 2919: names the list for filters and for people. The same for every issue of a newsletter.
        ("List-Id", f"{_encoded(issue.newsletter.name)} <{issue.newsletter.slug}.newsletters.{host()}>"),
        # Gmail's feedback loop: up to three parts of the sender's choice, then the sender.
        ("Feedback-ID", f"issue-{issue.pk}:{issue.newsletter.slug}:newsletter:{host()}"),
        # RFC 3834 5: no person wrote this, so that holiday notices do not answer it.
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "list"),
    ]


def _quoted_printable(text: str) -> bytes:
    # The extra letter keeps a column free for the soft break that follows (RFC 2045 6.7: 76 with it), and a space at
    # the end from being taken for one that a relay may strip.
    encoded = quopri.encodestring((text.replace("\r\n", "\n") + "x").encode("utf-8"), quotetabs=False)[:-1]
    return encoded.replace(b"\n", b"\r\n")


def _encoded(value: str) -> str:
    """Return a header's value, encoded where it has to be (RFC 2047) and folded.

    Raises:
        Unfit: it holds a line break or another control character.
    """
    if _UNSAFE.search(value):
        raise Unfit("A header's value cannot hold a line break.")
    if value.isascii() and len(value) < 60:
        return value
    return Header(value, "utf-8", maxlinelen=70).encode(linesep="\r\n")


def _from(name: str) -> str:
    if _UNSAFE.search(name):
        raise Unfit("A sender's name cannot hold a line break.")
    address = _from_address()
    if name.isascii():
        return str(Address(display_name=name, addr_spec=address))
    return f"{_encoded(name)} <{address}>"


def _from_address() -> str:
    """MAIL_FROM may carry a name; an envelope with one in it is refused by every server."""
    return _bare(str(settings.MAIL_FROM))


@lru_cache(maxsize=8)
def _bare(mailbox: str) -> str:
    return parseaddr(mailbox)[1]
