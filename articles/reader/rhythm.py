"""The rhythm of a page of stories: which one is large, which has a picture, how a row is laid out.

Newest first; but a place with a picture goes to the newest story that has one, and rows change their shape in turn, so
that the page is never a wall of equal cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from articles.reader.cards import Card, SectionLink

BIG, END, QUAD, PAIR, PLAIN, ESSAY = "big", "end", "quad", "pair", "plain", "essay"


@dataclass(frozen=True)
class Shape:
    """What a layout asks for: the fewest and most stories it takes, and how many of the first must have a picture."""

    fewest: int
    most: int
    pictures: int


SHAPES = {
    BIG: Shape(3, 5, 2),
    END: Shape(3, 5, 1),
    QUAD: Shape(4, 6, 2),
    PAIR: Shape(2, 2, 1),
    ESSAY: Shape(1, 1, 1),
    PLAIN: Shape(1, 4, 0),
}
TURNS = (BIG, END, QUAD)


@dataclass(frozen=True)
class Row:
    section: SectionLink
    layout: str
    cards: list[Card]


def pictures_first(cards: Sequence[Card], places: int) -> list[Card]:
    """Move the first ``places`` cards that have a picture to the front; the others keep their order behind them."""
    front = [card for card in cards if card.picture][:places]
    chosen = {card.id for card in front}
    return front + [card for card in cards if card.id not in chosen]


def row(section: SectionLink, cards: Sequence[Card], wanted: str) -> Row:
    """Lay out one row of at least one card: as ``wanted`` if the cards are enough for it, else as the next shape that fits."""
    with_picture = sum(1 for card in cards if card.picture)
    for layout in (wanted, *TURNS, PAIR, ESSAY):
        shape = SHAPES[layout]
        if layout in (PAIR, ESSAY) and len(cards) > shape.most:
            continue  # the others would be lost, and a row of few columns is better
        if len(cards) >= shape.fewest and with_picture >= shape.pictures:
            return Row(section, layout, pictures_first(cards[: shape.most], shape.pictures))
    return Row(section, PLAIN, list(cards[: SHAPES[PLAIN].most]))


def front(cards: Sequence[Card], beside: int = 4, pinned: Sequence[Card] = ()) -> tuple[Card | None, list[Card]]:
    """Choose the lead and the stories beside it: ``pinned`` in the order that they were given, then ``cards`` (newest
    first). Of the first two places those that nobody pinned have a picture if any of these stories has."""
    held = {card.id for card in pinned}
    rest = [card for card in cards if card.id not in held][: max(0, beside + 1 - len(pinned))]
    chosen = [*pinned, *pictures_first(rest, max(0, 2 - len(pinned)))]
    return (chosen[0], chosen[1:]) if chosen else (None, [])


def rows(sections: Sequence[tuple[SectionLink, Sequence[Card]]], shown: set[int]) -> list[Row]:
    """The rows below the front: each section's newest stories that are not ``shown`` above, shapes in turn."""
    made: list[Row] = []
    turn = 0
    for section, cards in sections:
        rest = [card for card in cards if card.id not in shown]
        if not rest:
            continue
        made.append(row(section, rest, TURNS[turn % len(TURNS)]))
        turn += made[-1].layout in TURNS
    return made
