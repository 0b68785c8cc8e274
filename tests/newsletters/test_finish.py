"""Closing an issue while a person decides on one of its letters."""

from __future__ import annotations

import pytest
from django.db import transaction

from newsletters import delivery, resolving
from newsletters.models import Issue
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import at_once, issue_to, now, states, uncertain, waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issue(sink: Sink) -> Issue:
    return issue_to(5)


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_an_issue_is_not_closed_over_a_letter_that_a_person_sends_again(issue: Issue, sink: Sink, state: str) -> None:
    """Two connections: the closing asks while the person's transaction is open, and gets its turn when that commits.

    Asked in one statement, it would judge by the letters as they stood before, and close the issue over a planned one.
    """
    row = uncertain(issue)
    Issue.objects.filter(pk=issue.pk).update(state=state)
    closed: list[bool] = []

    with transaction.atomic():
        resolving.resolve(row.pk, as_="again", person=issue.made_by, at=now())
        thread = at_once(lambda: closed.append(delivery.finish(issue.pk)))
        if state == "sending":
            waits_for_a_lock()
        else:
            thread.join()
    thread.join()
    assert closed == [False]
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert delivery.sweep().to_send == [issue.pk]
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 5}


def test_an_issue_closes_once_when_two_find_it_finished(issue: Issue, sink: Sink) -> None:
    delivery.deliver(issue.pk)
    version = Issue.objects.get(pk=issue.pk).version
    assert not delivery.finish(issue.pk)
    assert Issue.objects.get(pk=issue.pk).version == version
