"""What follows from an event. Each may run more than once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_assets import getty_usage
from newsletters import letters, shown, tasks
from newsletters.events import (
    ADDRESS_CHANGE_ASKED,
    IMPORT_BEGUN,
    ISSUE_STARTED,
    LINK_REQUESTED,
    NEWSLETTER_CHANGED,
    SIGN_UP_REQUESTED,
)
from newsletters.models import Issue
from newsroom.live import purge
from newsroom.outbox import EventData, handler


@handler(SIGN_UP_REQUESTED, name="newsletters.answer", does="Answer a sign-up by mail")
def answer(event: EventData) -> None:
    letters.answer(event.payload["sign_up_id"], at=timezone.now())


@handler(LINK_REQUESTED, name="newsletters.link", does="Mail a reader the link to their preferences")
def link(event: EventData) -> None:
    letters.link(event.payload["request_id"], at=timezone.now())


@handler(ADDRESS_CHANGE_ASKED, name="newsletters.move", does="Ask a new address whether it is the reader’s")
def move(event: EventData) -> None:
    letters.move(event.payload["change_id"], at=timezone.now())


@handler(IMPORT_BEGUN, name="newsletters.import", does="Begin to take in an import")
def take_in(event: EventData) -> None:
    import_id = event.payload["import_id"]
    transaction.on_commit(lambda: tasks.ring(tasks.take_in, import_id), robust=True)


@handler(ISSUE_STARTED, name="newsletters.wake", does="Begin to send an issue")
def wake(event: EventData) -> None:
    """Ring for the senders once this is committed. A lost bell is made good by the sweep."""
    issue_id = event.payload["issue_id"]
    transaction.on_commit(lambda: tasks.ring(tasks.plan, issue_id), robust=True)


@handler(ISSUE_STARTED, name="newsletters.note-uses", does="Note which agency’s pictures a newsletter uses")
def note_uses(event: EventData) -> None:
    issue = Issue.objects.get(pk=event.payload["issue_id"])
    getty_usage.note(shown.assets_in(issue), place=f"issue:{issue.pk}", at=event.at)


@handler(NEWSLETTER_CHANGED, name="newsletters.purge", does="Show what changed of a newsletter on the readers’ pages")
def purge_pages(event: EventData) -> None:
    """Every page with this newsletter's box shows its wording, and must show the newest. It may stand, or have stood, at the
    foot of all of them."""
    purge(f"newsletter:{event.payload['newsletter_id']}", "newsletters", "publication")
