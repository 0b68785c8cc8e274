"""What waits, in words that can be shown: no address in full, no name from the inside where there is a better one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from newsroom import mail, outbox
from newsroom.outbox.models import Effect

SHOWN = 100  # of each list
MOST_COUNTED = 99
LONGEST_ERROR = 400  # characters of what a failure said

_ADDRESS = re.compile(r"([^\s<>\"'@(),;:=]+)@([A-Za-z0-9.-]+)")


@dataclass(frozen=True)
class Work:
    """One piece of follow-up work that failed. ``what``: what had to be done; ``after``: what it followed from."""

    pk: int
    what: str
    after: str
    name: str
    subject: str
    at: datetime
    failed_at: datetime
    tries: int
    error: str


@dataclass(frozen=True)
class Uncertain:
    """One letter of which nobody knows. ``to`` is masked."""

    pk: int
    to: str
    subject: str
    written_at: datetime
    known: str


@dataclass(frozen=True)
class Outage:
    """The mail server takes nothing of ours: how many letters wait, since when, and what it last said."""

    letters: int
    since: datetime
    said: str


def work() -> list[Work]:
    """The newest ``SHOWN`` pieces of work that failed every time."""
    return [row(effect) for effect in outbox.dead_letters()[:SHOWN]]


def row(effect: Effect) -> Work:
    """``effect`` with its event loaded."""
    assert effect.dead_at is not None
    return Work(
        pk=effect.pk,
        what=outbox.does(effect.handler) or in_words(effect.handler),
        after=in_words(effect.event.kind),
        name=effect.handler,
        subject=facts(effect.event.payload),
        at=effect.event.at,
        failed_at=effect.dead_at,
        tries=effect.attempts,
        error=masked(effect.last_error)[:LONGEST_ERROR],
    )


def letters() -> list[Uncertain]:
    """The newest ``SHOWN`` uncertain letters."""
    return [
        Uncertain(letter.pk, masked(letter.to), masked(letter.subject), letter.created_at, masked(letter.answer))
        for letter in mail.uncertain()[:SHOWN]
    ]


def outage(at: datetime) -> Outage | None:
    """Whether letters have waited a while for a mail server that takes none."""
    waiting = mail.stuck(at)
    oldest = waiting.first()
    if oldest is None:
        return None
    return Outage(waiting.count(), oldest.created_at, masked(oldest.answer)[:LONGEST_ERROR])


def count() -> int:
    """How much waits, in one query; never more than ``MOST_COUNTED`` + 1 of a kind. An outage counts as one thing."""
    rows: QuerySet[Any, Any] = outbox.dead_letters().order_by().values_list("pk")[: MOST_COUNTED + 1]
    unsure = mail.uncertain().order_by().values_list("pk")[: MOST_COUNTED + 1]
    waiting = mail.stuck(timezone.now()).order_by().values_list("pk")[:1]
    return rows.union(unsure, waiting, all=True).count()


def masked(text: str) -> str:
    """``text`` with each address in it cut down to its first letter and its domain: "a…@example.org"."""
    return _ADDRESS.sub(lambda found: f"{found[1][0]}…@{found[2]}", text)


def in_words(name: str) -> str:
    """A name of the code as a person reads it: "newsletters.hold-embargoed" is "Newsletters: hold embargoed".
    For what no process of this release does any more, and for the kinds of events."""
    room, _, what = name.partition(".")
    said = " ".join(re.split(r"[-_.]+", what))
    return f"{room.capitalize()}: {said}" if said else room.capitalize()


def facts(payload: Mapping[str, Any]) -> str:
    """An event's facts, ids and short words, in one line: "story 12, revision 40"."""
    return masked(", ".join(f"{name.removesuffix('_id').replace('_', ' ')} {value}" for name, value in payload.items()))
