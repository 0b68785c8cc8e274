"""Passwords: asking for a new one by mail, setting it, changing it. Each change ends every other session."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import password_validation
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from newsroom import audit
from newsroom.accounts import letters, tokens
from newsroom.accounts.events import RESET_ASKED
from newsroom.accounts.models import Person
from newsroom.outbox import record


def reset(*, email: str) -> None:
    """Ask for a link to a new password.

    Known or unknown, the request costs one query and one event; the letter is written by a worker (domain 21).
    """
    with transaction.atomic():
        found = Person.objects.with_email(email.strip()).filter(is_active=True).values_list("pk", flat=True).first()
        record(RESET_ASKED, person_id=found)


def mail_link(person_id: int, *, cause: str, at: datetime | None = None) -> None:
    """Mail the link that was asked for. Somebody who has not joined yet gets a fresh invitation instead."""
    at = at or timezone.now()
    with transaction.atomic():
        person = Person.objects.filter(pk=person_id, is_active=True).first()
        if person is None:
            return
        purpose = tokens.Purpose.RESET if person.joined_at else tokens.Purpose.INVITATION
        secret = tokens.make(person, purpose, cause=cause, at=at)
        if secret is None:
            return
        if purpose == tokens.Purpose.RESET:
            letters.reset(person, secret, key=f"accounts:{cause}")
        else:
            letters.invitation(person, secret, key=f"accounts:{cause}", by="")


def set_by_link(*, secret: str, password: str, at: datetime | None = None) -> Person:
    """Use a reset link: the new password holds and every session ends.

    Raises:
        tokens.LinkRefused
        ValidationError: the password is too weak; the link stays good.
    """
    at = at or timezone.now()
    with transaction.atomic():
        person = tokens.use(secret, tokens.Purpose.RESET, at=at)
        _set(person, password)
        audit.note(person, "accounts.reset", f"person:{person.pk}")
    return person


def change(*, person: Person, password: str) -> Person:
    """Change one's own password; every session ends, and the caller signs this one in again.

    Raises:
        ValidationError: the password is too weak.
    """
    with transaction.atomic():
        _set(person, password)
        audit.note(person, "accounts.change", f"person:{person.pk}")
    return person


def sign_out_everywhere(*, person: Person, by: Person) -> Person:
    """End every session of a person at the next request of each."""
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
        audit.note(by, "accounts.sign-out-everywhere", f"person:{person.pk}")
    person.refresh_from_db(fields=["session_epoch"])
    return person


def _set(person: Person, password: str) -> None:
    password_validation.validate_password(password, person)
    person.set_password(password)
    # The password's hash stands in every session: a new one (a new salt is enough) ends them all.
    Person.objects.filter(pk=person.pk).update(password=person.password)
