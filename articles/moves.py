"""The table of moves: every step that a story can take, who may take it and what it asks.

The same rows draw the buttons, the help page and the tests. A new move is a row here and, where it does more than
change a standing, an effect in ``workflow``. Each row has an event of its own, which ``taken`` records with the log row.
The rows of live stories stand in ``live_moves``, for length alone: there is this one table.
"""

from __future__ import annotations

from articles.access import LAWYERS, WRITERS
from articles.asks import Ask
from articles.live_moves import LIVE
from articles.models import Draft, Story
from articles.move import Mark, Move, On
from articles.questions import COMPLAINTS_ENDED, PUBLISH_AT, TOLD, WHY, WITHDRAW_AT
from newsroom.outbox import event

__all__ = ["BUTTONS", "BY_NAME", "EVENTS", "MOVES", "Mark", "Move", "On"]

D = Draft.Standing
R = Story.Readers
UNAPPROVED = (D.DRAFT, D.IN_REVIEW, D.CHANGES_REQUESTED)


MOVES: tuple[Move, ...] = (
    Move(
        name="submit",
        label="Submit for review",
        done="submitted this",
        said="Submitted. The editors see it under In review.",
        help="Hands the newest words to the editors. Open checks do not hold it back; the editor will find them.",
        standings=(D.DRAFT, D.CHANGES_REQUESTED),
        becomes=D.IN_REVIEW,
        who=WRITERS,
        looked=True,
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
        help="Stands behind these very words. Words saved later need a new approval. Words that were approved before their "
        "section got the strict rule are approved anew.",
        standings=(D.IN_REVIEW, D.APPROVED),
        renews=True,
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
        asks=TOLD,
        checked=True,
        gated=True,
        primary=True,
    ),
    Move(
        name="schedule",
        label="Schedule",
        done="scheduled this",
        said="Scheduled. The approved words go out by themselves; newer ones wait behind them.",
        help="Publishes the approved words by itself at a minute. The checks are run again then.",
        standings=(D.APPROVED,),
        becomes=D.SCHEDULED,
        readers=(R.NOTHING, R.PUBLISHED),
        asks=(PUBLISH_AT, WITHDRAW_AT, *TOLD),
        checked=True,
        gated=True,
    ),
    Move(
        name="reschedule",
        label="Reschedule",
        done="rescheduled this",
        said="Rescheduled.",
        help="Gives the scheduled words another minute. Words that were saved since still wait behind them.",
        standings=(D.SCHEDULED,),
        becomes=D.SCHEDULED,
        asks=(PUBLISH_AT, WITHDRAW_AT),
        gated=True,
    ),
    Move(
        name="unschedule",
        label="Unschedule",
        done="took this out of the schedule",
        said="Taken out of the schedule. Nothing goes out by itself.",
        help="Nothing goes out by itself. The draft is approved again, or in review if newer words were saved.",
        standings=(D.SCHEDULED,),
        becomes=D.IN_REVIEW,
    ),
    Move(
        name="emergency-publish",
        label="Emergency publish",
        done="published this in an emergency",
        said="Published without a second reader. The review stays open until another editor has closed it.",
        help="Shows readers the newest words at once, without a second person’s approval. Checks, legal holds and "
        "embargoes still hold. Another editor must read it afterwards.",
        standings=UNAPPROVED,
        becomes=D.CLOSED,
        readers=(R.NOTHING, R.PUBLISHED),
        readers_become=R.PUBLISHED,
        asks=(
            Ask("reason", "Why it cannot wait", "For the editor who reads it afterwards.", kind="lines", longest=5000),
            *TOLD,
        ),
        checked=True,
        gated=True,
        needs_changes=True,
        danger=True,
    ),
    *LIVE,
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
            COMPLAINTS_ENDED,
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
        name="mend",
        label="Publish mended",
        done="published mended words of this in place of those withdrawn",
        said="Published. Readers see the mended words; what was withdrawn stays away.",
        help="Brings a withdrawn story back with the approved words of a draft, never with those that were withdrawn.",
        standings=(D.APPROVED,),
        becomes=D.CLOSED,
        readers=(R.WITHDRAWN,),
        readers_become=R.PUBLISHED,
        asks=TOLD,
        checked=True,
        gated=True,
        needs_changes=True,
        primary=True,
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
        help="Starts the next version of a published story, from the words that readers see, or of a withdrawn one.",
        readers=(R.PUBLISHED, R.WITHDRAWN),
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
        name="carry-posts",
        label="Live posts put in",
        done="published this; the live posts of meanwhile stand in it",
        help="What was posted live after the approval stays before readers: it is put into the approved words as they go "
        "out. The approval names the words without it; each post goes out by its own live pen.",
        readers=(R.PUBLISHED,),
        readers_become=R.PUBLISHED,
        automatic=True,
    ),
    Move(
        name="publish-scheduled",
        label="Published as scheduled",
        done="had scheduled this; it was published",
        help="The minute has come.",
        standings=(D.SCHEDULED,),
        readers_become=R.PUBLISHED,
        automatic=True,
    ),
    Move(
        name="withdraw-scheduled",
        label="Withdrawn as scheduled",
        done="had scheduled the end of this; it was withdrawn",
        help="The minute has come.",
        on=On.STORY,
        readers=(R.PUBLISHED,),
        readers_become=R.WITHDRAWN,
        automatic=True,
    ),
    Move(
        name="stop-schedule",
        label="Schedule stopped",
        done="had scheduled this; the schedule was stopped",
        help="A hold, an embargo or another move came between.",
        standings=(D.SCHEDULED,),
        becomes=D.IN_REVIEW,
        automatic=True,
    ),
    Move(
        name="change",
        label="Changed after approval",
        done="changed this after its approval",
        help="New words on an approved draft, or another section under another rule: the approval is gone and the draft "
        "is in review again.",
        standings=(D.APPROVED, D.SCHEDULED),
        becomes=D.IN_REVIEW,
        who=WRITERS,
        automatic=True,
    ),
)
BY_NAME = {move.name: move for move in MOVES}
BUTTONS = tuple(move for move in MOVES if not move.automatic)
# What each move says in the outbox. A name that stands in two rows is refused here, as an event declared twice.
EVENTS = {
    move.name: event(f"moved.{move.name}", fields=("log_id", "story_id", "draft_id", "revision_id", "person_id"))
    for move in MOVES
}
