"""What templates ask of the table of moves."""

from __future__ import annotations

from django import template
from django.utils import timezone

from articles import checks, moments
from articles.asks import Ask, When
from articles.models import Draft, Schedule, Story
from articles.moves import BUTTONS, BY_NAME, Mark, Move
from newsroom.accounts import Role

register = template.Library()


_LEVELS = {checks.STOP: "Stops", checks.WARN: "Worth a look", checks.BOTH: "Stops, or worth a look"}
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


@register.simple_tag
def checks_table() -> list[dict[str, str]]:
    """The registry of checks as the help page draws it."""
    return [
        {
            "label": row.label,
            "asks": row.asks,
            "level": _LEVELS[row.level],
            "stops": _stopped(row),
            "waived_by": _waived_by(row),
        }
        for row in checks.rows()
    ]


def _stopped(row: checks.Row) -> str:
    if row.level == checks.WARN:
        return "Nothing"
    return ", ".join(BY_NAME[name].label for name in row.stops)


def _waived_by(row: checks.Row) -> str:
    if row.waived_by == "legal":
        return "Legal, by lifting it"
    if row.waived_by == "editor":
        return "An editor, by lifting it" if row.name == "embargo" else "An editor, with a reason"
    return "Nobody" if row.level != checks.WARN else "Need not be"


@register.simple_tag
def scripts_table() -> list[dict[str, str]]:
    """What a script sends with each move."""
    return [
        {"name": move.name, "label": move.label, "asks": ", ".join(_asked(ask) for ask in move.asks)}
        for move in BUTTONS
    ]


def _asked(ask: Ask) -> str:
    when = {When.ALWAYS: "", When.AGAIN: ", once readers know the story", When.SEEN: ", while readers see it"}[ask.when]
    return f"{ask.name} ({'must be there' if ask.required else 'may be empty'}{when})"


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
