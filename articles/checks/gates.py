"""A legal hold and an embargo, in the list as well. The moves ask ``articles.gates`` themselves, whatever stands here."""

from __future__ import annotations

from collections.abc import Iterator

from articles import gates
from articles.checks.registry import STOP, Check, Matter, check, stop

SHOWING = ("publish", "emergency-publish", "live-post", "reinstate", "mend")


@check(
    "Legal hold",
    "Nothing is published, scheduled, updated or reinstated while one stands.",
    level=STOP,
    stops=(*SHOWING, "schedule"),
    waived_by="legal",
)
def legal_hold(matter: Matter) -> Iterator[Check]:
    if matter.story.held_at is not None:
        yield stop(gates.why_closed(matter.story, matter.at), "moves")


@check(
    "Embargo",
    "No reader sees the story before it ends. It may be scheduled for that minute or a later one.",
    level=STOP,
    stops=SHOWING,
    waived_by="editor",
)
def embargo(matter: Matter) -> Iterator[Check]:
    if matter.story.held_at is None and matter.story.embargoed(matter.at):
        yield stop(gates.why_closed(matter.story, matter.at), "moves")
