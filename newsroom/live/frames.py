"""What an open page is sent: server-sent events (HTML standard, 9.2.6). The id of each is the version."""

from __future__ import annotations

import json

from newsroom.live.channel import Message

# An event, not a comment: the page must be able to tell a quiet connection from a dead one.
BEAT = b"event: beat\ndata: 1\n\n"


def event(name: str, version: int, **data: object) -> bytes:
    # JSON has no line ends outside of strings, and none unescaped inside.
    text = json.dumps({"version": version, **data}, ensure_ascii=False, separators=(",", ":"))
    return f"id: {version}\nevent: {name}\ndata: {text}\n\n".encode()


def same(version: int) -> bytes:
    """You show what there is."""
    return event("same", version)


def behind(version: int, digest: str, spread: float) -> bytes:
    """Fetch the state, at some moment of the next ``spread`` seconds, so that not all come at once. digest: of what there
    is by now, UNKNOWN where nobody has looked."""
    return event("behind", version, digest=digest, spread=round(spread, 1))


def gone(version: int, spread: float) -> bytes:
    """Readers see nothing any more; what the address says instead is asked within ``spread`` seconds."""
    return event("gone", version, spread=round(spread, 1))


def change(message: Message) -> bytes:
    assert message.changes is not None
    return event(
        "change",
        message.version,
        before=message.before,
        after=message.after,
        title=message.title,
        **message.changes,
    )
