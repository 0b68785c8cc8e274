"""Addresses: what counts as one, and when two are the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 254  # RFC 5321 4.5.3.1.3, less the two angle brackets
LONGEST_LOCAL = 64  # RFC 5321 4.5.3.1.1
# RFC 5322 3.2.3: atext and dots. Quoted local parts are legal, unknown in practice and a way to smuggle headers.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")


class NotAnAddress(Exception):
    """What was typed cannot be written to. ``message`` is for the person who typed it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Address:
    """typed: as the person wrote it. deliverable: for the envelope. normalised: equal for the same mailbox."""

    typed: str
    deliverable: str
    normalised: str


def read(text: str) -> Address:
    """Read an address that somebody typed.

    The local part is compared without case, as every large host does, though RFC 5321 2.4 lets a host tell cases
    apart: what was typed is kept for sending, so nobody loses mail by it. Dots and plus tags are left alone: they
    are different mailboxes on most hosts. The domain is compared in its ASCII form (IDNA).

    Raises:
        NotAnAddress: with a sentence that says what to mend.
    """
    typed = text.strip()
    if not typed:
        raise NotAnAddress("Type your email address.")
    if len(typed) > LONGEST:
        raise NotAnAddress("This address is too long. Check it for a slip of the keyboard.")
    local, at, domain = typed.rpartition("@")
    if not at or not local or not domain:
        raise NotAnAddress("An email address has a name, an @ and a domain, like name@example.org.")
    if not local.isascii():
        raise NotAnAddress("We can only write to addresses with plain letters before the @.")
    if len(local) > LONGEST_LOCAL or not _LOCAL.match(local):
        raise NotAnAddress("The part before the @ has a character that addresses cannot have.")
    ascii_domain = _ascii(domain)
    if len(local) + 1 + len(ascii_domain) > LONGEST:  # an international domain is longer as the mail knows it
        raise NotAnAddress("This address is too long. Check it for a slip of the keyboard.")
    return Address(typed=typed, deliverable=f"{local}@{ascii_domain}", normalised=f"{local.lower()}@{ascii_domain}")


def _ascii(domain: str) -> str:
    try:
        name = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 253 or not all(_LABEL.match(label) for label in labels) or labels[-1].isdigit():
        raise NotAnAddress("The part after the @ is not a domain. Check it for a slip of the keyboard.")
    return name
