"""Passing a story on without a script: plain links that open the other site with the address filled in."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Way:
    name: str
    href: str


def ways(headline: str, address: str) -> list[Way]:
    """The links under a story. ``address``: absolute. Nothing is sent anywhere until the reader follows one."""
    said, where = quote(headline, safe=""), quote(address, safe="")
    return [
        Way("Email", f"mailto:?subject={said}&body={where}"),
        Way("WhatsApp", f"https://wa.me/?text={said}%20{where}"),
        Way("Bluesky", f"https://bsky.app/intent/compose?text={said}%20{where}"),
        Way("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={where}"),
        Way("X", f"https://x.com/intent/post?text={said}&url={where}"),
    ]
