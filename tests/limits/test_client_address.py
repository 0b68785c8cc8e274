"""Whose address it is, behind proxies of our own and with headers that a client made up."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from newsroom.limits import client_address, client_network
from newsroom.limits.addresses import network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "address"),
    [
        (0, "", "203.0.113.7", "203.0.113.7"),
        (0, "198.51.100.1", "203.0.113.7", "203.0.113.7"),  # nobody of ours wrote that header
        (1, "198.51.100.1", "10.0.0.1", "198.51.100.1"),
        (1, "1.1.1.1, 198.51.100.1", "10.0.0.1", "198.51.100.1"),  # the left one is the client's invention
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.2", "10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1", "10.0.0.1"),
        (1, "198.51.100.1:4711", "10.0.0.1", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "10.0.0.1", "2001:db8::1"),
        (1, "2001:DB8:0::1", "10.0.0.1", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "10.0.0.1", "198.51.100.1"),
        (1, "fe80::1%eth0", "10.0.0.1", "fe80::1"),
        (0, "", "", "unknown"),
        (1, "1" * 10_000, "10.0.0.1", "10.0.0.1"),
        (1, "[", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_client_address(settings: LazySettings, proxies: int, forwarded: str, peer: str, address: str) -> None:
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers)) == address  # type: ignore[arg-type]


def test_one_ipv6_subscriber_is_one_network(settings: LazySettings) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR="2001:db8::1")) == "2001:db8::/64"
    assert network("2001:db8::ffff") == network("2001:db8::1") != network("2001:db8:0:1::1")
    assert network("203.0.113.7") == "203.0.113.7"
    assert network("unknown") == "unknown"
