"""The one Redis channel on which the processes hear of each other's news. What gets lost here is only late (``hub``)."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings

from newsroom.impatient import redis_at

log = logging.getLogger(__name__)

UNKNOWN = "?"  # a state that nobody has looked at yet
ALL = b"all"  # a message to every process: so much changed that each asks for what it has open
LARGEST = 16_384  # bytes of changes that are sent to open pages; larger ones are fetched


@dataclass(frozen=True, slots=True)
class Message:
    """A topic's state became another.

    before, after: the states' digests; after "": readers see nothing any more; UNKNOWN: look for yourself. changes: of ``parts.Changes``; None where
    the page must fetch the whole state.
    """

    topic: str
    version: int
    before: str = ""
    after: str = ""
    title: str = ""
    changes: dict[str, Any] | None = None


def name(url: str) -> str:
    """The channel's name. Redis has one space of channels for all its databases: the number keeps two sites apart."""
    return f"live:{urlsplit(url).path.strip('/') or '0'}"


def tell(message: Message) -> None:
    """Send a message to every process. Never raises: it is called when the change is committed already."""
    try:
        redis_at(settings.REDIS_URL).publish(name(settings.REDIS_URL), dump(message))
    except redis.RedisError as error:
        log.warning("Redis is away (%s); open pages hear of %s a little later.", error, message.topic)


def tell_all() -> None:
    """Have every process ask for the versions of what it has open. Never raises."""
    try:
        redis_at(settings.REDIS_URL).publish(name(settings.REDIS_URL), ALL)
    except redis.RedisError as error:
        log.warning("Redis is away (%s); open pages hear a little later.", error)


def processes() -> int:
    """How many processes hear the channel. Raises ``redis.RedisError``."""
    (_, number), *_ = redis_at(settings.REDIS_URL).pubsub_numsub(name(settings.REDIS_URL))
    return int(number)


def dump(message: Message) -> bytes:
    changed = message.changes
    fields = [message.topic, message.version, message.before, message.after, message.title, changed]
    raw = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return raw if len(raw) <= LARGEST else json.dumps([*fields[:5], None]).encode()


def load(raw: bytes) -> Message | None:
    """Read what ``dump`` wrote; None for anything else (another release's form)."""
    try:
        topic, version, before, after, title, changed = json.loads(raw)
    except (ValueError, TypeError):
        return None
    words = all(isinstance(one, str) for one in (topic, before, after, title))
    whole = changed is None or (isinstance(changed, dict) and {"gone", "put"} <= changed.keys())
    if not (words and whole and isinstance(version, int)):
        return None
    return Message(topic, version, before, after, title, changed)
