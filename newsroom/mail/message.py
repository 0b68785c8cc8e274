"""Building a message: from words to the bytes that go over the wire."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, getaddresses, make_msgid
from typing import Any

from django.conf import settings

# Control characters in a header end it and begin another one: whoever can write a subject could add recipients.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322 3.6.8
LONGEST_PLAIN = 900  # characters; a line of a message ends at 998 (RFC 5322 2.1.1)
OURS = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding"}

UTF8 = Charset("utf-8")
UTF8.body_encoding = QP


class Wire(policy.Compat32):
    """CRLF, and headers of ASCII in one line: a folded or encoded List-Unsubscribe is one that few mailboxes read."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if isinstance(value, str) and value.isascii() and len(value) <= LONGEST_PLAIN:
            return f"{name}: {value}\r\n".encode("ascii")
        return bytes(super().fold_binary(name, value))


WIRE = Wire(linesep="\r\n")


class MailError(ValueError):
    """A message that cannot be built or sent as asked; the text says which part is wrong."""


def build(
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
    sender: str | None = None,
    message_id: str | None = None,
    at: datetime | None = None,
) -> bytes:
    """Build one message (RFC 5322, MIME), serialised for the wire: CRLF lines, ASCII, quoted-printable bodies.

    Arguments:
        to: one recipient, ``name@host`` or ``Name <name@host>``; an international domain is turned into its ASCII form.
        subject, text, html: Unicode. The text part is always there; with html the two are alternatives.
        headers: further headers, for example List-Unsubscribe. A value is never folded inside a word, so a long
            address stays whole.
        sender: like ``to``; None is settings.MAIL_FROM.
        message_id: with its angle brackets; None makes one from the clock.
        at: the Date header (aware); None is now.

    Raises:
        MailError: a control character in a header, an address that is none, or a header that this function writes.
    """
    body: Any = MIMEText(text, "plain", UTF8)  # type: ignore[arg-type]
    if html is not None:
        # A boundary made from the content: the same letter has the same bytes, and no part can hold it by chance.
        seam = "=_" + hashlib.sha256(f"{text}\0{html}".encode()).hexdigest()[:40]
        both = MIMEMultipart("alternative", boundary=seam)
        both.attach(body)
        both.attach(MIMEText(html, "html", UTF8))  # type: ignore[arg-type]
        body = both
    sender_header, sender_address = address(sender or settings.MAIL_FROM, "sender")
    body["From"] = sender_header
    body["To"] = address(to, "to")[0]
    body["Subject"] = _words(plain(subject, "subject"), "Subject")
    body["Date"] = format_datetime(at or datetime.now(UTC))
    body["Message-ID"] = plain(message_id or make_msgid(domain=sender_address.rpartition("@")[2]), "message_id")
    for name, value in (headers or {}).items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in OURS:
            raise MailError(f"The header {name!r} cannot be added to a message.")
        body[name] = _words(plain(value, name), name)
    return body.as_bytes(policy=WIRE)


def _words(value: str, name: str) -> str | Header:
    """Return a value for the message: ASCII is written in one line as it is, all else in encoded words (RFC 2047)."""
    if value.isascii() and len(value) <= LONGEST_PLAIN:
        return value
    return Header(value, None if value.isascii() else "utf-8", header_name=name)


def plain(value: str, what: str) -> str:
    """Return a header's value as it is.

    Raises:
        MailError: it holds a line break or another control character.
    """
    if CONTROL.search(value):
        raise MailError(f"A line break or control character in {what}.")
    return value


def address(value: str, what: str) -> tuple[str, str]:
    """Return one address as a header's value and as the bare address for the envelope.

    Raises:
        MailError: it is not one address, or cannot be written in ASCII (a local part beyond ASCII needs SMTPUTF8,
            which hardly any mailbox takes).
    """
    plain(value, what)
    # Not parseaddr: before Python 3.11.10 it takes the first address of what is really several.
    found = getaddresses([value])
    name, bare = found[0] if len(found) == 1 else ("", "")
    local, at, host = bare.rpartition("@")
    if not at or not local or not host or " " in bare or not local.isascii():
        raise MailError(f"Not an e-mail address in {what}: {value[:100]!r}.")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        raise MailError(f"Not a mail domain in {what}: {value[:100]!r}.") from None
    bare = f"{local}@{host}"
    return formataddr((name, bare)), bare
