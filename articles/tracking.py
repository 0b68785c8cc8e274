"""The affiliate link of a merchant: the shop's own address, carried by the network that counts the sale.

A tracking template is the network's deep link with one place for the shop's address, as the networks give it out:
``https://go.network.example/?m=12&u={url}``. The address goes in percent-encoded whole (RFC 3986, 2.1: "&", "#" and
"?" in it would otherwise end the parameter that it stands in).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError

from newsroom import blocks

PLACE = "{url}"


def valid_template(template: str) -> None:
    """Refuse a template that could not carry a link, or could carry readers to a host that nobody wrote down.

    Raises:
        ValidationError: it is not https, has no host of its own, or has not exactly one {url} behind the host.
    """
    if template.count(PLACE) != 1:
        raise ValidationError("Write {url} exactly once: there the shop’s address goes in.", code="place")
    before, _, after = template.partition(PLACE)
    if "{" in before + after or "}" in before + after:
        raise ValidationError("The only thing in braces is {url}.", code="braces")
    address = blocks.safe_address(f"{before}x{after}")
    parts = urlsplit(address or "")
    if address is None or parts.scheme.lower() != "https" or not parts.hostname:
        raise ValidationError("Write the network’s whole address, beginning with https://.", code="address")
    if "@" in parts.netloc:
        raise ValidationError("The address must not hold a user name.", code="address")
    # "https://{url}.example" would let a link choose the host.
    if not re.match(rf"https://{re.escape(parts.netloc)}[/?]", before, re.IGNORECASE):
        raise ValidationError("{url} stands behind the host: https://go.network.example/?u={url}.", code="host")


def tagged(address: str, tag: str) -> str:
    """A product's link with the merchant's tracking tag ("tag=ours-20"); what the link says already is kept."""
    if not tag:
        return address
    parts = urlsplit(address)
    had = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _ in had}
    added = [(name, value) for name, value in parse_qsl(tag.lstrip("?&")) if name not in names]
    if not added:
        return address
    query = "&".join(filter(None, [parts.query, urlencode(added)]))
    return urlunsplit(parts._replace(query=query))


def link(address: str, *, tag: str = "", template: str = "") -> str:
    """The affiliate link: the shop's address with our tag, inside the network's template where there is one."""
    address = tagged(address, tag)
    return template.replace(PLACE, quote(address, safe="")) if template else address
