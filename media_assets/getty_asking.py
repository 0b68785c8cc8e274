"""Asking Getty's server: the token, the two headers, and a sentence for the desk for whatever goes wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from newsroom.calls import Answer, NotTaken, ask
from newsroom.servers import LOOPBACK, Getty

SECONDS = 8.0  # for one answer
_ANSWER = 2_000_000  # bytes
_EARLY = 60.0  # seconds before its end a token is no longer used

NOT_CONNECTED = (
    "Getty Images is not connected. Whoever runs the servers connects it with the settings GETTY_KEY and GETTY_SECRET."
)
UNREADABLE = "Getty Images gave an answer that cannot be read. Try again in a few minutes."


class Problem(Exception):
    """What keeps Getty's pictures from us, as one sentence for the desk."""


class NoSuchPicture(Problem):
    """There is no picture with this number, or it was taken away."""


def is_own(address: str) -> bool:
    """Whether an address is one of Getty's own hosts: what an answer names is asked for from inside our network."""
    ours = urlsplit(our_server().address)
    try:
        parts = urlsplit(address)
        there = (parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        return False
    if not address.isascii() or not address.isprintable() or " " in address or parts.username is not None:
        return False
    if ours.hostname in LOOPBACK:
        return there == (ours.scheme, ours.hostname, ours.port)
    family = ".".join((ours.hostname or "").split(".")[-2:])
    return there[0] == "https" and there[2] in (None, 443) and there[1].endswith(f".{family}")


def own(address: Any) -> str:
    """Return an address that an answer named.

    Raises:
        Problem: it is not one of Getty's own.
    """
    if not isinstance(address, str) or not is_own(address):
        raise Problem("Getty Images named a file on a server that is not its own, so it was not fetched.")
    return address


_tokens: dict[Getty, tuple[str, float]] = {}  # of this process; a second one has its own


def our_server() -> Getty:
    """The server that the settings name.

    Raises:
        Problem: none is.
    """
    server = settings.GETTY
    if server is None:
        raise Problem(NOT_CONNECTED)
    return server


def _token(server: Getty) -> str:
    token, until = _tokens.get(server, ("", 0.0))
    if token and time.monotonic() < until:
        return token
    form = {"grant_type": "client_credentials", "client_id": server.key, "client_secret": server.secret}
    answer = asked(
        f"{server.address}/oauth2/token",
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        body=urlencode(form).encode(),
    )
    said = _read(answer, refused=(400, 401, 403))
    token, lasts = str(said.get("access_token", "")), str(said.get("expires_in", ""))
    if not (
        token and token.isascii() and token.isprintable() and lasts.isascii() and lasts.isdigit() and len(lasts) < 9
    ):
        raise Problem(UNREADABLE)
    _tokens[server] = (token, time.monotonic() + int(lasts) - _EARLY)
    return token


def answer_to(method: str, way: str, missing: Problem | None = None, body: bytes = b"") -> dict[str, Any]:
    """What Getty says to one question of ours. missing: raised where it is 404.

    Raises:
        Problem: it is no good answer.
    """
    answer = _as_ourselves(method, way, body)
    if answer.status == 404 and missing:
        raise missing
    return _read(answer, refused=(401,))


def told(method: str, way: str, body: bytes = b"", *, fine: tuple[int, ...]) -> Answer:
    """Tell Getty something; its answer, of one of the statuses that are ``fine``. What it says may be empty.

    Raises:
        Problem: it is another.
    """
    answer = _as_ourselves(method, way, body)
    if answer.status not in fine:
        _read(answer, refused=(401,))
        raise Problem(UNREADABLE)
    return answer


def said(answer: Answer) -> dict[str, Any]:
    """What an answer says in JSON; nothing where it is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _as_ourselves(method: str, way: str, body: bytes) -> Answer:
    server = our_server()
    headers = {"Api-Key": server.key, "Authorization": f"Bearer {_token(server)}", "Accept": "application/json"}
    if body:
        headers["Content-Type"] = "application/json"
    answer = asked(f"{server.address}{way}", method=method, headers=headers, body=body)
    if answer.status == 401:
        _tokens.pop(server, None)  # taken back before its time; who asks next gets another
    return answer


def asked(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str],
    body: bytes = b"",
    most: int = _ANSWER,
    seconds: float = SECONDS,
    into: BinaryIO | None = None,
) -> Answer:
    """One request, whatever its status.

    Raises:
        Problem: no answer came.
    """
    try:
        return ask(address, method=method, headers=headers, body=body, most=most, seconds=seconds, into=into)
    except NotTaken as error:
        raise Problem(f"Getty Images cannot be reached: {error} Try again in a few minutes.") from error


def _read(answer: Answer, *, refused: tuple[int, ...]) -> dict[str, Any]:
    """What a good answer says.

    Raises:
        Problem: it is none.
    """
    status = answer.status
    if status in refused:
        raise Problem(
            "Getty Images does not accept our key. Whoever runs the servers must look at GETTY_KEY and GETTY_SECRET."
        )
    if status == 403 and b"overagelimitreached" in answer.body.lower().replace(b" ", b""):
        raise Problem(
            "The downloads of our agreement with Getty Images are used up. Getty’s sales representative can add more."
        )
    if status == 403:
        raise Problem("Our agreement with Getty Images does not include this.")
    if status == 429:
        raise Problem("Getty Images is being asked too often at this moment. Wait a few seconds, then try again.")
    if status >= 500:
        raise Problem(f"Getty Images has a fault of its own ({status}). Try again in a few minutes.")
    if status not in (200, 201):
        raise Problem(f"Getty Images did not take the question ({status}). Use other words.")
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Problem(UNREADABLE) from None
    if not isinstance(said, dict):
        raise Problem(UNREADABLE)
    return said
