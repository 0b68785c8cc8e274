"""Addresses of servers, as settings name them: checked when the process starts, and never told with a password in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")  # of RFC 9110's tokens those that anybody uses
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Cdn:
    """A cache in front of the site that is told what has changed.

    kind: "fastly", "cloudflare" or "purge". address: where it is told, scheme and host. of: the service or zone. secret:
    of whoever tells it; "" for none. tags: the header of our answers that names their tags. keys: the header of a purge.
    """

    kind: str
    address: str
    of: str
    secret: str = field(repr=False)
    tags: str
    keys: str


@dataclass(frozen=True)
class Getty:
    """Getty Images' interface for programs. address: without a slash at its end. key, secret: of our contract."""

    address: str
    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Bucket:
    """A bucket of an S3-compatible service. endpoint: its address, "" for Amazon's own in ``region``."""

    name: str
    endpoint: str
    region: str
    key: str
    secret: str = field(repr=False)

    def store(self, location: str) -> dict[str, object]:
        """The entry of ``STORAGES`` for one folder of it."""
        options = {
            "bucket_name": self.name,
            "endpoint_url": self.endpoint or None,
            "region_name": self.region,
            "access_key": self.key,
            "secret_key": self.secret,
            "location": location,
        }
        return {"BACKEND": "media_assets.bucket.Bucket", "OPTIONS": options}


def wrong(name: str, expected: str, value: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} must be {expected}; it is {value!r}.")


def without_secrets(value: str) -> str:
    """Return an address for a message: what stands before its last @, and in its query, may be a password."""
    scheme, mark, rest = value.rpartition("://")
    if "@" in rest:
        rest = "…@" + rest.rpartition("@")[2]
    return f"{scheme}{mark}{rest}".partition("?")[0].partition("#")[0]


def address(name: str, value: str, schemes: Collection[str], expected: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        known = parts.scheme in schemes and parts.port != 0
    except ValueError:  # no number for a port, or a bracket left open
        known = False
    if not known:
        raise wrong(name, expected, without_secrets(value))
    return parts


def origin(name: str, value: str) -> tuple[str, str]:
    """Return the site's address without a slash at its end, and its host."""
    expected = "the site's address, like https://www.example.org"
    parts = address(name, value, {"http", "https"}, expected)
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise wrong(name, expected, without_secrets(value))
    return value.rstrip("/"), parts.hostname


def database(name: str, value: str) -> str:
    if value:
        expected = "postgres://user:password@host/name, with %xx for special characters in the password"
        parts = address(name, value, {"postgres", "postgresql"}, expected)
        if not parts.path.strip("/") or "/" in parts.path[1:]:
            raise wrong(name, expected, without_secrets(value))
    return value


def redis(name: str, value: str) -> str:
    if value:
        expected = "redis://host:6379/0 (or rediss:// for TLS)"
        parts = address(name, value, {"redis", "rediss"}, expected)
        number = parts.path.strip("/")
        if not parts.hostname or not (number == "" or (number.isascii() and number.isdigit())):
            raise wrong(name, expected, without_secrets(value))
    return value


def mail(name: str, value: str) -> str:
    expected = "smtp://host, smtps://user:password@host or smtp+starttls://user:password@host"
    parts = address(name, value, {"smtp", "smtps", "smtp+starttls"}, expected)
    if not parts.hostname or parts.path.strip("/"):
        raise wrong(name, expected, without_secrets(value))
    if parts.password and parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
        raise wrong(name, "smtps:// or smtp+starttls:// where it has a password", without_secrets(value))
    return value


def mailbox(name: str, value: str) -> str:
    """A mailbox that is read by POP3; "" for none."""
    if value:
        expected = "pop3s://user:password@host"
        parts = address(name, value, {"pop3", "pop3s"}, expected)
        if not parts.hostname or parts.path.strip("/") or not parts.username or parts.password is None:
            raise wrong(name, expected, without_secrets(value))
        if parts.scheme == "pop3" and parts.hostname not in LOOPBACK:
            raise wrong(name, "pop3s://, because its password crosses the network", without_secrets(value))
    return value


def hub(name: str, value: str) -> str:
    """A WebSub hub; "" for none. It stands in every feed, so it holds no password."""
    if value:
        expected = "a WebSub hub's address without a password, like https://pubsubhubbub.appspot.com/"
        parts = address(name, value, {"http", "https"}, expected)
        plain = value.isascii() and not re.search(r"[\s<>\"]", value)
        if not parts.hostname or parts.username is not None or parts.fragment or not plain:
            raise wrong(name, expected, without_secrets(value))
    return value


def cdn(name: str, value: str) -> Cdn | None:
    """A cache to purge by tag; None for none.

    fastly://<token>@api.fastly.com/<service>, cloudflare://<token>@api.cloudflare.com/<zone>, or
    purge+https://<secret>@<host>/?tags=xkey&keys=xkey-purge for Varnish and the like. With +http instead, to a
    server on this machine (purge+http: on any).
    """
    if not value:
        return None
    expected = (
        "fastly://token@api.fastly.com/service, cloudflare://token@api.cloudflare.com/zone "
        "or purge+http://host:port/?tags=xkey&keys=xkey-purge"
    )
    schemes = {"fastly", "fastly+http", "cloudflare", "cloudflare+http", "purge+http", "purge+https"}
    # No more of it: a token that was written where the host belongs would stand in the message.
    scheme = value.partition("://")[0]
    shown = f"{scheme if scheme in schemes else ''}://…"
    try:
        parts = address(name, value, schemes, expected)
    except ImproperlyConfigured:
        raise wrong(name, expected, shown) from None
    kind, _, way = parts.scheme.partition("+")
    secret, of = unquote(parts.username or ""), parts.path.strip("/")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    plain = secret.isascii() and secret.isprintable()  # it becomes a header
    if not parts.hostname or parts.password is not None or parts.fragment or not plain:
        raise wrong(name, expected, shown)
    clear = way == "http" and parts.hostname not in LOOPBACK
    if clear and (kind != "purge" or secret):
        raise wrong(name, "an address with TLS where it has a token", shown)
    if kind == "purge":
        tags, keys = given.pop("tags", "xkey"), given.pop("keys", "xkey-purge")
        right = not of and _HEADER.fullmatch(tags) and _HEADER.fullmatch(keys)
    else:
        tags = keys = {"fastly": "Surrogate-Key", "cloudflare": "Cache-Tag"}[kind]
        right = bool(secret) and _ID.fullmatch(of)
    if not right or given:
        raise wrong(name, expected, shown)
    host = parts.netloc.rpartition("@")[2]
    return Cdn(kind, f"{way or 'https'}://{host}", of, secret, tags, keys)


def getty(address_: str, key: str, secret: str) -> Getty | None:
    """Getty Images, from GETTY_URL, GETTY_KEY and GETTY_SECRET; None where nobody has a key."""
    expected = "the address of Getty's API, like https://api.gettyimages.com"
    parts = address("GETTY_URL", address_, {"http", "https"}, expected)
    clear = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if (
        not parts.hostname
        or parts.username is not None
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or clear
    ):
        raise wrong("GETTY_URL", expected, without_secrets(address_))
    for name, value in (("GETTY_KEY", key), ("GETTY_SECRET", secret)):
        # Never the value: it would stand in the log.
        if not (value.isascii() and value.isprintable()):
            raise ImproperlyConfigured(f"{name} must be what Getty's developer pages show, letters and digits only.")
        if not value and (key or secret):
            raise ImproperlyConfigured(f"{name} must be set where the other of GETTY_KEY and GETTY_SECRET is.")
    return Getty(address_.rstrip("/"), key, secret) if key else None


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def bucket(given: Mapping[str, str], *, debug: bool) -> Bucket | None:
    """Where pictures are kept if not in folders of this machine: from the variables BUCKET_NAME, _ENDPOINT, _REGION, _KEY and
    _SECRET; None where none is set."""
    if not any(given.values()):
        return None
    name, endpoint, region = given["BUCKET_NAME"], given["BUCKET_ENDPOINT"], given["BUCKET_REGION"]
    for each in ("BUCKET_NAME", "BUCKET_KEY", "BUCKET_SECRET"):
        if not given[each]:
            raise ImproperlyConfigured(f"{each} must be set where another variable that begins with BUCKET_ is.")
    if not _BUCKET.fullmatch(name):
        raise wrong("BUCKET_NAME", "a bucket's name: small letters, digits, hyphens and points", name)
    if endpoint:
        expected = "the address of an S3-compatible service, like https://s3.example.org"
        parts = address("BUCKET_ENDPOINT", endpoint, {"http", "https"}, expected)
        if not parts.hostname or parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
            raise wrong("BUCKET_ENDPOINT", expected, without_secrets(endpoint))
        if parts.scheme == "http" and parts.hostname not in LOOPBACK and not debug:
            raise wrong("BUCKET_ENDPOINT", "an address with https://, because originals travel there", endpoint)
    elif not region:
        raise ImproperlyConfigured("BUCKET_REGION must say in which of Amazon's regions the bucket is, like eu-west-2.")
    if region and not _REGION.fullmatch(region):
        raise wrong("BUCKET_REGION", "a region like eu-west-2", region)
    for each in ("BUCKET_KEY", "BUCKET_SECRET"):
        # Never the value: it would stand in the log.
        if not (given[each].isascii() and given[each].isprintable() and " " not in given[each]):
            raise ImproperlyConfigured(f"{each} must be what the service shows for a key, without spaces.")
    if any(find_spec(package) is None for package in ("storages", "boto3")):
        raise ImproperlyConfigured(
            "BUCKET_NAME needs two packages that are not installed: run python3 newsroom/install.py --with s3."
        )
    return Bucket(name, endpoint.rstrip("/"), region or "us-east-1", given["BUCKET_KEY"], given["BUCKET_SECRET"])
