"""Calling another company's server: one request, no redirects, not waited for long."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds for connecting, and for each answer
_SHOWN = 200  # bytes of an answer that is told in an error


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
        NotTaken: anything else. Its words hold neither what was sent nor the headers: they are logged and shown.
    """
    parts = urlsplit(address)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=PATIENCE)
    where = f"{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        connection.request(method, path, body=body or None, headers={"User-Agent": "newsroom", **headers})
        answer = connection.getresponse()
        said = answer.read(_SHOWN).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken(f"{where} does not answer ({type(error).__name__}: {error}).") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotTaken(f"{where} answered {answer.status}: {said}", answer.status)
    return answer.status
