"""The table of moves for the help page."""

from __future__ import annotations

from django import template

from articles.models import Draft, Story
from articles.moves import BUTTONS, Move
from newsroom.accounts import Role

register = template.Library()


@register.simple_tag
def moves_table() -> list[dict[str, str]]:
    return [
        {
            "label": move.label,
            "help": move.help,
            "origin": _origin(move),
            "who": ", ".join(Role(r).label for r in move.who),
        }
        for move in BUTTONS
    ]


def _origin(move: Move) -> str:
    if move.standings:
        return ", ".join(Draft.Standing(standing).label for standing in move.standings)
    return ", ".join(Story.Readers(readers).label for readers in move.readers)
