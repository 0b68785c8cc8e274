"""The table of moves: every step that a story can take, who may take it and what it asks.

The same rows draw the buttons, the help page and the tests. A new move is a row here and, where it does more than
change a standing, an effect in ``workflow``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from articles.access import EDITORS, LAWYERS, WRITERS
from articles.asks import Ask, When
from articles.models import Draft, Story, Update

D = Draft.Standing
R = Story.Readers
WRITTEN_ON = (D.DRAFT, D.IN_REVIEW, D.CHANGES_REQUESTED, D.APPROVED)


class On(StrEnum):
    """What a move acts on, and so whose version it compares."""

    DRAFT = "draft"
    STORY = "story"


class Mark(StrEnum):
    """What can be said of a story beside what readers see."""

    LIVE = "live"
    HELD = "held"
    EMBARGOED = "embargoed"
    SPIKED = "spiked"

    def on(self, story: Story, at: datetime) -> bool:
        """Whether the story bears the mark at ``at``."""
        if self is Mark.EMBARGOED:
            return story.embargoed(at)
        if self is Mark.LIVE:
            return story.live
        return (story.held_at if self is Mark.HELD else story.spiked_at) is not None


@dataclass(frozen=True)
class Move:
    """One row.

    name: in addresses, logs and functions. label: on the button. done: after a name, "Bob approved this". said: to the
    person who has just taken it.
    standings, readers: from where. becomes, readers_become: to where; None leaves it.
    sets, clears: the mark that the move gives or takes; a story that has it already, or has not, is not offered it.
    who: roles. four_eyes: not by the only author. checked: the checks must let it pass. gated: not through a legal hold
    or an embargo. needs_changes: the draft must differ from what readers see. automatic: follows from something else
    and has no button.
    """

    name: str
    label: str
    done: str
    help: str
    said: str = ""
    on: On = On.DRAFT
    standings: tuple[str, ...] = ()
    becomes: str | None = None
    readers: tuple[str, ...] = ()
    readers_become: str | None = None
    sets: Mark | None = None
    clears: Mark | None = None
    who: tuple[str, ...] = EDITORS
    asks: tuple[Ask, ...] = ()
    four_eyes: bool = False
    checked: bool = False
    gated: bool = False
    needs_changes: bool = False
    primary: bool = False
    danger: bool = False
    automatic: bool = False

    @property
    def url_name(self) -> str:
        return f"articles-desk:{self.name}"

    @property
    def shows(self) -> bool:
        """Whether readers see other words after it."""
        return self.readers_become == R.PUBLISHED

    def fits(self, standing: str, story: Story, at: datetime) -> bool:
        """Whether a draft of this standing, or its story, is where the move begins."""
        if self.on is On.DRAFT and standing not in self.standings:
            return False
        if self.readers and story.readers not in self.readers:
            return False
        if story.spiked_at is not None and self.clears is not Mark.SPIKED:
            return False
        if self.sets not in (None, Mark.EMBARGOED) and self.sets.on(story, at):
            return False
        return self.clears is None or self.clears.on(story, at)


WHY = Ask("reason", "Why", "For the desk.", kind="lines", longest=5000)
KIND = Ask("kind", "What kind of change is it", kind="choice", choices=tuple(Update.Kind.choices), when=When.AGAIN)
LINE = Ask(
    "line",
    "What readers are told",
    "One line under the story. A minor change has none and moves no time.",
    required=False,
    when=When.AGAIN,
    public=True,
)

MOVES: tuple[Move, ...] = (
    Move(
        name="submit",
        label="Submit for review",
        done="submitted this",
        said="Submitted. The editors see it under In review.",
        help="Hands the newest words to the editors. Open checks do not hold it back.",
        standings=(D.DRAFT, D.CHANGES_REQUESTED),
        becomes=D.IN_REVIEW,
        who=WRITERS,
        needs_changes=True,
        primary=True,
    ),
    Move(
        name="request-changes",
        label="Request changes",
        done="requested changes to this",
        said="Given back to the writer.",
        help="Gives the draft back to its writer with what should change. An approval ends.",
        standings=(D.IN_REVIEW, D.APPROVED),
        becomes=D.CHANGES_REQUESTED,
        asks=(Ask("reason", "What should change", "The writer reads this first.", kind="lines", longest=5000),),
    ),
    Move(
        name="approve",
        label="Approve",
        done="approved this",
        said="Approved. These very words may be published.",
        help="Stands behind these very words. Words saved later need a new approval.",
        standings=(D.IN_REVIEW,),
        becomes=D.APPROVED,
        four_eyes=True,
        checked=True,
        needs_changes=True,
        primary=True,
    ),
    Move(
        name="publish",
        label="Publish",
        done="published this",
        said="Published. Readers see it now.",
        help="Shows readers the approved words.",
        standings=(D.APPROVED,),
        becomes=D.CLOSED,
        readers=(R.NOTHING, R.PUBLISHED),
        readers_become=R.PUBLISHED,
        asks=(KIND, LINE),
        checked=True,
        gated=True,
        primary=True,
    ),
    Move(
        name="emergency-publish",
        label="Emergency publish",
        done="published this in an emergency",
        said="Published without a second reader. The review stays open until another editor has closed it.",
        help="Shows readers the newest words at once, without a second person’s approval. Checks, legal holds and "
        "embargoes still hold. Another editor must read it afterwards.",
        standings=WRITTEN_ON,
        becomes=D.CLOSED,
        readers=(R.NOTHING, R.PUBLISHED),
        readers_become=R.PUBLISHED,
        asks=(
            Ask("reason", "Why it cannot wait", "For the editor who reads it afterwards.", kind="lines", longest=5000),
            KIND,
            LINE,
        ),
        checked=True,
        gated=True,
        needs_changes=True,
        danger=True,
    ),
    Move(
        name="declare-live",
        label="Declare live",
        done="declared this live",
        said="Live. Readers are told that the story will continue to be updated.",
        help="Tells readers that the story will continue to be updated, and puts it under “Needs an update”.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED),
        sets=Mark.LIVE,
    ),
    Move(
        name="end-live",
        label="End live",
        done="ended the live story",
        said="The live story has ended.",
        help="Takes the live notice down.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        clears=Mark.LIVE,
    ),
    Move(
        name="withdraw",
        label="Withdraw",
        done="withdrew this",
        said="Withdrawn. It leaves every page, feed and mail that is still to go.",
        help="Takes the story from readers everywhere, at once.",
        on=On.STORY,
        readers=(R.PUBLISHED,),
        readers_become=R.WITHDRAWN,
        asks=(
            WHY,
            Ask(
                "notice",
                "Notice to readers",
                "Shown at the story's address. Empty: the page is simply gone.",
                required=False,
                public=True,
            ),
        ),
        danger=True,
    ),
    Move(
        name="reinstate",
        label="Reinstate",
        done="reinstated this",
        said="Reinstated. Readers see the same words as before it was withdrawn.",
        help="Shows readers the withdrawn words again, after the checks have been run anew.",
        on=On.STORY,
        readers=(R.WITHDRAWN,),
        readers_become=R.PUBLISHED,
        asks=(WHY,),
        checked=True,
        gated=True,
    ),
    Move(
        name="embargo",
        label="Embargo",
        done="set an embargo on this",
        said="The embargo is set. Until then no reader sees the story anywhere.",
        help="Keeps the story from every reader until a moment: page, feeds, search, site maps, pictures and mail. A "
        "published story leaves until then and comes back by itself.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        sets=Mark.EMBARGOED,
        asks=(
            Ask("until", "Until when", "To the minute.", kind="moment"),
            Ask("reason", "Why", "Who asked for it.", kind="lines", longest=5000),
        ),
    ),
    Move(
        name="lift-embargo",
        label="Lift the embargo",
        done="lifted the embargo",
        said="The embargo is lifted.",
        help="Ends the embargo now. A published story is with readers again at once.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        clears=Mark.EMBARGOED,
        asks=(WHY,),
        danger=True,
    ),
    Move(
        name="hold",
        label="Place a legal hold",
        done="placed a legal hold on this",
        said="Held. Nobody can publish, schedule, update or reinstate this story until the hold is lifted.",
        help="Stops every publication of this story until legal lifts the hold. What readers see already stays; an editor "
        "withdraws it.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        sets=Mark.HELD,
        who=LAWYERS,
        asks=(
            Ask(
                "reason",
                "What the desk is told",
                "Editors read this when they try to publish.",
                kind="lines",
                longest=5000,
            ),
        ),
    ),
    Move(
        name="lift-hold",
        label="Lift the legal hold",
        done="lifted the legal hold",
        said="The hold is lifted.",
        help="Lets the story be published again.",
        on=On.STORY,
        readers=(R.NOTHING, R.PUBLISHED, R.WITHDRAWN),
        clears=Mark.HELD,
        who=LAWYERS,
        asks=(WHY,),
    ),
    Move(
        name="spike",
        label="Spike",
        done="spiked this",
        said="Spiked. It stands under Spiked and can be restored.",
        help="Puts an unpublished story away, with its words. It can be found and restored.",
        on=On.STORY,
        readers=(R.NOTHING,),
        sets=Mark.SPIKED,
        asks=(WHY,),
        danger=True,
    ),
    Move(
        name="restore",
        label="Restore",
        done="restored this",
        said="Restored. It stands where it stood before.",
        help="Brings a spiked story back to where it stood.",
        on=On.STORY,
        readers=(R.NOTHING,),
        clears=Mark.SPIKED,
    ),
    Move(
        name="open",
        label="New story",
        done="opened this story",
        help="Starts a story.",
        who=WRITERS,
        automatic=True,
    ),
    Move(
        name="reopen",
        label="Write an update",
        done="opened this again",
        help="Starts the next version of a published story, from the words that readers see.",
        readers=(R.PUBLISHED,),
        who=WRITERS,
        automatic=True,
    ),
    Move(
        name="fold",
        label="Taken in",
        done="published other words of this story; they were taken in",
        help="What another draft of the story brought before readers stands in this one too. An approval ends.",
        standings=(D.DRAFT, D.IN_REVIEW, D.CHANGES_REQUESTED, D.APPROVED),
        automatic=True,
    ),
    Move(
        name="change",
        label="Changed after approval",
        done="changed this after its approval",
        help="New words on an approved draft: the approval is gone and the draft is in review again.",
        standings=(D.APPROVED,),
        becomes=D.IN_REVIEW,
        who=WRITERS,
        automatic=True,
    ),
)
BY_NAME = {move.name: move for move in MOVES}
BUTTONS = tuple(move for move in MOVES if not move.automatic)
