"""Emptying the mailbox for bounces (POP3): each report is taken and committed before it is deleted there."""

from __future__ import annotations

import logging
import poplib
import ssl
from contextlib import suppress
from datetime import datetime
from urllib.parse import unquote, urlsplit

from newsletters import returning
from newsletters.reports import LARGEST

log = logging.getLogger(__name__)
SECONDS = 30.0
MOST = 500  # reports of one visit; what is left waits for the next


class Away(Exception):
    """The mailbox cannot be read now. Its text says why; no password stands in it."""


def empty(address: str, *, at: datetime) -> int:
    """Read and delete what lies in the mailbox. Return how many reports said something.

    Killed in the middle, the next visit reads some of them again, and counts none twice.

    Args:
        address: ``pop3s://user:password@host[:port]``, or ``pop3://`` on this machine.
    Raises:
        Away: it does not answer, or does not let us in.
    """
    parts = urlsplit(address)
    taken = 0
    try:
        box = _open(parts.scheme == "pop3s", parts.hostname or "", parts.port)
        try:
            box.user(unquote(parts.username or ""))
            box.pass_(unquote(parts.password or ""))
            _, sizes, _ = box.list()
            for line in sizes[:MOST]:
                number, size = (int(part) for part in line.split()[:2])
                _, lines, _ = box.retr(number) if size <= LARGEST else box.top(number, 2000)
                taken += returning.take(b"\r\n".join(lines) + b"\r\n", at=at) is not None
                box.dele(number)
        finally:
            with suppress(OSError, poplib.error_proto):
                box.quit()  # only now the server deletes
    except (OSError, poplib.error_proto, ValueError) as error:
        raise Away(f"{parts.hostname}: {error}") from error
    return taken


def _open(encrypted: bool, host: str, port: int | None) -> poplib.POP3:
    if encrypted:
        return poplib.POP3_SSL(host, port or 995, timeout=SECONDS, context=ssl.create_default_context())
    return poplib.POP3(host, port or 110, timeout=SECONDS)
