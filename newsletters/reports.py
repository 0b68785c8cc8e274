"""What a mail server sends back about a letter of ours: read, and nothing done yet.

Delivery status notifications (RFC 3464) and complaints (RFC 5965, "ARF"). Which letter it was about is told by the envelope
address that each letter has of its own (VERP), else by the part of our letter that came back with the report.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from enum import StrEnum

from newsletters.tokens import LEAVE_LENGTH

LARGEST = 1_000_000  # bytes of a report that are read; a mailbox may hold anything
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_OWN = re.compile(rf"\bb\+([A-Za-z0-9_-]{{{LEAVE_LENGTH}}})@", re.IGNORECASE)
_LEAVE = re.compile(rf"/newsletters/leave/([A-Za-z0-9_-]{{{LEAVE_LENGTH}}})/")
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "X-Failed-Recipients", "Original-Recipient")
# RFC 3463: the mailbox or the host does not exist, the address is none, it has moved, the mailbox is shut.
_NOBODY = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}


class Kind(StrEnum):
    """What a report says. ``NOBODY``: there is no such mailbox. ``REFUSED``: this letter was not taken, now or for good, which
    says nothing certain against the address. ``COMPLAINT``: the person called it spam. ``NOTHING``: no report of a
    failure (a holiday notice, a delay, a receipt)."""

    NOBODY = "nobody"
    REFUSED = "refused"
    COMPLAINT = "complaint"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Report:
    """kind: what it says. status: as RFC 3463 has it, "5.1.1", or "". said: the server's words, one line. token: the key of
    the letter, or ""."""

    kind: Kind
    status: str = ""
    said: str = ""
    token: str = ""


def read(raw: bytes) -> Report:
    """Read a message that came to the address for bounces. Never raises: what cannot be read says nothing."""
    message = email.message_from_bytes(raw[:LARGEST], policy=email.policy.default)
    try:
        token = _letter(message, raw[:LARGEST])
        kind, status, said = _verdict(message)
    except (ValueError, LookupError, AttributeError, TypeError):  # headers that the standard library cannot read
        return Report(Kind.NOTHING)
    return Report(kind, status, said, token)


def kind_of(status: str) -> Kind:
    """What an enhanced status code says of the address: the same for a report and for a no in the conversation itself."""
    found = _STATUS.search(status)
    if found is None:
        return Kind.REFUSED
    return Kind.NOBODY if found[1] == "5" and (int(found[2]), int(found[3])) in _NOBODY else Kind.REFUSED


def _letter(message: Message, raw: bytes) -> str:
    for name in _ENVELOPE:
        for value in message.get_all(name, []):
            if own := _OWN.search(str(value)):
                return own[1]
    text = raw.decode("latin-1").replace("=\r\n", "").replace("=\n", "")
    back = _LEAVE.search(text) or _OWN.search(text)
    return back[1] if back else ""


def _verdict(message: Message) -> tuple[Kind, str, str]:
    assert isinstance(message, EmailMessage)
    kind = message.get_content_type()
    if kind == "multipart/report":
        what = str(message.get_param("report-type") or "").lower()
        if what == "feedback-report":
            return _complaint(message)
        if what in ("delivery-status", ""):
            return _status(message)
        return Kind.NOTHING, "", ""
    if str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower() == "auto-replied":
        return Kind.NOTHING, "", ""
    # Servers that keep no standard say it in words; only a status code with a no is believed.
    text = _text(message)
    found = next((one for one in _STATUS.finditer(text) if one[1] == "5"), None)
    if found is None or not _from_a_server(message):
        return Kind.NOTHING, "", ""
    line = text[max(0, text.rfind("\n", 0, found.start())) :].strip().partition("\n")[0]
    return kind_of(found[0]), found[0], _line(line)


def _status(message: EmailMessage) -> tuple[Kind, str, str]:
    worst: tuple[Kind, str, str] = (Kind.NOTHING, "", "")
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _inside(part):
            if str(block.get("Action", "")).strip().lower() != "failed":
                continue  # delayed, delivered, relayed, expanded: nothing failed (yet)
            status = _STATUS.search(str(block.get("Status", "")))
            said = str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(block.get("Diagnostic-Code", ""))
            code = status[0] if status else ""
            # Some servers write 5.0.0 and say the rest in the diagnosis.
            if (code in ("", "5.0.0")) and (better := _STATUS.search(said)):
                code = better[0]
            found = (kind_of(code), code, _line(said))
            worst = found if worst[0] is Kind.NOTHING or found[0] is Kind.NOBODY else worst
    return worst


def _complaint(message: EmailMessage) -> tuple[Kind, str, str]:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            body = "".join(block.as_string() for block in _inside(part)) or str(part.get_payload())
            what = re.search(r"^Feedback-Type:\s*([\w-]+)", body, re.IGNORECASE | re.MULTILINE)
            if what and what[1].lower() == "not-spam":
                return Kind.NOTHING, "", ""
            return Kind.COMPLAINT, "", _line(what[1] if what else "abuse")
    return Kind.NOTHING, "", ""


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return str(part.get_content())[:20_000] if part is not None else ""


def _from_a_server(message: EmailMessage) -> bool:
    sender = str(message.get("From", "")).lower()
    return str(message.get("Return-Path", "")).strip() == "<>" or "mailer-daemon" in sender or "postmaster" in sender


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
