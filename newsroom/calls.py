"""Calling another company's server: one request, no redirects, not waited for long."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

PATIENCE = 3.0  # seconds for connecting, and for each answer: whoever calls holds a worker meanwhile
QUIET = 30.0  # seconds without another try after a server did not answer: a thousand effects must not wait one after the other
_SHOWN = 200  # bytes of an answer that is told in an error

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
    parts = urlsplit(address)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=PATIENCE)
    where = f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if time.monotonic() < _away.get(where, 0.0):
        raise NotTaken(f"{where} did not answer a moment ago.")
    try:
        connection.request(method, path, body=body or None, headers={"User-Agent": "newsroom", **headers})
        answer = connection.getresponse()
        said = answer.read(_SHOWN).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        _away[where] = time.monotonic() + QUIET
        raise NotTaken(f"{where} does not answer ({type(error).__name__}: {error}).") from error
    finally:
        connection.close()
    _away.pop(where, None)
    for sent in headers.values():  # one that tells what it was sent would tell the secret
        said = said.replace(sent, "…").replace(sent.removeprefix("Bearer "), "…")
    if not 200 <= answer.status < 300:
        raise NotTaken(f"{where} answered {answer.status}: {said}", answer.status)
    return answer.status
