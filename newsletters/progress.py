"""How far a sending is, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from newsletters.models import Delivery, Issue

State = Delivery.State


@dataclass(frozen=True)
class Progress:
    """Numbers of letters by how they stand. ``reasons``: (words, number) of what was skipped or came back."""

    planned: int
    sent: int
    skipped: int
    bounced: int
    soft_bounced: int
    uncertain: int
    total: int
    planning: bool
    reasons: list[tuple[str, int]]
    rate: float
    left: timedelta | None

    @property
    def done(self) -> int:
        return self.total - self.planned

    @property
    def percent(self) -> float:
        return 100 * self.done / self.total if self.total else 0.0

    @property
    def minutes_left(self) -> int | None:
        return None if self.left is None else max(1, round(self.left.total_seconds() / 60))

    def parts(self) -> list[tuple[str, float, float]]:
        """The pieces of the bar: class, start and width of a thousand; a piece of one letter can still be seen."""
        pieces = [
            ("sent", self.sent),
            ("skip-part", self.skipped),
            ("lost", self.bounced + self.soft_bounced),
            ("unsure", self.uncertain),
        ]
        start, found = 0.0, []
        for name, number in pieces:
            if number:
                width = max(4.0, 1000 * number / max(self.total, 1))
                found.append((name, round(start, 1), round(width, 1)))
                start += width + 2
        return found


def of(issue: Issue, *, at: datetime) -> Progress:
    """Count the issue's letters. Two queries, over an index."""
    rows = issue.deliveries.values_list("state").annotate(number=Count("id")).order_by()
    by_state: dict[str, int] = dict(rows)
    total = sum(by_state.values())
    planned = sum(by_state.get(state, 0) for state in (State.PLANNED, State.CLAIMED, State.HANDING_OVER))
    sent = by_state.get(State.SENT, 0)
    reasons = list(
        issue.deliveries.filter(state__in=[State.SKIPPED, State.BOUNCED, State.SOFT_BOUNCED])
        .values_list("why")
        .annotate(number=Count("id"))
        .order_by("-number")[:8]
    )
    seconds = (at - issue.started_at).total_seconds() if issue.started_at else 0
    rate = sent / seconds if seconds > 1 else 0.0
    running = issue.state == Issue.State.SENDING and rate > 0 and issue.stalled_since is None
    return Progress(
        planned=planned,
        sent=sent,
        skipped=by_state.get(State.SKIPPED, 0),
        bounced=by_state.get(State.BOUNCED, 0),
        soft_bounced=by_state.get(State.SOFT_BOUNCED, 0),
        uncertain=by_state.get(State.UNCERTAIN, 0),
        total=total,
        planning=issue.state == Issue.State.SENDING and issue.planned_at is None,
        reasons=reasons,
        rate=rate,
        left=timedelta(seconds=planned / rate) if running else None,
    )
