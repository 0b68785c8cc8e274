"""A mail server that is away: the sending waits for it, says so, and in the end is held for a person to decide."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from newsletters import alarms, issues
from newsletters.models import Issue

log = logging.getLogger(__name__)

SHORTEST = timedelta(seconds=15)
LONGEST = timedelta(minutes=5)
HELD_AFTER = timedelta(hours=6)  # a morning's letter that would leave at night is a person's decision


def stall(issue_id: int, *, why: str, at: datetime) -> None:
    """Let the sending wait before anybody tries again: a quarter of the time that the outage has lasted.

    No delivery is charged with it. After ``HELD_AFTER`` the issue is held.

    Args:
        why: what the server said, or why it could not be reached.
    """
    with transaction.atomic():
        issue = Issue.objects.select_for_update().filter(pk=issue_id, state=Issue.State.SENDING).first()
        if issue is None:
            return
        since = issue.stalled_since or at
        wait = min(max((at - since) / 4, SHORTEST), LONGEST)
        Issue.objects.filter(pk=issue_id).update(stalled_since=since, stalled_why=why[:300], next_try_at=at + wait)
        log.error("Issue %s waits for the mail server since %s: %s", issue_id, since, why)
        alarms.outage(issue, said=why, at=at)
        if at - since >= HELD_AFTER:
            said = (
                f"The mail server has taken no letter for {HELD_AFTER // timedelta(hours=1)} hours: “{why[:120]}”. "
                "Nobody lost theirs. Ask an administrator whether it takes mail again, then let the sending go on."
            )
            issues.hold(issue_id, why=said, at=at)


def resume(issue_id: int) -> None:
    """The server took a letter: forget the outage."""
    Issue.objects.filter(pk=issue_id).update(stalled_since=None, stalled_why="", next_try_at=None)
