"""A mail server that is away, or takes nothing of ours: nobody on the list pays for what is ours to mend."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from newsletters import delivery, handover, issues, stalling
from newsletters.models import Delivery, Issue
from newsroom.notices.models import Notice
from tests.factories.accounts import person
from tests.mail.refusing import Refusing
from tests.newsletters.sending import elsewhere, issue_to, states, time_passes, untouched

pytestmark = pytest.mark.django_db(transaction=True)

FOR_GOOD = [
    ("connect", "554 5.7.1 Your network is on a list"),
    ("ehlo", "550 5.7.1 Not from you"),
    ("mail", "530 5.7.0 Authentication required"),
    ("mail", "550 5.7.1 Sender address rejected"),
    ("mail", "552 5.3.4 Message size exceeds fixed limit"),
    ("rcpt", "530 5.7.0 Authentication required"),
    ("rcpt", "553 5.1.8 Sender domain does not exist"),
    ("data", "554 5.5.1 No"),
]
FOR_NOW = [
    ("connect", "421 4.3.2 Not now"),
    ("mail", "451 4.3.0 Temporary lookup failure"),
    ("mail", "421 4.3.2 Closing"),
    ("rcpt", "421 4.3.2 Closing"),
    ("data", "452 4.3.1 Insufficient system storage"),
    ("content", "421 4.3.0 Closing"),
]


@pytest.fixture
def issue(refusing: Refusing) -> Issue:
    return issue_to(5)


@pytest.mark.parametrize(("step", "answer"), FOR_GOOD)
def test_a_no_to_us_holds_the_issue_and_costs_nobody_the_letter(
    issue: Issue, refusing: Refusing, step: str, answer: str
) -> None:
    refusing.says = {step: answer}
    run = delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD
    assert answer in issue.held_why
    assert "Nobody lost their letter" in issue.held_why
    assert run.bounced == 0
    assert untouched(issue)
    assert refusing.asked[step] <= 2  # EHLO and HELO; one letter, not the whole list
    refusing.says = {}
    time_passes()
    issues.go_on(issue.pk, person=issue.made_by, at=datetime.now(UTC))
    assert delivery.deliver(issue.pk).sent == 5
    assert states(issue) == {"sent": 5}


@pytest.mark.parametrize(("step", "answer"), FOR_NOW)
def test_an_outage_makes_the_sending_wait_and_costs_nobody_a_try(
    issue: Issue, refusing: Refusing, step: str, answer: str
) -> None:
    refusing.says = {step: answer}
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert issue.stalled_since is not None
    assert answer in issue.stalled_why
    assert untouched(issue)
    asked = sum(refusing.asked.values())
    assert delivery.sweep().to_send == []
    delivery.deliver(issue.pk)
    assert sum(refusing.asked.values()) == asked, "nobody is tried before the time has come"
    refusing.says = {}
    time_passes()
    assert delivery.sweep().to_send == [issue.pk]
    assert delivery.deliver(issue.pk).sent == 5
    issue.refresh_from_db()
    assert (issue.state, issue.stalled_since, issue.next_try_at) == (Issue.State.SENT, None, None)


def test_the_first_letter_that_goes_ends_the_outage(issue: Issue, refusing: Refusing, settings: Any) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    delivery.deliver(issue.pk)
    settings.MAIL_URL = refusing.url
    time_passes()
    seen: list[Any] = []

    def content(to: str) -> str:
        elsewhere(lambda: seen.append(Issue.objects.get(pk=issue.pk).stalled_since))
        return ""

    refusing.says = {"content": content}
    delivery.deliver(issue.pk)
    assert seen[0] is not None
    assert seen[1:] == [None] * 4


def test_a_server_that_is_not_there_for_hours_bounces_nobody(issue: Issue, refusing: Refusing, settings: Any) -> None:
    """More tries than any letter has attempts."""
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    for _ in range(handover.MOST_ATTEMPTS * 5 + 3):
        time_passes()
        delivery.deliver(issue.pk)
    assert untouched(issue)
    settings.MAIL_URL = refusing.url
    time_passes()
    assert delivery.deliver(issue.pk).sent == 5


def test_after_hours_without_a_server_a_person_decides(issue: Issue, settings: Any) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    delivery.deliver(issue.pk)
    Issue.objects.update(stalled_since=datetime.now(UTC) - stalling.HELD_AFTER)
    time_passes()
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD
    assert "has taken no letter for 6 hours" in issue.held_why
    assert untouched(issue)
    issues.go_on(issue.pk, person=issue.made_by, at=datetime.now(UTC))
    issue.refresh_from_db()
    assert (issue.stalled_since, issue.next_try_at) == (None, None)


def test_the_waits_of_an_outage_grow_and_are_capped(issue: Issue) -> None:
    began = datetime.now(UTC)

    def wait(after: timedelta) -> timedelta:
        stalling.stall(issue.pk, why="451 Later", at=began + after)
        issue.refresh_from_db()
        assert issue.next_try_at is not None
        assert issue.stalled_since == began
        return issue.next_try_at - (began + after)

    assert wait(timedelta(0)) == timedelta(seconds=15)
    assert wait(timedelta(minutes=4)) == timedelta(minutes=1)
    assert wait(timedelta(hours=5)) == timedelta(minutes=5)


@pytest.mark.parametrize("curt", [False, True])
def test_a_server_that_ends_a_line_after_a_few_letters_is_no_outage(
    issue: Issue, refusing: Refusing, curt: bool
) -> None:
    refusing.letters_a_line, refusing.curt = 2, curt
    run = delivery.deliver(issue.pk)
    assert (run.sent, run.put_back) == (5, 0)
    assert refusing.asked["connect"] == 3
    issue.refresh_from_db()
    assert issue.stalled_since is None


# ---- who is told ----


def told(role: str, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(person__roles__contains=[role], kind=kind).order_by("pk"))


def test_an_outage_is_told_to_those_who_can_mend_it_once_an_hour(issue: Issue, settings: Any) -> None:
    person("administrator")
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    for _ in range(3):
        time_passes()
        delivery.deliver(issue.pk)
    [notice] = told("administrator", "newsletters.outage")
    assert notice.url == "/desk/undelivered/"
    assert "Connection refused" in notice.detail
    [notice] = told("marketing", "newsletters.outage")
    assert notice.url == f"/desk/newsletters/issues/{issue.pk}/results/"
    assert "waits for the mail server" in notice.title


@pytest.mark.parametrize(
    ("step", "answer", "readers"),
    [("mail", "530 5.7.0 Authentication required", 3), ("content", "552 Too big", 3), ("rcpt", "554 5.7.1 No", 12)],
)
def test_a_held_sending_is_told_to_marketing_and_its_cause_to_administrators(
    refusing: Refusing, step: str, answer: str, readers: int
) -> None:
    person("administrator")
    issue = issue_to(readers)
    refusing.says = {step: answer}
    delivery.deliver(issue.pk)
    [notice] = told("marketing", "newsletters.held")
    issue.refresh_from_db()
    assert (notice.detail, notice.url) == (issue.held_why, f"/desk/newsletters/issues/{issue.pk}/results/")
    [notice] = told("administrator", "newsletters.outage")
    assert answer in notice.detail


def test_nobody_is_told_that_they_held_it_themselves(issue: Issue) -> None:
    other = person("marketing")
    issues.hold(issue.pk, why="Held by Erin.", at=datetime.now(UTC), person=issue.made_by)
    assert [notice.person for notice in told("marketing", "newsletters.held")] == [other]


# ---- what marketing sees ----


def test_the_desk_says_that_a_sending_waits_and_who_was_given_up(
    issue: Issue, refusing: Refusing, client: Client, publication: Any
) -> None:
    client.force_login(person("marketing"))
    refusing.says = {"mail": "451 4.3.0 Temporary lookup failure"}
    delivery.deliver(issue.pk)
    Delivery.objects.filter(pk=issue.deliveries.order_by("pk")[0].pk).update(
        state="soft_bounced", why="Given up after 10 tries: 450 4.2.1 Mailbox busy"
    )
    for address in (f"/desk/newsletters/issues/{issue.pk}/results/", f"/desk/newsletters/issues/{issue.pk}/progress/"):
        page = client.get(address).content.decode()
        assert "The sending waits for the mail server" in page
        assert "451 4.3.0 Temporary lookup failure" in page
        assert '<span class="num">1</span> soft bounce<' in page
    assert "Given up after 10 tries" in client.get(f"/desk/newsletters/issues/{issue.pk}/results/").content.decode()
    assert "Waits for the mail server" in client.get("/desk/newsletters/").content.decode()
    refusing.says = {}
    time_passes()
    delivery.deliver(issue.pk)
    page = client.get(f"/desk/newsletters/issues/{issue.pk}/results/").content.decode()
    assert "waits for the mail server" not in page
