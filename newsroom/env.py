"""Every setting of the web application and its workers, read and typed in one place.

A wrong value stops the process at start with one sentence: the variable, its value (never a password in it) and what it
should be. An empty variable counts as one that is not set. README.md lists them all, also the few that are read
elsewhere because Django is not there yet.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_domain_name, validate_email

from newsroom import servers
from newsroom.servers import LOOPBACK, wrong

BASE = Path(__file__).resolve().parent.parent
MOST_PROXIES = 10
MOST_YEARS = 100
MOST_IDLE = 100
MOST_PATIENCE = 60
_YES, _NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


def home() -> Path:
    """Return the folder for everything that this machine keeps (``NEWSROOM_HOME``, by default ``.newsroom``)."""
    return Path(os.environ.get("NEWSROOM_HOME") or BASE / ".newsroom").resolve()


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The process's settings from outside, checked."""

    home: Path
    debug: bool
    demo: bool
    private_shops: bool
    secret_key: str
    identity_keys: tuple[str, ...]
    address_keys: tuple[str, ...]
    origin: str
    allowed_hosts: tuple[str, ...]
    database_url: str
    database_idle: int
    redis_url: str
    mail_url: str
    mail_from: str
    mail_bounce_domain: str
    mail_bounce_box: str
    media_root: Path
    private_root: Path
    picture_feeds_root: Path | None
    static_root: Path
    desk_time_zone: str
    seen_years: int
    page_patience: int
    proxy_count: int
    websub_hub: str
    cdn: servers.Cdn | None
    getty: servers.Getty | None
    bucket: servers.Bucket | None

    @property
    def origin_is_secure(self) -> bool:
        return self.origin.startswith("https://")


def read() -> Environment:
    """Read the environment.

    Raises:
        ImproperlyConfigured: a variable is missing or cannot be what it says; the message names it.
    """
    place = _home()
    debug, demo, private_shops = _flag("DEBUG"), _flag("DEMO"), _flag("PRIVATE_SHOPS")
    origin, host = servers.origin("ORIGIN", _text("ORIGIN", "http://127.0.0.1:8000"))
    secret = _text("SECRET_KEY")
    if host not in LOOPBACK:
        _refuse_unsafe(debug=debug, demo=demo, private_shops=private_shops, origin=origin, secret=secret)
    folders = {name: _folder(name, place / default) for name, default in _FOLDERS.items()}
    _refuse_public_originals(folders)
    return Environment(
        home=place,
        debug=debug,
        demo=demo,
        private_shops=private_shops,
        secret_key=secret or _kept(place, "secret-key", _new_secret),
        identity_keys=_identity_keys(place, host),
        address_keys=_address_keys(place, host),
        origin=origin,
        allowed_hosts=_hosts("ALLOWED_HOSTS", host),
        database_url=servers.database("DATABASE_URL", _text("DATABASE_URL")),
        database_idle=_number("DATABASE_IDLE", MOST_IDLE, default=8),
        redis_url=servers.redis("REDIS_URL", _text("REDIS_URL")),
        mail_url=servers.mail("MAIL_URL", _text("MAIL_URL", "smtp://127.0.0.1:1025")),
        mail_from=_sender("MAIL_FROM", f"newsroom@{host if _is_domain(host) and '.' in host else 'localhost'}"),
        mail_bounce_domain=_domain("MAIL_BOUNCE_DOMAIN"),
        mail_bounce_box=servers.mailbox("MAIL_BOUNCE_BOX", _text("MAIL_BOUNCE_BOX")),
        media_root=folders["MEDIA_ROOT"],
        private_root=folders["PRIVATE_ROOT"],
        picture_feeds_root=_feeds(folders),
        static_root=folders["STATIC_ROOT"],
        desk_time_zone=_time_zone("DESK_TIME_ZONE", "Europe/London"),
        seen_years=_number("SEEN_YEARS", MOST_YEARS, least=1, default=3),
        page_patience=_number("PAGE_PATIENCE", MOST_PATIENCE, least=1, default=3),
        proxy_count=_number("PROXY_COUNT", MOST_PROXIES),
        websub_hub=servers.hub("WEBSUB_HUB", _text("WEBSUB_HUB")),
        cdn=servers.cdn("CDN_URL", _text("CDN_URL")),
        getty=servers.getty(
            _text("GETTY_URL", "https://api.gettyimages.com"), _text("GETTY_KEY"), _text("GETTY_SECRET")
        ),
        bucket=servers.bucket({name: _text(name) for name in _OF_A_BUCKET}, debug=debug),
    )


_OF_A_BUCKET = ("BUCKET_NAME", "BUCKET_ENDPOINT", "BUCKET_REGION", "BUCKET_KEY", "BUCKET_SECRET")


# ---- one value ----


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def _flag(name: str) -> bool:
    value = _text(name, "false")
    if value.lower() not in _YES | _NO:
        raise wrong(name, "true or false", value)
    return value.lower() in _YES


def _number(name: str, most: int, *, least: int = 0, default: int = 0) -> int:
    value = _text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
        raise wrong(name, f"a whole number from {least} to {most}", value)
    return int(value)


def _time_zone(name: str, default: str) -> str:
    value = _text(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):  # a path out of the zones' folder, a folder in it, no such zone
        raise wrong(name, "a time zone like Europe/London", value) from None
    return value


def _is_domain(value: str) -> bool:
    try:
        validate_domain_name(value)
    except ValidationError:
        return False
    return not value.replace(".", "").isdigit()


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value.strip("[]"))
    except ValueError:
        return False
    return True


def _domain(name: str) -> str:
    value = _text(name)
    if value and not (_is_domain(value) and "." in value):
        raise wrong(name, "a domain like bounces.example.org", value)
    return value


def _sender(name: str, default: str) -> str:
    value = _text(name, default)
    try:
        validate_email(parseaddr(value)[1] if value.isprintable() else "")  # a line break would begin another header
    except ValidationError:
        raise wrong(
            name, "a mail address, with or without a name before it: Newsroom <desk@example.org>", value
        ) from None
    return value


def _hosts(name: str, own: str) -> tuple[str, ...]:
    """The site's own host and those that the variable adds, each once."""
    value = _text(name)
    added = [host.strip() for host in value.split(",") if host.strip()]
    for host in added:
        # "*" too: a page would be kept with links to whatever host somebody made up.
        if host != "localhost" and not _is_domain(host.removeprefix(".")) and not _is_address(host):
            raise wrong(name, "host names without port, separated by commas: www.example.org,example.org", value)
    return tuple(dict.fromkeys([own, *added]))


# ---- folders ----

_FOLDERS = {"MEDIA_ROOT": "media", "PRIVATE_ROOT": "private", "STATIC_ROOT": "static"}


def _home() -> Path:
    place = home()
    if place.exists() and not place.is_dir():
        raise wrong("NEWSROOM_HOME", "a folder, or a path where one can be made", str(place))
    return place


def _folder(name: str, default: Path) -> Path:
    value = _text(name, str(default))
    path = Path(value)
    if not path.is_absolute() or (path.exists() and not path.is_dir()):
        # A relative one would be another folder for each process that was started elsewhere.
        raise wrong(name, "the whole path of a folder, from / on", value)
    return path


def _refuse_public_originals(folders: dict[str, Path]) -> None:
    """Originals carry positions and private fields: nobody may fetch them from a folder that is served."""
    private = folders["PRIVATE_ROOT"].resolve()
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        if private.is_relative_to(folders[name].resolve()):
            raise ImproperlyConfigured(
                f"PRIVATE_ROOT must lie outside {name}, which everybody can read; it is {str(private)!r}."
            )


def _feeds(folders: dict[str, Path]) -> Path | None:
    """Where agencies lay their files, or None. Their originals, too, are nobody's to fetch, and what is ours is not theirs."""
    if not _text("PICTURE_FEEDS_ROOT"):
        return None
    place = _folder("PICTURE_FEEDS_ROOT", Path("/"))
    for name, folder in folders.items():
        if place.resolve().is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(place.resolve()):
            raise ImproperlyConfigured(f"PICTURE_FEEDS_ROOT must lie outside {name}; it is {str(place)!r}.")
    return place


# ---- what others can reach ----


def _refuse_unsafe(*, debug: bool, demo: bool, private_shops: bool, origin: str, secret: str) -> None:
    """Stop a process that others can reach and that would not be safe for them."""
    if debug:
        raise ImproperlyConfigured(f"DEBUG shows code and settings to everybody; it is refused for {origin}.")
    if demo:
        raise ImproperlyConfigured(f"DEMO shows everybody's mail in an inbox page; it is refused for {origin}.")
    if private_shops:
        raise ImproperlyConfigured(f"PRIVATE_SHOPS lets product links reach inner servers; it is refused for {origin}.")
    if not origin.startswith("https://"):
        raise ImproperlyConfigured(f"ORIGIN must begin with https:// where others can reach the site; it is {origin}.")
    if len(secret) < 50 or len(set(secret)) < 10:
        raise ImproperlyConfigured(
            "SECRET_KEY must be at least 50 random characters. Keep it out of the code, in the environment only."
        )


def _new_secret() -> str:
    from django.core.management.utils import get_random_secret_key

    return get_random_secret_key()


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _identity_keys(place: Path, host: str) -> tuple[str, ...]:
    """The keys under which the identities of confidential sources are kept, the newest first; none: nothing is kept."""
    keys = _keys("IDENTITY_KEYS")
    return keys if keys or host not in LOOPBACK else (_kept(place, "identity-key", _new_key),)


def _address_keys(place: Path, host: str) -> tuple[str, ...]:
    """The keys under which an erased reader's address is remembered, the newest first. Without one nobody could be
    erased for good, so a site that others can reach does not begin."""
    keys = _keys("ADDRESS_KEYS")
    if not keys and host not in LOOPBACK:
        raise ImproperlyConfigured(
            "ADDRESS_KEYS must hold a key: under it an erased reader's address is remembered, so that no import brings them"
            " back. Make one as deploy/README.md says, and keep it with the backups' keys."
        )
    return keys or (_kept(place, "address-key", _new_key),)


def _keys(name: str) -> tuple[str, ...]:
    keys = tuple(key for part in _text(name).split(",") if (key := part.strip()))
    for key in keys:
        try:
            right = len(base64.b64decode(key.encode(), altchars=b"-_", validate=True)) == 32
        except ValueError:
            right = False
        if not right:
            # Never the value: it would stand in the log.
            raise ImproperlyConfigured(
                f"{name} must be keys of 32 random bytes in URL-safe base64 (44 characters), separated by commas."
            )
    return keys


def _kept(place: Path, name: str, new: Callable[[], str]) -> str:
    """A development secret: made once, kept with the owner's rights only, so that a restart changes nothing."""
    path = place / name
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place) as file:
            file.write(new())
            file.flush()
            # Whole or not at all: another process that starts now must not read half of it. Whose is there first counts.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"NEWSROOM_HOME must be a folder that can be written; it is {str(place)!r} ({error.strerror})."
        ) from None
