"""Both texts of a clash as somebody compares them: the words that differ marked, a block or lead picture as its card, and
in words what marked words do not show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from articles import ledger, merge
from articles.desk.clash import marked
from newsroom import blocks
from newsroom.blocks import Reference
from newsroom.blocks.tree import Node, parse
from newsroom.wording import quoted

_INLINE = {
    "strong": "is bold",
    "em": "is in italics",
    "s": "is struck through",
    "sub": "is set low",
    "sup": "is set high",
}
_WHOLE = {
    "h2": "Set as a heading.",
    "h3": "Set as a smaller heading.",
    "h4": "Set as the smallest heading.",
    "ul": "Set as a list.",
    "ol": "Set as a numbered list.",
    "blockquote": "Set as a quotation.",
    "table": "Set as a table.",
    "p": "Set as plain text.",
}
_NOTHING = SafeString()


@dataclass(frozen=True)
class Both:
    """A clash's place and its two texts: HTML of a paragraph, the words of a field, the number of a lead picture."""

    place: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class Side:
    """One of the two. words: "" where it took the place out, or is a block. card: of a block. otherwise: sentences on
    what this side has and the other has not, beyond its words."""

    words: SafeString = _NOTHING
    card: SafeString = _NOTHING
    otherwise: Sequence[str] = ()


def sides(pairs: Iterable[Both], *, at: datetime, sourcing: bool) -> list[tuple[Side, Side]]:
    """Each pair as it is shown. One query for each kind of block in them, two where they tie words to the ledger.

    sourcing: whoever looks reads the ledger: a tie is named by who said it.
    """
    both = list(pairs)
    texts = [(one.place, said) for one in both for said in (one.yours, one.theirs) if said]
    loaded = blocks.load(found for place, said in texts if (found := _block(place, said)) is not None)
    tied = {pk for place, said in texts if place not in merge.FIELDS for pk in blocks.quotation_ids(said)}
    entries = ledger.with_chain(tied) if tied and sourcing else {}
    names = {pk: ledger.attribution(entry) for pk, entry in entries.items()}
    drawn = _Drawn(loaded, names, at)
    return [drawn.pair(one) for one in both]


@dataclass(frozen=True)
class _Drawn:
    loaded: Mapping[str, Mapping[int, Any]]
    names: Mapping[int, str]
    at: datetime

    def pair(self, both: Both) -> tuple[Side, Side]:
        words = marked(_words(both.place, both.yours), _words(both.place, both.theirs))
        cards = [self._card(both.place, text) for text in (both.yours, both.theirs)]
        said = [
            self._beyond(both.place, text, card) for text, card in zip((both.yours, both.theirs), cards, strict=True)
        ]
        return (
            Side(words[0], cards[0], _less(said[0], said[1])),
            Side(words[1], cards[1], _less(said[1], said[0])),
        )

    def _card(self, place: str, said: str) -> SafeString:
        found = _block(place, said)
        if found is None:
            return _NOTHING
        placement = self.loaded.get(found.kind, {}).get(found.id)
        page = blocks.PageContext(path="/", base_url=settings.ORIGIN)
        return blocks.card(found.kind, found.id, placement, at=self.at, page=page)

    def _beyond(self, place: str, said: str, card: str) -> list[str]:
        if not said:
            return []
        if (found := _block(place, said)) is not None:
            kind, placement = blocks.get(found.kind), self.loaded.get(found.kind, {}).get(found.id)
            told = kind.published_words(placement) if kind is not None and placement is not None else {}
            shown = " ".join(strip_tags(unescape(card)).split())
            unseen = {name: words for name, words in told.items() if words and " ".join(words.split()) not in shown}
            return [f"{name[:1].upper()}{name[1:]}: {words}" for name, words in unseen.items()]
        return [] if place in merge.FIELDS else list(self._set(parse(said)))

    def _set(self, root: Node) -> Iterable[str]:
        for node in root.walk():
            words = quoted(_short(" ".join(node.text().split())))
            if node.tag in _INLINE:
                yield f"{words} {_INLINE[node.tag]}."
            elif node.tag == "a":
                yield f"{words} leads to {node.attributes.get('href', 'nowhere')}"
            elif node.tag == "q" and "data-quotation" in node.attributes:
                who = self.names.get(int(node.attributes["data-quotation"]), "a source")
                yield f"{words} is tied to {who}."
            elif node.tag in _WHOLE and any(node is child for child in root.children):
                yield _WHOLE[node.tag]


def _less(said: Sequence[str], other: Sequence[str]) -> list[str]:
    return [one for one in dict.fromkeys(said) if one not in other]


def _block(place: str, said: str) -> Reference | None:
    if place == "lead_image":
        return Reference("image", int(said)) if said.isdigit() else None
    if place in merge.FIELDS or not said:
        return None
    return next(iter(blocks.references(said)), None)


def _words(place: str, said: str) -> str:
    if not said or _block(place, said) is not None:
        return ""
    return said if place in merge.FIELDS else " ".join(blocks.plain_text(said).split())


def _short(words: str) -> str:
    return words if len(words) <= 60 else words[:59].rstrip() + "…"
