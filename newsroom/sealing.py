"""Keeping a secret in the database so that the database alone does not give it away (domain 12).

Fernet (AES-128-CBC with HMAC-SHA256, from ``cryptography``) under ``IDENTITY_KEYS``: what is written is sealed with the
first key, what is read may be under any of them, so that a new key is put in front and the old one goes when nothing is
under it any more. What is sealed names what it belongs to: a row copied onto another subject does not open there.
"""

from __future__ import annotations

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

ROUND = 256  # lengths are rounded up to so many characters: a name's length says something of the name


class SealError(Exception):
    """It cannot be sealed or opened here. The message says why and holds nothing of the secret."""


def ready() -> bool:
    """Whether this server has a key."""
    return bool(settings.IDENTITY_KEYS)


def seal(subject: str, secret: str) -> bytes:
    """Return ``secret`` sealed for ``subject`` ("source:12").

    Raises:
        SealError: no key is set.
    """
    said = json.dumps([subject, secret])
    return _keys().encrypt((said + " " * (-len(said) % ROUND)).encode())


def unseal(subject: str, sealed: bytes) -> str:
    """Return the secret that was sealed for ``subject``.

    Raises:
        SealError: no key is set, none of the keys fits, or it was sealed for something else.
    """
    try:
        named, secret = json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken:
        raise SealError("None of the keys in IDENTITY_KEYS opens it.") from None
    if named != subject:
        raise SealError("It was sealed for something else.")
    return str(secret)


def reseal(sealed: bytes) -> bytes:
    """Return the same secret under the first key; for a change of keys."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        raise SealError("None of the keys in IDENTITY_KEYS opens it.") from None


def _keys() -> MultiFernet:
    if not ready():
        raise SealError("IDENTITY_KEYS is not set on this server.")
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])
