"""Who is asking: the client's address behind the proxies that we run ourselves."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address in its canonical form, or ``"unknown"``.

    ``PROXY_COUNT`` proxies of our own each append the peer that they saw to X-Forwarded-For, so the client is that
    many entries from the right. What stands further left was sent by the client and would let it choose its address.
    """
    return address(request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR", ""))


def address(peer: str, forwarded: str) -> str:
    """Return the same from the peer's address and the X-Forwarded-For header, for what is answered before Django."""
    peer = _canonical(peer)
    count = settings.PROXY_COUNT
    if count < 1:
        return peer or UNKNOWN
    hops = [hop.strip() for hop in forwarded.split(",")]
    if len(hops) < count:
        return peer or UNKNOWN
    return _canonical(hops[-count]) or peer or UNKNOWN


def client_network(request: HttpRequest) -> str:
    """Return the client's network: its IPv4 address, or the /64 that one IPv6 subscriber has to itself."""
    return network(client_address(request))


def network(address: str) -> str:
    """Return an address as it is counted: IPv4 whole, IPv6 by its /64, anything else unchanged."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)


def _canonical(text: str) -> str:
    """Read ``1.2.3.4``, ``1.2.3.4:80``, ``::1``, ``[::1]`` or ``[::1]:80``; empty when it is none of them."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed)
