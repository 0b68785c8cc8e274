"""The rows of the table of moves (``moves``) for live stories: declared, given another time, posted to, ended by a person or by its time."""

from __future__ import annotations

from articles.access import WRITERS
from articles.models import Story
from articles.move import Mark, Move, On
from articles.questions import LAST_LINE, LIVE_UNTIL

R = Story.Readers

LIVE: tuple[Move, ...] = (
    Move(
        name="declare-live",
        label="Declare live",
        done="declared this live",
        said="Live. Readers are told that the story will continue to be updated.",
        help="Tells readers that the story will continue to be updated, and puts it under “Needs an update”. The notice "
        "goes by itself when the time is over.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED),
        sets=Mark.LIVE,
        asks=(LIVE_UNTIL,),
    ),
    Move(
        name="prolong-live",
        label="Change live time",
        done="changed how long this stays live",
        said="The live story has its new time.",
        help="Gives the live story another end. Live pens keep theirs.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        during=Mark.LIVE,
        asks=(LIVE_UNTIL,),
    ),
    Move(
        name="end-live",
        label="End live",
        done="ended the live story",
        said="The live story has ended.",
        help="Takes the live notice down, takes every live pen back, and leaves readers a last line.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        clears=Mark.LIVE,
        asks=(LAST_LINE,),
    ),
    Move(
        name="live-post",
        label="Live post",
        done="posted to the live story",
        help="Shows readers a dated paragraph at once, above the earlier ones.",
        readers=(R.PUBLISHED,),
        readers_become=R.PUBLISHED,
        during=Mark.LIVE,
        who=WRITERS,
        checked=True,
        gated=True,
        automatic=True,
    ),
    Move(
        name="end-live-due",
        label="Live time over",
        done="had declared this live; the time is over and the notice is down",
        help="The minute has come that was named when it was declared live.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        clears=Mark.LIVE,
        automatic=True,
    ),
)
