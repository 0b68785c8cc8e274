"""Two people's edits of one text become one text, paragraph by paragraph (promises 4 and 5).

Each of three states is a set of fields and a row of paragraphs with keys. What only one side changed is taken from that
side; what both changed alike is taken once; what both changed otherwise is a clash: the result keeps theirs, the clash
carries both, and a person chooses. No word of either side is missing from the result and the clashes together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsroom import blocks

FIELDS = (
    "headline",
    "kicker",
    "standfirst",
    "lead_image",
    "search_title",
    "search_description",
    "social_title",
    "social_description",
)


@dataclass(frozen=True)
class Text:
    """One state. fields: FIELDS name -> value ("" where there is none; lead_image: the placement's number).
    paragraphs: key -> HTML of one top-level element, in order."""

    fields: Mapping[str, str]
    paragraphs: Mapping[str, str]

    @property
    def body(self) -> str:
        return "\n".join(self.paragraphs.values())


@dataclass(frozen=True)
class Clash:
    """What both changed, each in another way.

    place: a name of FIELDS, or the key of a paragraph. after: the key of the paragraph that it stands behind in the
    result ("" at the top); only for one that theirs took out. An empty side took it out.
    """

    place: str
    base: str
    yours: str
    theirs: str
    after: str = ""


@dataclass(frozen=True)
class Merged:
    """order_lost: both moved paragraphs, and theirs stand in your order now."""

    text: Text
    clashes: tuple[Clash, ...]
    order_lost: bool = False


def text_of(fields: Mapping[str, str], body: str, keys: Sequence[str]) -> Text:
    """A state from its cleaned body and one key per top-level element. Raises ValueError when their numbers differ."""
    return Text(dict(fields), dict(zip(keys, blocks.paragraphs.split(body), strict=True)))


def merge(base: Text, theirs: Text, yours: Text) -> Merged:
    """Take ``yours`` into ``theirs``; both were written on from ``base``, whose paragraphs keep their keys in both."""
    clashes: list[Clash] = []
    fields: dict[str, str] = {}
    for name in FIELDS:
        was, their, your = (text.fields.get(name, "") for text in (base, theirs, yours))
        fields[name] = _one(was, their, your)
        if _clash(was, their, your):
            clashes.append(Clash(name, was, your, their))

    paragraphs = {}
    order, order_lost = _order(base, theirs, yours)
    for key in order:
        was, their, your = (text.paragraphs.get(key, "") for text in (base, theirs, yours))
        if kept := _one(was, their, your):
            paragraphs[key] = kept
    for key in (*theirs.paragraphs, *(key for key in yours.paragraphs if key not in theirs.paragraphs)):
        was, their, your = (text.paragraphs.get(key, "") for text in (base, theirs, yours))
        if _clash(was, their, your):
            after = "" if key in paragraphs else _before(key, yours.paragraphs, paragraphs)
            clashes.append(Clash(key, was, your, their, after))
    return Merged(Text(fields, paragraphs), tuple(clashes), order_lost)


def _clash(was: str, their: str, your: str) -> bool:
    return your not in (was, their) and their != was


def _one(was: str, their: str, your: str) -> str:
    """The state to keep: of two changes theirs, which stands saved already."""
    return your if their == was else their


def _order(base: Text, theirs: Text, yours: Text) -> tuple[list[str], bool]:
    """Every key of both, in one order, and whether it takes back what theirs had moved. New ones of either side stand
    behind the paragraph that they were written behind."""
    shared = set(base.paragraphs) & set(theirs.paragraphs) & set(yours.paragraphs)
    was, their, your = (_only(text.paragraphs, shared) for text in (base, theirs, yours))
    lost = False
    if their == was:
        order = list(yours.paragraphs)
    elif your in (was, their):
        order = list(theirs.paragraphs)
    else:
        tried = (_rearranged(was, their, your), _rearranged(was, your, their))
        both = next((one for one in tried if _keeps(was, their, one) and _keeps(was, your, one)), None)
        order, lost = (list(yours.paragraphs), True) if both is None else (both, False)
    for side in (yours, theirs):
        for key, before in _with_before(side.paragraphs):
            if key not in order:
                order.insert(order.index(before) + 1 if before else 0, key)
    return order, lost


def _rearranged(was: Sequence[str], first: Sequence[str], then: Sequence[str]) -> list[str]:
    """What ``first`` made of ``was``, with those keys that ``then`` moved each behind the key that they follow there."""
    moved = set(then) - set(_stayed(was, then))
    order = [key for key in first if key not in moved]
    for key, before in _with_before(then):
        if key in moved:
            order.insert(order.index(before) + 1 if before else 0, key)
    return order


def _stayed(was: Sequence[str], now: Sequence[str]) -> list[str]:
    """The most keys of ``now`` that stand as they did, one behind the other: all others were moved."""
    place = {key: number for number, key in enumerate(was)}
    ends: list[int] = []  # of the rows of each length that can still grow, the smallest last place
    last: list[str] = []
    before: dict[str, str] = {}
    for key in now:
        at = bisect_left(ends, place[key])
        before[key] = last[at - 1] if at else ""
        ends[at : at + 1] = [place[key]]
        last[at : at + 1] = [key]
    row: list[str] = []
    key = last[-1] if last else ""
    while key:
        row.append(key)
        key = before[key]
    return row[::-1]


def _keeps(was: Sequence[str], side: Sequence[str], order: Sequence[str]) -> bool:
    """Whether any two that ``side`` turned round stand so in ``order``."""
    old, new = ({key: number for number, key in enumerate(keys)} for keys in (was, order))
    return all(
        new[one] < new[other]
        for number, one in enumerate(side)
        for other in side[number + 1 :]
        if old[one] > old[other]
    )


def _only(keys: Iterable[str], wanted: set[str]) -> list[str]:
    return [key for key in keys if key in wanted]


def _with_before(keys: Iterable[str]) -> Iterable[tuple[str, str]]:
    before = ""
    for key in keys:
        yield key, before
        before = key


def _before(key: str, keys: Iterable[str], standing: Mapping[str, str]) -> str:
    """The nearest paragraph in front of ``key`` that stands in the result."""
    found = ""
    for one in keys:
        if one == key:
            return found
        if one in standing:
            found = one
    return found
