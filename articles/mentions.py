"""Names after an @ in a note: who is meant, among those who may read the story."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from articles.access import READERS_OF_DRAFTS
from newsroom.accounts.models import Person

# Not inside a word: "alice@example.org" names nobody.
_AT = re.compile(r"(?<![\w.@])@(?=\w)")
_FIRST_WORD = re.compile(r"[\w'’‘ʼ.-]*[\w]")
# A keyboard types one, house style and telephones set another: O'Neil is O’Neil. One letter for one, so that places hold.
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))


@dataclass(frozen=True)
class Found:
    """What the @s of some words mean.

    Attributes:
        people: who is named, each once, in the order of the words.
        spans: where each name stands, from the @ to its end.
        unknown: what was written after an @ that names nobody here.
    """

    people: tuple[Person, ...]
    spans: tuple[tuple[int, int], ...]
    unknown: tuple[str, ...]


def readers() -> QuerySet[Person]:
    """Everybody at the desk who may read stories in the making: nobody else can be named. One query."""
    here = Person.objects.filter(is_active=True, joined_at__isnull=False)
    return here.filter(roles__overlap=list(READERS_OF_DRAFTS)).order_by("name", "pk")


def find(words: str, people: Iterable[Person]) -> Found:
    """Read the names after each @ in ``words``: a whole name, whatever its case; or a first name that only one has.

    Of two people of one name both are meant: the note cannot say which, and one too many hurts less than one too few.
    """
    known = sorted(people, key=lambda one: -len(one.name))
    named: dict[int, Person] = {}
    spans: list[tuple[int, int]] = []
    unknown: list[str] = []
    for mark in _AT.finditer(words):
        start = mark.end()
        length, meant = _whole_name(words, start, known)
        if not meant:
            length, meant = _first_name(words, start, known)
        if not meant:
            unknown.append(words[start : start + length])
            continue
        spans.append((mark.start(), start + length))
        named.update((one.pk, one) for one in meant)
    return Found(tuple(named.values()), tuple(spans), tuple(dict.fromkeys(unknown)))


def _whole_name(words: str, start: int, known: Sequence[Person]) -> tuple[int, list[Person]]:
    for one in known:  # the longest first: "Ann Lee" must not be found in "Ann Leeds"
        end = start + len(one.name)
        if _same(words[start:end], one.name) and not words[end : end + 1].isalnum():
            return len(one.name), [other for other in known if _same(other.name, one.name)]
    return 0, []


def _first_name(words: str, start: int, known: Sequence[Person]) -> tuple[int, list[Person]]:
    match = _FIRST_WORD.match(words, start)
    written = match.group() if match else ""
    meant = [one for one in known if one.name.split()[:1] and _same(one.name.split()[0], written)]
    return len(written), meant if len(meant) == 1 else []


def _same(one: str, other: str) -> bool:
    return one.translate(_APOSTROPHES).casefold() == other.translate(_APOSTROPHES).casefold()
