"""Every environment variable, read and typed in one place.

A wrong value stops the process at start with a sentence that names the variable; nothing is read from
the environment anywhere else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE = Path(__file__).resolve().parent.parent
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def home() -> Path:
    """Return the folder for everything that this machine keeps (``NEWSROOM_HOME``, by default ``.newsroom``)."""
    return Path(os.environ.get("NEWSROOM_HOME") or BASE / ".newsroom").resolve()


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The process's settings from outside, checked."""

    home: Path
    debug: bool
    demo: bool
    secret_key: str
    origin: str
    allowed_hosts: tuple[str, ...]
    database_url: str
    redis_url: str
    mail_url: str
    mail_from: str
    mail_bounce_domain: str
    media_root: Path
    private_root: Path
    static_root: Path
    desk_time_zone: str
    proxy_count: int

    @property
    def origin_host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def origin_is_loopback(self) -> bool:
        return self.origin_host in LOOPBACK

    @property
    def origin_is_secure(self) -> bool:
        return self.origin.startswith("https://")


def read() -> Environment:
    """Read the environment.

    Raises:
        ImproperlyConfigured: a variable is missing or cannot be what it says; the message names it.
    """
    env = environ.Env()
    place = home()
    debug = env.bool("DEBUG", default=False)
    demo = env.bool("DEMO", default=False)
    origin = env.str("ORIGIN", default="http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(
            f"ORIGIN must be the site's address, like https://www.example.org; it is {origin!r}."
        )
    demo = env.bool("DEMO", default=False)
    secret = env.str("SECRET_KEY", default="")
    if parts.hostname not in LOOPBACK:
        _refuse_unsafe(debug=debug, demo=demo, origin=origin, secret=secret)
    if not secret:
        secret = _kept_secret(place)
    return Environment(
        home=place,
        debug=debug,
        demo=demo,
        secret_key=secret,
        origin=origin,
        allowed_hosts=tuple(dict.fromkeys([parts.hostname, *env.list("ALLOWED_HOSTS", default=[])])),
        database_url=env.str("DATABASE_URL", default=""),
        redis_url=env.str("REDIS_URL", default=""),
        mail_url=env.str("MAIL_URL", default="smtp://127.0.0.1:1025"),
        mail_from=env.str("MAIL_FROM", default=f"newsroom@{parts.hostname if '.' in parts.hostname else 'localhost'}"),
        mail_bounce_domain=env.str("MAIL_BOUNCE_DOMAIN", default=""),
        media_root=Path(env.str("MEDIA_ROOT", default=str(place / "media"))),
        private_root=Path(env.str("PRIVATE_ROOT", default=str(place / "private"))),
        static_root=Path(env.str("STATIC_ROOT", default=str(place / "static"))),
        desk_time_zone=env.str("DESK_TIME_ZONE", default="Europe/London"),
        proxy_count=env.int("PROXY_COUNT", default=0),
    )


def _refuse_unsafe(*, debug: bool, demo: bool, origin: str, secret: str) -> None:
    """Stop a process that others can reach and that would not be safe for them."""
    if debug:
        raise ImproperlyConfigured(f"DEBUG shows code and settings to everybody; it is refused for {origin}.")
    if demo:
        raise ImproperlyConfigured(f"DEMO shows everybody's mail in an inbox page; it is refused for {origin}.")
    if not origin.startswith("https://"):
        raise ImproperlyConfigured(f"ORIGIN must begin with https:// where others can reach the site; it is {origin}.")
    if len(secret) < 50 or len(set(secret)) < 10:
        raise ImproperlyConfigured(
            "SECRET_KEY must be at least 50 random characters. Keep it out of the code, in the environment only."
        )


def _kept_secret(place: Path) -> str:
    """The development secret: made once, kept with the owner's rights only, so that a restart signs nobody out."""
    path = place / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        from django.core.management.utils import get_random_secret_key

        place.mkdir(parents=True, exist_ok=True)
        made = get_random_secret_key()
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(made)
        except FileExistsError:  # another process was first: use its secret, or the two sign each other's people out
            return path.read_text().strip()
        return made
