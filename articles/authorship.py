"""Who wrote what of a draft's changes, word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from articles.models import Revision
from newsroom.blocks.tree import Node, parse, start_tag, write

_FIELDS = (
    "kicker",
    "headline",
    "standfirst",
    "search_title",
    "search_description",
    "social_title",
    "social_description",
)
_LONG = 5000
"""Words. Beyond it common words anchor no comparison, or a pasted list of a hundred thousand would hold up the screen."""
_RUN = 3
"""Words in a row that count as kept. Two texts on one subject share "of the" and "and" all over: a story written anew
would count as a fifth its first author's."""


@dataclass(eq=False, slots=True)
class Word:
    """One word where it stands. by: who put it there; None: it stood there before."""

    text: str
    by: int | None


@dataclass(frozen=True)
class _Unit:
    """A paragraph, a block, or one of the fields. Equal units are one piece of writing, wherever they stand."""

    place: str
    html: str


@dataclass
class _State:
    """What one revision says: its units, and the words of each."""

    units: dict[_Unit, list[Word]] = field(default_factory=dict)

    def words(self) -> set[Word]:
        return {word for words in self.units.values() for word in words}


def shares(
    base: Revision | None, steps: Iterable[tuple[int | None, Revision]], *, known: Revision | None = None
) -> Counter[int]:
    """How many words of the difference between ``base`` and the last step each person put in or took out.

    base: what the changes are counted from; None for an empty page. steps: (person's id, what it said when they had
    done), in order; None for a step that was nobody's. known: other words that nobody wrote anew if they come back (what readers see now).

    A word is whose who put it there last. A paragraph that returns as it was, or moves, keeps its writers: taking words
    out and back in makes nobody their author. Paragraph keys are not asked, because a paragraph split in two would
    count as one half taken out and one written anew. A link, a tie to a source, a heading and a block count as one word
    each; a word of the base that was replaced counts twice, once out and once in; one or two words left standing between
    new ones count as new.
    """
    seen: dict[_Unit, list[Word]] = {}
    if known is not None:
        _write(_State(), known, None, seen)
    state = _write(_State(), base, None, seen) if base is not None else _State()
    before = state.words()
    taken: dict[Word, int | None] = {}
    for person, revision in steps:
        state = _write(state, revision, person, seen)
        left = before - state.words()
        taken = {word: taken.get(word, person) for word in left}
    written = Counter(word.by for word in state.words() if word.by is not None)
    return written + Counter(person for person in taken.values() if person is not None)


def _write(state: _State, revision: Revision, person: int | None, seen: dict[_Unit, list[Word]]) -> _State:
    """The state after ``person`` made it say what ``revision`` says; ``seen`` learns every new unit."""
    units = list(_units(revision))
    now, new = _State(), {}
    for unit, tokens in units:
        if unit in seen:
            now.units[unit] = seen[unit]
        else:
            new[unit] = tokens
            now.units[unit] = []  # keeps its place; filled below
    for place in dict.fromkeys(unit.place for unit in new):
        old = [
            word
            for unit, words in state.units.items()
            if unit.place == place and unit not in now.units
            for word in words
        ]
        fresh = _compare(
            old, [token for unit, tokens in new.items() if unit.place == place for token in tokens], person
        )
        at = 0
        for unit, tokens in new.items():
            if unit.place == place:
                seen[unit] = now.units[unit] = fresh[at : at + len(tokens)]
                at += len(tokens)
    return now


def _compare(old: Sequence[Word], tokens: Sequence[str], person: int | None) -> list[Word]:
    """The words for ``tokens``: those of ``old`` where they stand there still, new ones of ``person`` elsewhere."""
    was = [word.text for word in old]
    head = 0
    while head < min(len(was), len(tokens)) and was[head] == tokens[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(tokens)) - head and was[-1 - tail] == tokens[-1 - tail]:
        tail += 1
    before, after = was[head : len(was) - tail], tokens[head : len(tokens) - tail]
    fresh = [Word(token, person) for token in tokens]
    fresh[:head] = old[:head]
    if tail:
        fresh[-tail:] = old[-tail:]
    matcher = SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > _LONG)
    for i, j, length in matcher.get_matching_blocks():
        if length < _RUN:
            continue
        fresh[head + j : head + j + length] = old[head + i : head + i + length]
    return fresh


def _units(revision: Revision) -> Iterator[tuple[_Unit, list[str]]]:
    for name in _FIELDS:
        if text := getattr(revision, name):
            yield _Unit(name, text), text.split()
    if revision.lead_image_id:
        yield _Unit("lead_image", str(revision.lead_image_id)), [f"image {revision.lead_image_id}"]
    for item in parse(revision.body).children:
        if isinstance(item, Node):
            yield _Unit("body", write(item)), list(_tokens(item))


def _tokens(item: Node | str) -> Iterator[str]:
    if isinstance(item, str):
        yield from item.split()
        return
    if item.tag not in ("p", "br"):
        yield start_tag(item)
    for child in item.children:
        yield from _tokens(child)
