"""What templates ask of the table of moves."""

from __future__ import annotations

from django import template
from django.utils import timezone

from articles import moments
from articles.models import Draft, Schedule, Story
from articles.moves import BUTTONS, Mark, Move
from newsroom.accounts import Role

register = template.Library()


_MARKS = {Mark.LIVE: "live", Mark.HELD: "on legal hold", Mark.EMBARGOED: "under embargo", Mark.SPIKED: "spiked"}


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
    if (mark := move.clears or move.during) is not None:
        return f"Only while {_MARKS[mark]}"
    if set(move.readers) == set(Story.Readers):
        return "Anywhere"
    return ", ".join(Story.Readers(readers).label for readers in move.readers)


@register.filter
def embargo_now(story: Story) -> str:
    """ "Embargo until 07:30 BST on 12 September 2025", or nothing."""
    until = story.embargo_until
    return f"Embargo until {moments.said(until)}" if until and story.embargoed(timezone.now()) else ""


@register.simple_tag
def desk_zone() -> str:
    return moments.zone()


@register.simple_tag
def planned_for(draft: Draft) -> Schedule | None:
    """What is planned for a scheduled draft; one query."""
    return Schedule.objects.select_related("revision").filter(draft=draft, state=Schedule.State.WAITING).first()
