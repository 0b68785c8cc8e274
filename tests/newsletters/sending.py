"""What the tests of sending share: an issue on its way, without the work of composing one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from articles.events import STORY_LEFT
from articles.models import Story
from newsletters import delivery, message, shown
from newsletters.models import Delivery, Issue, IssueStory, Newsletter
from newsroom.outbox import record
from tests.browser import until
from tests.factories import newsletters as made


def now() -> datetime:
    return datetime.now(UTC)


def sending(newsletter: Newsletter | None = None, **facts: Any) -> Issue:
    """An issue that was frozen and began to be sent now."""
    at = datetime.now(UTC)
    issue = made.issue(newsletter or made.newsletter(boxes=False), **facts)
    issue.state = Issue.State.SENDING
    issue.frozen_subject = issue.subject
    issue.frozen_html = f'<p>Words.</p><p><a href="{message.leave_url()}">Leave</a></p>'
    issue.frozen_text = f"Words.\n\nLeave: {message.leave_url()}\n"
    issue.frozen_at = issue.started_at = at
    issue.sent_by = issue.made_by
    issue.save()
    return issue


def showing(issue: Issue, story: Story) -> Story:
    """Let the frozen issue show the story at a place of its own, as sending it would have done."""
    position = issue.places.count() + 1
    revision = story.published_revision_id
    IssueStory.objects.create(issue=issue, story=story, position=position, frozen_revision_id=revision)
    shown.keep(issue, [story.pk])
    return story


def states(issue: Issue) -> dict[str, int]:
    """How many deliveries stand in each state."""
    found: dict[str, int] = {}
    for state in Delivery.objects.filter(issue=issue).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def issue_to(number: int) -> Issue:
    """An issue that is being sent, with so many planned letters."""
    begun = sending()
    made.subscribers(begun.newsletter, number)
    delivery.plan(begun.pk)
    return begun


def addresses(issue: Issue) -> list[str]:
    """Where the letters go, in the order in which they are taken up."""
    return list(issue.deliveries.order_by("pk").values_list("subscriber__address", flat=True))


def untouched(issue: Issue) -> bool:
    """Whether nobody on the list paid for anything: every letter is planned, none is charged with a try."""
    return set(issue.deliveries.values_list("state", "attempts")) == {("planned", 0)}


def time_passes() -> None:
    """Every wait is over."""
    past = now() - timedelta(seconds=1)
    Delivery.objects.update(not_before=past)
    Issue.objects.filter(next_try_at__isnull=False).update(next_try_at=past)


def withdraw(story: Story, *, told: bool = False) -> None:
    """Take the story from readers; ``told``: with the event that the story desk records."""
    with transaction.atomic():
        Story.objects.filter(pk=story.pk).update(readers=Story.Readers.WITHDRAWN)
        if told:
            record(STORY_LEFT, story_id=story.pk, log_id=0)


def uncertain(issue: Issue) -> Delivery:
    """The first of the issue's letters, of which nobody knows; the others are sent and the issue is closed."""
    row = issue.deliveries.order_by("pk")[0]
    Delivery.objects.filter(pk=row.pk).update(state="uncertain", why=delivery.KILLED, claimed_at=now())
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    return row


def elsewhere(act: Callable[[], object]) -> None:
    """Do it on a connection of its own, committed when this returns."""
    at_once(act).join()


def at_once(act: Callable[[], object]) -> threading.Thread:
    """Begin to do it on a connection of its own; ``join`` what is returned."""

    def work() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def waits_for_a_lock() -> None:
    """Return when another connection to this database waits for a lock."""

    def asked() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps its first look at it
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return bool(cursor.fetchone()[0])

    until(asked, "somebody waits for a lock", seconds=30)
