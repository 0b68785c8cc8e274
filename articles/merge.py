"""Two people's edits of one text become one text, paragraph by paragraph (promises 4 and 5).

Each of three states is a set of fields and a row of paragraphs with keys. What only one side changed is taken from that
side; what both changed alike is taken once; what both changed otherwise is a clash: the result keeps theirs, the clash
carries both, and a person chooses. No word of either side is missing from the result and the clashes together.
"""

from __future__ import annotations

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
    text: Text
    clashes: tuple[Clash, ...]


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
    for key in _order(base, theirs, yours):
        was, their, your = (text.paragraphs.get(key, "") for text in (base, theirs, yours))
        if kept := _one(was, their, your):
            paragraphs[key] = kept
    for key in (*theirs.paragraphs, *(key for key in yours.paragraphs if key not in theirs.paragraphs)):
        was, their, your = (text.paragraphs.get(key, "") for text in (base, theirs, yours))
        if _clash(was, their, your):
            after = "" if key in paragraphs else _before(key, yours.paragraphs, paragraphs)
            clashes.append(Clash(key, was, your, their, after))
    return Merged(Text(fields, paragraphs), tuple(clashes))


def _clash(was: str, their: str, your: str) -> bool:
    return your not in (was, their) and their != was


def _one(was: str, their: str, your: str) -> str:
    """The state to keep: of two changes theirs, which stands saved already."""
    return your if their == was else their


def _order(base: Text, theirs: Text, yours: Text) -> list[str]:
    """Every key of both, in one order: of the side that moved paragraphs, else of theirs; the other side's new ones
    behind the paragraph that they were written behind."""
    shared = set(base.paragraphs) & set(theirs.paragraphs) & set(yours.paragraphs)
    moved = _only(theirs.paragraphs, shared) != _only(base.paragraphs, shared)
    first, second = (theirs, yours) if moved else (yours, theirs)
    order = list(first.paragraphs)
    for key, before in _with_before(second.paragraphs):
        if key not in first.paragraphs:
            order.insert(order.index(before) + 1 if before else 0, key)
    return order


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
