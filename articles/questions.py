"""What several moves ask alike (``moves`` says which)."""

from __future__ import annotations

from articles.asks import Ask, When
from articles.models import Correction, Update

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

PROMINENCE = Ask(
    "prominence",
    "Where the note stands",
    "For a correction or clarification. It stands in the story’s log and on the page of corrections as well.",
    kind="choice",
    choices=tuple(Correction.Prominence.choices),
    required=False,
    when=When.AGAIN,
    empty="As suggested",
)
COMPLAINTS = Ask(
    "complaints",
    "Complaints that it answers",
    "They are tied to the correction; each is still decided by itself.",
    kind="records",
    required=False,
    when=When.AGAIN,
    longest=1000,
)
COMPLAINTS_ENDED = Ask(
    "complaints",
    "Complaints that it answers",
    "They are tied to the withdrawal; each is still decided by itself.",
    kind="records",
    required=False,
    longest=1000,
)
TOLD = (KIND, LINE, PROMINENCE, COMPLAINTS)

PUBLISH_AT = Ask("publish_at", "Publish at", "To the minute.", kind="moment")
WITHDRAW_AT = Ask("withdraw_at", "Withdraw at", "To the minute. Empty: it stays.", kind="moment", required=False)
LIVE_UNTIL = Ask(
    "until",
    "Until when",
    "To the minute. The notice to readers goes by itself then. Empty: twelve hours from now.",
    kind="moment",
    required=False,
)
LAST_LINE = Ask(
    "line",
    "Last line to readers",
    "One sentence: how it ended, or what readers should not expect any more. It counts as an update.",
    when=When.SEEN,
    public=True,
)
