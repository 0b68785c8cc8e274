"""An address as a keyed hash: what is remembered of it where the address itself may not be kept (domain 20).

A keyed hash (HMAC-SHA256 under ``ADDRESS_KEYS``) and not a plain one: addresses can be guessed, and whoever has the
database alone must not be able to try them out. Each hash names its key by the key's own fingerprint, so keys can change:

- A new key goes in front. From then on everything new is written under it.
- Whoever looks an address up does so under every key (``all_of``), so what was written under an older one is found.
- What stands under an old key cannot be written anew: the address is gone, that is the point. So an old key stays in
  the setting for as long as anything stands under it; ``under`` counts that, the consent page and ``verify_receipts``
  say it. A key that leaked is put behind a new one as well: it then opens nothing new, and taking it away would let
  every import bring the erased back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

LENGTH = 73  # characters: the key's fingerprint, a colon, the hash


def one(normalised: str) -> str:
    """Return the hash of an address under the newest key, as it is written down.

    Args:
        normalised: as ``addresses.read`` gives it, or two spellings of one mailbox would be two people.
    """
    return _under(settings.ADDRESS_KEYS[0], normalised)


def all_of(normalised: str) -> list[str]:
    """Return the hashes under which this address may stand, the newest key's first."""
    return [_under(key, normalised) for key in settings.ADDRESS_KEYS]


def fingerprint(key: str) -> str:
    """Return the eight characters by which a hash names its key."""
    return hashlib.sha256(_raw(key)).hexdigest()[:8]


def missing(fingerprints: Iterable[str]) -> list[str]:
    """Return those of these fingerprints whose keys are not in the setting: nobody is found under them."""
    known = {fingerprint(key) for key in settings.ADDRESS_KEYS}
    return sorted(set(fingerprints) - known)


def _under(key: str, normalised: str) -> str:
    digest = hmac.digest(_raw(key), f"newsletters.address\0{normalised}".encode(), "sha256").hex()
    return f"{fingerprint(key)}:{digest}"


@lru_cache(maxsize=8)
def _raw(key: str) -> bytes:
    return base64.urlsafe_b64decode(key)
