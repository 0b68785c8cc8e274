"""The demo's inbox: the letters that the local mail server took, for reading in the browser."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"\d{10,25}\Z")


@dataclass(frozen=True)
class Mail:
    """One letter. ``name`` is its arrival in nanoseconds, as text."""

    name: str
    message: EmailMessage

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name) / 1e9, UTC)

    @property
    def to(self) -> str:
        return str(self.message["X-Envelope-To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def sender(self) -> str:
        return str(self.message["From"])

    def part(self, kind: str) -> str:
        """Return the text or html part, or an empty string. ``kind``: "plain" or "html"."""
        body = self.message.get_body((kind,))
        if body is None:
            return ""
        try:
            return str(body.get_content())
        except LookupError:  # a character set that Python does not know
            return bytes(body.get_payload(decode=True)).decode("utf-8", "replace")

    @property
    def text(self) -> str:
        return self.part("plain")

    @property
    def html(self) -> bool:
        return bool(self.part("html"))

    @property
    def one_click(self) -> str:
        """The address for leaving in one click (RFC 8058), or an empty string."""
        if self.message["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
            return ""
        found = re.search(r"<(https?://[^>]+)>", str(self.message["List-Unsubscribe"] or ""))
        return found.group(1) if found else ""


def folder() -> Path:
    return Path(settings.HOME) / "inbox"


def read(name: str) -> Mail | None:
    """Return one letter, or None. ``name`` comes from an address and is digits only."""
    if not NAME.match(name):
        return None
    try:
        content = (folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return Mail(name, email.message_from_bytes(content, policy=email.policy.default))


def newest(limit: int = 50, *, to: str = "") -> list[Mail]:
    """Return the newest letters first, at most ``limit``, all or those to one address."""
    found: list[Mail] = []
    for path in sorted(folder().glob("*.eml"), reverse=True):
        mail = read(path.stem)
        if mail and (not to or to.lower() == mail.to.lower()):
            found.append(mail)
        if len(found) >= limit:
            break
    return found
