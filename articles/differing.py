"""What changed from one saved state to another, word by word: fields, lead picture, paragraphs, blocks and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from articles.models import Revision
from newsroom import blocks
from newsroom.blocks import Reference
from newsroom.blocks.plain import as_text
from newsroom.blocks.tree import Node, parse, write

_FIELDS = (
    ("kicker", "Kicker"),
    ("headline", "Headline"),
    ("standfirst", "Standfirst"),
    ("search_title", "Search title"),
    ("search_description", "Search description"),
    ("social_title", "Social title"),
    ("social_description", "Social description"),
)
_TOKEN = re.compile(r"\s+|https?://[^\s)]+|\w+(?:[’'-]\w+)*|.")
_ALIKE = 0.4  # below this likeness two paragraphs are shown whole: a patchwork of single words is harder to read
_LONGEST = 3000  # words of one paragraph; longer ones are compared whole
SET_OTHERWISE = "The same words, set, linked or tied otherwise."

Loaded = Mapping[str, Mapping[int, Any]]


@dataclass(frozen=True)
class Piece:
    """Words of both (kind "same"), of the earlier state alone ("gone") or of the later alone ("new")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One place. place: "Headline", "Picture", or "" for a paragraph. before, after: the whole texts; an empty one was
    added or taken out. note: what words alone do not show."""

    place: str
    before: str
    after: str
    pieces: Sequence[Piece]
    note: str = ""


@dataclass(frozen=True)
class _Line:
    key: str
    html: str
    text: str
    place: str = ""


def load(revisions: Iterable[Revision | None]) -> Loaded:
    """The blocks and lead pictures of ``revisions``, for ``changes``; one query per kind, however many there are."""
    wanted: list[Reference] = []
    for revision in revisions:
        if revision is not None:
            wanted += blocks.references(revision.body)
            wanted += [Reference("image", revision.lead_image_id)] if revision.lead_image_id else []
    return blocks.load(wanted)


def changes(old: Revision | None, new: Revision, loaded: Loaded | None = None) -> list[Change]:
    """What ``new`` says otherwise than ``old`` (None: than an empty page). loaded: of ``load``, of both."""
    loaded = load([old, new]) if loaded is None else loaded
    found = [
        change(name, before, after)
        for field, name in _FIELDS
        if (before := getattr(old, field) if old else "") != (after := getattr(new, field))
    ]
    if (old.lead_image_id if old else None) != new.lead_image_id:
        found.append(change("Lead image", _lead(old, loaded), _lead(new, loaded)))
    before_lines, after_lines = list(_lines(old, loaded)), list(_lines(new, loaded))
    return found + list(_paragraphs(before_lines, after_lines))


def _paragraphs(old: list[_Line], new: list[_Line]) -> Iterator[Change]:
    """Paragraphs of one key are one paragraph, edited; what is left over stands beside each other in its gap."""
    known, later = {line.key: line for line in old}, {line.key for line in new}
    for what, i1, i2, j1, j2 in SequenceMatcher(
        None, [line.key for line in old], [line.key for line in new], autojunk=False
    ).get_opcodes():
        if what == "equal":
            for one, other in zip(old[i1:i2], new[j1:j2], strict=True):
                yield from _edited(one, other)
            continue
        left = [line for line in old[i1:i2] if line.key not in later]
        pairs: dict[str, _Line] = {}
        for line in new[j1:j2]:
            if line.key not in known and left and left[0].place == line.place and _alike(left[0].text, line.text):
                pairs[line.key] = left.pop(0)
        for line in left:
            yield change(line.place, line.text, "")
        for line in new[j1:j2]:
            if (moved := known.get(line.key)) is not None:
                yield Change(line.place, moved.text, line.text, _pieces(moved.text, line.text), "Stands elsewhere now.")
            elif line.key in pairs:
                yield from _edited(pairs[line.key], line)
            else:
                yield change(line.place, "", line.text)


def _edited(one: _Line, other: _Line) -> Iterator[Change]:
    if one.text != other.text:
        yield change(other.place, one.text, other.text)
    elif one.html != other.html:
        yield Change(other.place, one.text, other.text, [Piece("same", other.text)], SET_OTHERWISE)


def change(place: str, before: str, after: str) -> Change:
    """One place whose words are known: what is gone and what is new, word by word."""
    return Change(place, before, after, _pieces(before, after))


def _pieces(before: str, after: str) -> list[Piece]:
    if not before or not after or not _alike(before, after):
        return [Piece(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    made: list[Piece] = []

    def add(kind: str, text: str) -> None:
        if text and made and made[-1].kind == kind:
            made[-1] = Piece(kind, made[-1].text + text)
        elif text:
            made.append(Piece(kind, text))

    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            add("same", "".join(old[i1:i2]))
        else:
            add("gone", "".join(old[i1:i2]))
            add("new", "".join(new[j1:j2]))
    return made


def _alike(before: str, after: str) -> bool:
    old, new = before.split(), after.split()
    if max(len(old), len(new)) > _LONGEST:
        return False
    # A word of a short line more or less: "Gates open" and "Gates close" are the same line, edited.
    return SequenceMatcher(None, old, new, autojunk=False).ratio() >= _ALIKE


def _lead(revision: Revision | None, loaded: Loaded) -> str:
    return _block(Reference("image", revision.lead_image_id), loaded) if revision and revision.lead_image_id else ""


def _block(reference: Reference, loaded: Loaded) -> str:
    """What a block says: its title, and each of its words in the story by name."""
    block, placement = blocks.get(reference.kind), loaded.get(reference.kind, {}).get(reference.id)
    if block is None or placement is None:
        return f"{block.label if block else reference.kind} {reference.id}"
    title = block.title(placement)
    said = [f"{name}: {words}" for name, words in block.published_words(placement).items() if words and words != title]
    return "\n".join([title or f"{block.label} {reference.id}", *said])


def _lines(revision: Revision | None, loaded: Loaded) -> Iterator[_Line]:
    if revision is None:
        return
    nodes = [item for item in parse(revision.body).children if isinstance(item, Node)]
    keys = revision.paragraph_keys if len(set(revision.paragraph_keys)) == len(nodes) else range(len(nodes))
    for key, node in zip(keys, nodes, strict=True):
        if node.is_block:
            reference = Reference(node.attributes["data-block"], int(node.attributes["data-id"]))
            kind = blocks.get(reference.kind)
            place = kind.label if kind else reference.kind
            yield _Line(str(key), write(node), _block(reference, loaded), place)
        elif text := as_text(node, "").strip():
            yield _Line(str(key), write(node), text)
