"""The paragraphs that notes stand on: what each says now, and where one went that was joined with another, split or
carried to a new place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from articles.models import Revision
from newsroom import blocks

SHOWN = 300  # characters of a paragraph
_RUN = 3  # words: single ones stand everywhere
_ENOUGH = 0.5  # of what the note was written about; less is another paragraph that says something alike
_FRAGMENT = 0.8  # of a paragraph that was split off


@dataclass(frozen=True)
class Place:
    """A paragraph that a note can stand on. number: its place among the body's top-level elements, from 0. words: as
    they are shown, SHOWN characters at most."""

    key: str
    number: int
    words: str
    runs: frozenset[tuple[str, ...]] = field(repr=False, default=frozenset())


def places(revision: Revision) -> list[Place]:
    """The paragraphs of a saved state, in order. A block is named by its kind."""
    found = []
    for number, (element, key) in enumerate(
        zip(blocks.paragraphs.split(revision.body), revision.paragraph_keys, strict=False)
    ):
        words = " ".join(blocks.plain_text(element).split())
        runs = _runs(words)
        if not words:
            block = next((blocks.get(reference.kind) for reference in blocks.references(element)), None)
            words = block.label if block else "An empty line"
        found.append(Place(key, number, words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…", runs))
    return found


def again(stood_on: str, there: Sequence[Place]) -> Place | None:
    """The paragraph in which the words that a note was written about stand now, though under another key: the one that
    has most of them, or the first that is a piece of them; None where they are gone.

    stood_on: cut as ``Place.words`` is.
    """
    wanted = _runs(stood_on.removesuffix("…"))
    if not wanted:
        return None
    best: tuple[float, Place] | None = None
    for place in there:
        if not (shared := len(wanted & place.runs)):
            continue
        share = shared / len(wanted)
        piece = len(place.runs) > 1 and shared / len(place.runs) >= _FRAGMENT
        if (share >= _ENOUGH or piece) and (best is None or share > best[0]):
            best = share, place
    return best[1] if best else None


def _runs(words: str) -> frozenset[tuple[str, ...]]:
    """All runs of _RUN words; a shorter text is one run."""
    one_by_one = [word for word in (part.strip(".,;:!?‘’“”\"'()…").casefold() for part in words.split()) if word]
    if not one_by_one:
        return frozenset()
    return frozenset(tuple(one_by_one[n : n + _RUN]) for n in range(max(1, len(one_by_one) - _RUN + 1)))
