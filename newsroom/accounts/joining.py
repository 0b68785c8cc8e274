"""Joining the newsroom: an administrator invites, the person accepts with a password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import password_validation
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsroom import audit
from newsroom.accounts import letters, tokens
from newsroom.accounts.models import Person
from newsroom.accounts.roles import Role


class AlreadyHere(Exception):
    """Somebody with this address has an account already; ``person`` says who."""

    def __init__(self, person: Person) -> None:
        self.person = person
        super().__init__(f"{person.name} has this address already.")


class NothingToSend(Exception):
    """They have joined already, or were shut out."""


def invite(*, email: str, name: str, roles: Iterable[str], by: Person, at: datetime | None = None) -> Person:
    """Make a person and mail them a link that works for seven days.

    Args:
        email: as typed; compared without regard to case.
        roles: values of ``Role``.
        by: the administrator, named in the letter and the audit log.

    Raises:
        AlreadyHere: the address is taken, also when two invite at once.
    """
    at = at or timezone.now()
    wanted = sorted(Role(role).value for role in roles)
    with transaction.atomic():
        try:
            with transaction.atomic():
                person = Person.objects.create_person(email=email, name=name, roles=wanted)
        except IntegrityError:
            raise AlreadyHere(Person.objects.with_email(email.strip()).get()) from None
        audit.note(by, "accounts.invite", f"person:{person.pk}", roles=wanted)
        _mail(person, by=by.name, at=at)
    return person


def invite_again(*, person: Person, by: Person, at: datetime | None = None) -> None:
    """Mail a fresh link; the earlier one stops working.

    Raises:
        NothingToSend
    """
    at = at or timezone.now()
    with transaction.atomic():
        if not Person.objects.filter(pk=person.pk, joined_at=None, is_active=True).update(invited_at=at):
            raise NothingToSend
        audit.note(by, "accounts.invite-again", f"person:{person.pk}")
        _mail(person, by=by.name, at=at)


def _mail(person: Person, *, by: str, at: datetime) -> None:
    cause = f"invitation:{person.pk}:{at.timestamp():.6f}"
    if secret := tokens.make(person, tokens.Purpose.INVITATION, cause=cause, at=at):
        letters.invitation(person, secret, key=f"accounts:{cause}", by=by)


def accept(*, secret: str, password: str, at: datetime | None = None) -> Person:
    """Use an invitation: the person gets their password and may sign in.

    Raises:
        tokens.LinkRefused: used, run out, replaced, unknown, or the person was shut out.
        ValidationError: the password is too weak; the link stays good.
    """
    at = at or timezone.now()
    with transaction.atomic():
        person = tokens.use(secret, tokens.Purpose.INVITATION, at=at)
        password_validation.validate_password(password, person)
        person.set_password(password)
        person.joined_at = at
        person.save(update_fields=["password", "joined_at"])
        audit.note(person, "accounts.accept", f"person:{person.pk}")
    return person
