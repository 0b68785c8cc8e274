"""Calling another company's server: one request, no redirects, not waited for long."""

from __future__ import annotations

import errno
import http.client
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

PATIENCE = 3.0  # seconds for connecting, and for each answer: whoever calls holds a worker meanwhile
QUIET = 30.0  # seconds without another try after a server did not answer: a thousand effects must not wait one after the other
_SHOWN = 200  # bytes of an answer that is told in an error
_PIECE = 65_536

_away: dict[str, float] = {}  # server -> until when it is not asked again, of the monotonic clock


class NotTaken(Exception):
    """The server is away, or did not take what was sent. It can be sent again.

    Attributes:
        status: what it answered; 0 where it answered nothing.
    """

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


def call(address: str, *, method: str = "POST", headers: Mapping[str, str], body: bytes = b"") -> int:
    """Send one request; return the status, which is one of 200 to 299.

    Raises:
        NotTaken: anything else. Its words hold no header of what was sent: they are logged and shown.
    """
    where = _where(address)
    if time.monotonic() < _away.get(where, 0.0):
        raise NotTaken(f"{where} did not answer a moment ago.")
    try:
        with _sent(address, method=method, headers=headers, body=body, patience=PATIENCE) as answer:
            said = answer.read(_SHOWN).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        _away[where] = time.monotonic() + QUIET
        raise NotTaken(f"{where} does not answer ({type(error).__name__}: {error}).") from error
    _away.pop(where, None)
    for sent in headers.values():  # one that tells what it was sent would tell the secret
        said = said.replace(sent, "…").replace(sent.removeprefix("Bearer "), "…")
    if not 200 <= answer.status < 300:
        raise NotTaken(f"{where} answered {answer.status}: {said}", answer.status)
    return answer.status


@dataclass(frozen=True)
class Answer:
    """What a server said. body: "" where it was written into a file. kind: its media type."""

    status: int
    body: bytes
    kind: str


def ask(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str],
    body: bytes = b"",
    most: int,
    seconds: float,
    into: BinaryIO | None = None,
) -> Answer:
    """Send one request that a person waits for, and read what is answered, whatever its status.

    A server that was away a moment ago is asked again all the same: somebody has pressed a button.

    Args:
        most: bytes of the answer.
        seconds: for connecting and for each piece of the answer, and for the whole of it.
        into: where the body of a good answer is written.

    Raises:
        NotTaken: no answer, not in time, cut off or too large. Its words hold nothing of what was sent.
        OSError: the disk under ``into`` is full.
    """
    where, end = _where(address), time.monotonic() + seconds
    try:
        with _sent(address, method=method, headers=headers, body=body, patience=seconds) as answer:
            into = into if 200 <= answer.status < 300 else None
            kept, size = bytearray(), 0
            while piece := answer.read1(_PIECE):
                size += len(piece)
                if size > most:
                    raise NotTaken(f"{where} sent more than {most // 1000:,} kB.")
                if time.monotonic() > end:
                    raise TimeoutError("timed out")
                into.write(piece) if into else kept.extend(piece)
            if answer.length:  # it promised more
                raise NotTaken(f"{where} broke off in the middle.")
            return Answer(answer.status, bytes(kept), answer.headers.get_content_type())
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # our own disk is full: the server has done nothing wrong
        if isinstance(error, TimeoutError):
            raise NotTaken(f"{where} did not answer within {seconds:.0f} seconds.") from error
        raise NotTaken(f"{where} does not answer ({type(error).__name__}).") from error


def _where(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"


@contextmanager
def _sent(
    address: str, *, method: str, headers: Mapping[str, str], body: bytes, patience: float
) -> Iterator[http.client.HTTPResponse]:
    parts = urlsplit(address)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=patience)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        connection.request(method, path, body=body or None, headers={"User-Agent": "newsroom", **headers})
        yield connection.getresponse()
    finally:
        connection.close()
