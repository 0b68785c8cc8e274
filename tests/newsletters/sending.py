"""What the tests of sending share: an issue on its way, without the work of composing one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from articles.models import Story
from newsletters import message, shown
from newsletters.models import Delivery, Issue, IssueStory, Newsletter
from tests.factories import newsletters as made


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
