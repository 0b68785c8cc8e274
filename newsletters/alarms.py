"""Telling people that a sending needs them: marketing decides, administrators mend the mail server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from newsletters import access
from newsletters.models import ChainCheck, Issue, SignUpAlarm
from newsroom import notices
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.wording import quoted

HELD = notices.Kind(
    name="newsletters.held",
    label="A sending is held",
    help="When a mailing stops in the middle: a story in it was withdrawn, or the mail server takes none of it.",
    may=access.may_open,
    mail=True,
    always=True,
    order=60,
)
OUTAGE = notices.Kind(
    name="newsletters.outage",
    label="The mail server takes no mail",
    help="When a mailing waits because the mail server is away or does not take our mail; once an hour at most.",
    may=lambda person: person.has_role(*access.ROLES, Role.ADMINISTRATOR),
    always=True,
    order=61,
)
SIGN_UPS = notices.Kind(
    name="newsletters.sign-ups",
    label="Sign-ups are being misused",
    help="When a sign-up box defends itself: one address bombed, one network too busy, too many in all; hourly at most.",
    may=lambda person: person.has_role(*access.ROLES, Role.ADMINISTRATOR),
    order=62,
)
BROKEN = notices.Kind(
    name="newsletters.receipts",
    label="The consent receipts are not whole",
    help="When the nightly walk along the chain of receipts finds one that was changed or taken away.",
    may=lambda person: person.has_role(*access.ROLES, Role.ADMINISTRATOR),
    mail=True,
    always=True,
    order=63,
)
KINDS = (HELD, OUTAGE, SIGN_UPS, BROKEN)
DONE = {
    SignUpAlarm.Kind.ADDRESS: "It has had its letters, and gets no more for six hours. Those who ask are told nothing.",
    SignUpAlarm.Kind.NETWORK: "What else comes from there is turned away for up to an hour.",
    SignUpAlarm.Kind.SITE: "New ones are turned away until the hour has passed. Ask an administrator to look at the log.",
    SignUpAlarm.Kind.QUEUE: "They are answered by themselves once it is back. Nobody has to sign up again.",
}


def held(issue: Issue, *, why: str, at: datetime, by: Any) -> None:
    """Tell marketing, in the caller's transaction."""
    notices.tell(
        HELD.name,
        _people(*access.ROLES),
        key=f"newsletters.held:{issue.pk}:{issue.version}",
        title=f"The sending of {quoted(issue.frozen_subject or issue.subject)} is held",
        detail=why,
        url=reverse("newsletters-desk:results", kwargs={"pk": issue.pk}),
        at=at,
        by=by,
    )


def outage(issue: Issue, *, said: str, at: datetime) -> None:
    """Tell marketing that the sending waits, and administrators what the server said. Once an hour each at most."""
    hour = f"{at:%Y-%m-%dT%H}"
    subject = issue.frozen_subject or issue.subject
    administrators = _people(Role.ADMINISTRATOR)
    notices.tell(
        OUTAGE.name,
        administrators,
        key=f"newsletters.outage:{hour}",
        title="The mail server takes no mail from us",
        detail=f"{quoted(subject)} waits for it. It said: {said}",
        url=reverse("undelivered:undelivered"),
        at=at,
    )
    told = {person.pk for person in administrators}
    notices.tell(
        OUTAGE.name,
        [person for person in _people(*access.ROLES) if person.pk not in told],
        key=f"newsletters.outage:{issue.pk}:{hour}",
        title=f"The sending of {quoted(subject)} waits for the mail server",
        detail=f"Nobody loses their letter. An administrator has been told. It said: {said}",
        url=reverse("newsletters-desk:results", kwargs={"pk": issue.pk}),
        at=at,
    )


def mailbox_away(*, said: str, at: datetime) -> None:
    """Tell administrators that nobody learns what comes back. Once a day at most."""
    notices.tell(
        OUTAGE.name,
        _people(Role.ADMINISTRATOR),
        key=f"newsletters.mailbox:{at:%Y-%m-%d}",
        title="The mailbox for bounces cannot be read",
        detail=f"Addresses that are none are not found while it lasts. It said: {said}",
        url=reverse("undelivered:undelivered"),
        at=at,
    )


def sign_ups(kind: SignUpAlarm.Kind, *, at: datetime) -> None:
    """Tell marketing and administrators how the sign-up boxes defend themselves, in the caller's transaction."""
    notices.tell(
        SIGN_UPS.name,
        _people(*access.ROLES, Role.ADMINISTRATOR),
        key=f"newsletters.sign-ups:{kind}:{at:%Y-%m-%dT%H}",
        title=str(kind.label),
        detail=DONE[kind],
        url=reverse("newsletters-desk:consent"),
        at=at,
    )


def broken(found: ChainCheck, *, at: datetime) -> None:
    """Tell marketing and administrators that the receipts are not as they were written. Once a day."""
    notices.tell(
        BROKEN.name,
        _people(*access.ROLES, Role.ADMINISTRATOR),
        key=f"newsletters.receipts:{at:%Y-%m-%d}",
        title="A consent receipt was changed or taken away",
        detail=f"{found.broken} Everything before it is whole. Keep the database’s backups.",
        url=reverse("newsletters-desk:consent"),
        at=at,
    )


def _people(*roles: str) -> list[Person]:
    return list(Person.objects.filter(is_active=True, roles__overlap=list(roles)))
