"""Stable keys for the top-level elements of a body. They lie beside it in the revision; merge, notes, presence and the
live channel all speak of "that paragraph" by its key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from difflib import SequenceMatcher

from newsroom.blocks.tree import Node, parse, write

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ALIKE = 0.5
"""From this likeness on, a changed element in the place of another is the same paragraph, edited."""

_ALL_PAIRS, _REACH = 2500, 12


def split(html: str) -> list[str]:
    """The top-level elements of a cleaned body, in order; joined with line ends they are the body again."""
    return [write(child) for child in parse(html).children if isinstance(child, Node)]


def new_key() -> str:
    """Eight letters and figures: 32 ** 8 of them, so no two in one story are alike."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def keys(old_html: str, old_keys: Sequence[str], new_html: str) -> list[str]:
    """One key for each top-level element of ``new_html``, carried over from ``old_html`` by alignment.

    Unchanged elements keep their key, also when others come, go or change around them; an element edited in its place
    keeps it; a new one gets a new one. Keys are unique. ``old_keys`` belong to ``old_html`` one by one; when there are
    too few or doubled ones, the elements concerned count as having none.
    """
    old, new = split(old_html), split(new_html)
    known = _sound(old_keys, len(old))
    given: list[str | None] = [None] * len(new)
    before, after = [_plain(element) for element in old], [_plain(element) for element in new]
    gaps: list[tuple[int, int, int, int]] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            for offset in range(i2 - i1):
                given[j1 + offset] = known[i1 + offset]
        else:
            gaps.append((i1, i2, j1, j2))
    left_old = {i for i1, i2, _, _ in gaps for i in range(i1, i2)}
    left_new = {j for _, _, j1, j2 in gaps for j in range(j1, j2)}
    for i1, i2, j1, j2 in gaps:
        _pair_edited(before, after, range(i1, i2), range(j1, j2), known, given, left_old, left_new)
    _pair_moved(before, after, known, given, left_old, left_new)
    return _complete(given)


def _sound(old_keys: Sequence[str], length: int) -> list[str | None]:
    seen: set[str] = set()
    sound: list[str | None] = []
    for key in list(old_keys)[:length]:
        sound.append(key if isinstance(key, str) and key and key not in seen else None)
        seen.add(key if isinstance(key, str) else "")
    return sound + [None] * (length - len(sound))


def _plain(element: str) -> str:
    """What two elements are compared by: the words and the tag, not the marks inside. A block is its own markup."""
    node = parse(element).children[0]
    if not isinstance(node, Node) or node.is_block:
        return element
    return f"{node.tag}:{' '.join(node.text().split())}"


def _pair_edited(
    before: list[str],
    after: list[str],
    old: range,
    new: range,
    known: list[str | None],
    given: list[str | None],
    left_old: set[int],
    left_new: set[int],
) -> None:
    """Within one gap, in order: the most alike pairs first, none crossing another."""
    pairs = [
        (likeness, i, j)
        for i in old
        for j in _near(i, old, new)
        if (likeness := _likeness(before[i], after[j])) >= _ALIKE
    ]
    if not pairs and len(old) == len(new) == 1 and _same_sort(before[old[0]], after[new[0]]):
        pairs = [(1.0, old[0], new[0])]  # one element between two unchanged ones, written anew
    taken: list[tuple[int, int]] = []
    for _, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if all((i < a) == (j < b) and i != a and j != b for a, b in taken):
            taken.append((i, j))
            given[j] = known[i]
            left_old.discard(i)
            left_new.discard(j)


def _near(i: int, old: range, new: range) -> range:
    """The elements of a gap that ``i`` is compared with: all of a small one; of a large one those at about its height,
    or a rewritten long story would cost a hundred thousand comparisons inside a save."""
    if len(old) * len(new) <= _ALL_PAIRS:
        return new
    middle = new.start + (i - old.start) * len(new) // len(old)
    return range(max(new.start, middle - _REACH), min(new.stop, middle + _REACH))


def _pair_moved(
    before: list[str],
    after: list[str],
    known: list[str | None],
    given: list[str | None],
    left_old: set[int],
    left_new: set[int],
) -> None:
    """What went in one place and came in another, word for word, was moved."""
    by_text: dict[str, list[int]] = {}
    for i in sorted(left_old):
        by_text.setdefault(before[i], []).append(i)
    for j in sorted(left_new):
        if by_text.get(after[j]):
            given[j] = known[by_text[after[j]].pop(0)]


def _same_sort(one: str, other: str) -> bool:
    """Text and text, or two blocks of one kind."""
    return one.split(" data-id")[0] == other.split(" data-id")[0] if "<div" in (one[:4], other[:4]) else True


def _likeness(one: str, other: str) -> float:
    """0 to 1. Blocks: the same kind with another id is an edited block (a new placement), another kind is not."""
    if one.startswith("<div") or other.startswith("<div"):
        return 0.9 if one.split(" data-id")[0] == other.split(" data-id")[0] else 0.0
    matcher = SequenceMatcher(None, one.split(" "), other.split(" "), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0


def _complete(given: list[str | None]) -> list[str]:
    used = {key for key in given if key}
    done: list[str] = []
    for key in given:
        while not key:
            candidate = new_key()
            key = candidate if candidate not in used else None
        used.add(key)
        done.append(key)
    return done
