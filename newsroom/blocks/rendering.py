"""Writes a stored body for readers, mail, feed, plain text or the desk. Collects the blocks, loads each kind once,
writes: a body of any length costs one query per kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from newsroom.blocks import registry
from newsroom.blocks.cleaning import clean
from newsroom.blocks.contract import Block, PageContext, Problem, Reference, Target
from newsroom.blocks.plain import as_text
from newsroom.blocks.reading import references
from newsroom.blocks.tree import Node, parse, write

# A published body is written again and again: for its page, for pages that are open, for feeds and letters.
_cleaned = lru_cache(maxsize=32)(clean)
_TAG = re.compile(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_PATH_ATTRIBUTE = re.compile(r"""(\s(?:href|src|action|poster)\s*=\s*["'])/(?!/)""", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<[a-z][a-z0-9-]*")
_SRCSET = re.compile(r"""(\ssrcset\s*=\s*)(["'])([^"']*)\2""", re.IGNORECASE)


@dataclass(frozen=True)
class Rendered:
    """html: safe to print (for Target.TEXT it is plain text). pieces: the same by the keys of its paragraphs, those that
    show nothing left out; none where no keys were given. tags: the page tags it stands on."""

    html: SafeString
    pieces: tuple[tuple[str, str], ...]
    tags: frozenset[str]


def render(
    html: str,
    target: Target,
    *,
    at: datetime,
    page: PageContext,
    link_rel: Callable[[str], str] | None = None,
    loaded: Mapping[str, Mapping[int, Any]] | None = None,
    keys: Sequence[str] | None = None,
    anchors: Mapping[int, str] | None = None,
) -> Rendered:
    """Write a body.

    html: a stored body; it is cleaned again, so that one stored under an older list leaves clean too.
    at: the moment that rights, prices and embargoes are asked for. page: where it is going to stand.
    link_rel: address -> value of rel for a link in the running text ("" for none).
    loaded: placements that the caller has already, by kind and id (``load`` for several bodies at once, as a feed does).
        A kind that is named there is not asked for again, so it must hold all of the body's.
    keys: of the body's top-level elements, in order: each element then carries its own as ``data-key``. One that has none
        (of an older body) is known by its place.
    anchors: number of a top-level element, from 0 -> the id that it gets. Not of blocks: they write their own.
    """
    html = _cleaned(html)
    placements = {**_load(html, known=loaded or ()), **(loaded or {})}
    writer = _Writer(target, at, page, link_rel or (lambda address: ""), placements)
    root = parse(html)
    if anchors:
        for number, element in enumerate(child for child in root.children if isinstance(child, Node)):
            if number in anchors and not element.is_block:
                element.attributes["id"] = anchors[number]
    parts = writer.body(root)
    pieces = _keyed(parts, keys) if keys is not None else ()
    written = [piece for _, piece in pieces] if pieces else [part for part in parts if part.strip()]
    return Rendered(
        mark_safe(("\n\n" if target is Target.TEXT else "\n").join(written)),  # noqa: S308  cleaned text and autoescaped templates
        pieces,
        frozenset(writer.tags),
    )


def _keyed(parts: Sequence[str], keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The parts that show something, each with its key, and with the key in its first tag."""
    found = []
    taken = set()
    for place, part in enumerate(parts):
        key = keys[place] if place < len(keys) and keys[place] not in taken else f"at-{place}"
        taken.add(key)
        if tag := _FIRST_TAG.match(part):
            found.append((key, f'{tag[0]} data-key="{escape(key)}"{part[tag.end() :]}'))
    return tuple(found)


def problems(html: str, *, at: datetime) -> list[Problem]:
    """What the publish checks of every block in ``html`` say at that time. One query per kind."""
    html = clean(html)
    return list(_problems(html, _load(html), at))


def tags(html: str) -> set[str]:
    """The page tags of every block in ``html``. One query per kind."""
    found: set[str] = set()
    for kind, placements in _load(html).items():
        block = registry.get(kind)
        for placement in placements.values():
            found |= block.tags(placement) if block else set()
    return found


def card(kind: str, placement_id: int, placement: Any, *, at: datetime, page: PageContext) -> SafeString:
    """The inside of one block's card at the desk; ``placement`` None writes the box for what is missing."""
    found = {} if placement is None else {placement_id: placement}
    writer = _Writer(Target.DESK, at, page, lambda address: "", {kind: found})
    return mark_safe(writer.block(kind, placement_id))  # noqa: S308  autoescaped templates


def load(wanted: Iterable[Reference]) -> dict[str, Mapping[int, Any]]:
    """The placements of these blocks by kind and id, for ``render``'s ``loaded``. One query per kind."""
    ids: dict[str, set[int]] = {}
    for reference in wanted:
        ids.setdefault(reference.kind, set()).add(reference.id)
    return {kind: block.load(ids[kind]) for kind in ids if (block := registry.get(kind)) is not None}


def _load(html: str, *, known: Container[str] = ()) -> dict[str, Mapping[int, Any]]:
    return load(reference for reference in references(html) if reference.kind not in known)


def _problems(html: str, placements: Mapping[str, Mapping[int, Any]], at: datetime) -> list[Problem]:
    found: list[Problem] = []
    for reference in dict.fromkeys(references(html)):
        block = registry.get(reference.kind)
        placement = placements.get(reference.kind, {}).get(reference.id)
        if block is None:
            found.append(
                Problem(f"A block of the unknown kind “{reference.kind}” stands in the text.", True, *_of(reference))
            )
        elif placement is None:
            found.append(Problem(f"{block.label} {reference.id} no longer exists.", True, *_of(reference)))
        else:
            found += [replace(problem, kind=reference.kind, id=reference.id) for problem in block.checks(placement, at)]
    return found


def _of(reference: Reference) -> tuple[str, int]:
    return reference.kind, reference.id


class _Writer:
    def __init__(
        self,
        target: Target,
        at: datetime,
        page: PageContext,
        link_rel: Callable[[str], str],
        placements: Mapping[str, Mapping[int, Any]],
    ) -> None:
        self.target, self.at, self.page, self.link_rel, self.placements = target, at, page, link_rel, placements
        self.tags: set[str] = set()
        self.seen: set[str] = set()

    def body(self, root: Node) -> list[str]:
        """What each top-level element becomes, in order; "" for a block that shows nothing."""
        parts: list[str] = []
        for item in root.children:
            if not isinstance(item, Node) and not item.strip():
                continue
            if isinstance(item, Node) and item.is_block:
                parts.append(self.block(item.attributes["data-block"], int(item.attributes["data-id"])))
            elif self.target is Target.TEXT:
                parts.append(as_text(item, self.page.base_url))
            else:
                parts.append(self.element(item))
        return parts

    def element(self, item: Node | str) -> str:
        if isinstance(item, Node):
            for node in item.walk():
                self.dress(node)
        return write(item)

    def dress(self, node: Node) -> None:
        """What is never stored is added on the way out."""
        if node.tag == "q":
            node.attributes = {}  # the ledger's ids are the desk's business (domain 12)
        elif node.tag == "a":
            address = node.attributes.get("href", "")
            rel = self.link_rel(address)
            if rel:
                node.attributes["rel"] = rel
            if self.target.needs_absolute_addresses and address.startswith("/"):
                node.attributes["href"] = self.page.base_url + address

    def block(self, kind: str, number: int) -> str:
        block = registry.get(kind)
        placement = self.placements.get(kind, {}).get(number)
        if block is None or placement is None:
            return self.unknown(block, kind, number)
        # A block that may not be shown now leaves its tags all the same: the purge that allows it must find the page.
        self.tags |= block.tags(placement)
        allowed = block.allowed(placement, self.at, self.target)
        if not allowed and self.target.for_readers:
            return ""
        context = {
            **block.context(placement, self.target, self.at),
            "placement": placement,
            "kind": kind,
            "id": number,
            "page": self.page,
            "target": self.target.value,
            "at": self.at,
            "first": kind not in self.seen,
            "allowed": allowed,
        }
        self.seen.add(kind)
        suffix = "txt" if self.target is Target.TEXT else "html"
        written = render_to_string(f"blocks/{kind}/{self.target.value}.{suffix}", context, using="public").strip()
        return absolute(written, self.page.base_url) if self.target.needs_absolute_addresses else written

    def unknown(self, block: Block | None, kind: str, number: int) -> str:
        if self.target.for_readers:
            return ""
        context = {"label": block.label if block else "", "kind": kind, "id": number}
        return render_to_string("blocks/_unknown/desk.html", context, using="public").strip()


def absolute(html: str, base_url: str) -> str:
    """``html`` of our own templates with every path in an address attribute made absolute."""

    def candidates(value: str) -> str:
        each = (part.strip() for part in value.split(","))
        return ", ".join(
            base_url + part if part.startswith("/") and not part.startswith("//") else part for part in each
        )

    def mend(match: re.Match[str]) -> str:
        tag = _PATH_ATTRIBUTE.sub(lambda found: f"{found[1]}{base_url}/", match[0])
        return _SRCSET.sub(lambda found: f"{found[1]}{found[2]}{candidates(found[3])}{found[2]}", tag)

    return _TAG.sub(mend, html)


__all__ = ["Rendered", "absolute", "card", "load", "problems", "render", "tags"]
