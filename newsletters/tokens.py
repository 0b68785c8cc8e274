"""Keys that travel by mail: the one that confirms a sign-up, and the one that leaves a list."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings

from newsletters.models import AddressChange, SignUp, Subscriber, Token

CONFIRM_WITHIN = timedelta(days=3)
CENTRE_WITHIN = timedelta(hours=2)
MOVE_WITHIN = timedelta(days=1)
_IDS = struct.Struct(">QI")
LEAVE_LENGTH = 38  # characters: 16 bytes of seal and 12 of ids in base64 without padding


# -- confirming ------------------------------------------------------------------------------------------------------


def make(sign_up: SignUp, *, at: datetime) -> str:
    """Make the key that confirms this sign-up and return it; the database keeps its hash only."""
    return _made(Token.For.CONFIRM, at=at, within=CONFIRM_WITHIN, sign_up=sign_up)


def make_for_centre(subscriber: Subscriber, *, at: datetime) -> str:
    """Make the key that opens this person's preferences, again and again until it ends, and return it."""
    return _made(Token.For.CENTRE, at=at, within=CENTRE_WITHIN, subscriber=subscriber)


def make_for_move(change: AddressChange, *, at: datetime) -> str:
    """Make the key that confirms a new address, once, and return it."""
    return _made(Token.For.MOVE, at=at, within=MOVE_WITHIN, change=change)


def _made(purpose: Token.For, *, at: datetime, within: timedelta, **opens: Any) -> str:
    raw = secrets.token_urlsafe(32)
    Token.objects.create(hash=_hash(raw), purpose=purpose, made_at=at, expires_at=at + within, **opens)
    return raw


def find(raw: str) -> Token | None:
    """Return the confirming token, used and expired ones too, or None. Changes nothing: mail scanners open links."""
    return (
        Token.objects.filter(hash=_hash(raw), purpose=Token.For.CONFIRM)
        .select_related("sign_up__newsletter__purpose", "sign_up__wording")
        .first()
    )


def find_for(raw: str, purpose: Token.For, *, at: datetime) -> Token | None:
    """Return a key of this purpose that still opens, or None. Changes nothing.

    A key of another purpose is none: the one that confirms an address must not open what somebody agreed to.
    """
    rows = Token.objects.filter(hash=_hash(raw), purpose=purpose, used_at=None, expires_at__gt=at)
    return rows.select_related("subscriber", "change__subscriber").first()


def spend(token: Token, *, at: datetime) -> bool:
    """Use the token up. False when it was used before, also by a press at the same moment, or has expired."""
    return bool(Token.objects.filter(pk=token.pk, used_at=None, expires_at__gt=at).update(used_at=at))


def _hash(raw: str) -> str:
    # The key has 256 random bits, so one fast hash is enough; a slow one is for passwords.
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


# -- leaving ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leaving:
    """What a leaving key names."""

    subscription_id: int
    issue_id: int


@lru_cache(maxsize=8)
def _keys(secret: str) -> tuple[bytes, bytes]:
    def derived(what: str) -> bytes:
        return hmac.digest(secret.encode(), f"newsletters.leave.{what}".encode(), "sha256")

    return derived("seal"), derived("mask")


def leave_token(subscription_id: int, issue_id: int) -> str:
    """Return the key with which one letter's receiver leaves (RFC 8058 3.1: opaque or hard to forge; this is both).

    Worked out, not stored: it stays good for as long as the letter lies in a mailbox, even when the rows of old
    deliveries are gone. The ids are masked so that the link does not tell how many readers we have.

    Returns: 38 characters of URL-safe base64.
    """
    seal_key, mask_key = _keys(settings.SECRET_KEY)
    ids = _IDS.pack(subscription_id, issue_id)
    seal = hmac.digest(seal_key, ids, "sha256")[:16]
    return base64.urlsafe_b64encode(seal + _masked(ids, mask_key, seal)).rstrip(b"=").decode("ascii")


def read_leave_token(token: str) -> Leaving | None:
    """Return what the key names, or None when it is not one of ours. Keys of earlier secrets stay good."""
    if len(token) != LEAVE_LENGTH:
        return None
    try:
        raw = base64.b64decode(token.encode("ascii") + b"==", altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    seal, masked = raw[:16], raw[16:]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        seal_key, mask_key = _keys(secret)
        ids = _masked(masked, mask_key, seal)
        if hmac.compare_digest(hmac.digest(seal_key, ids, "sha256")[:16], seal):
            return Leaving(*_IDS.unpack(ids))
    return None


def _masked(ids: bytes, key: bytes, seal: bytes) -> bytes:
    stream = hmac.digest(key, seal, "sha256")
    return bytes(a ^ b for a, b in zip(ids, stream, strict=False))
