"""Looking after people: their names, their roles, and their leaving."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from newsroom import audit
from newsroom.accounts.events import RENAMED
from newsroom.accounts.models import AccountToken, Person
from newsroom.accounts.roles import Role
from newsroom.outbox import record


class LastAdministrator(Exception):
    """Nobody would be left who can look after people."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator. Make somebody else an administrator first.")


class AlreadyLeft(Exception):
    """They were shut out already."""


def found(people: Iterable[Person], words: str) -> list[Person]:
    """Those of ``people`` in whose name or mail address every one of the words stands, in part or whole; accents and
    capitals do not matter. No words: all of them."""
    wanted = _plain(words).split()
    return [one for one in people if all(word in _plain(f"{one.name}\n{one.email}") for word in wanted)]


def change_roles(*, person: Person, roles: Iterable[str], by: Person) -> Person:
    """Set a person's roles. What they may do changes with their next click.

    Raises:
        LastAdministrator
    """
    wanted = sorted(Role(role).value for role in roles)
    with transaction.atomic():
        if Role.ADMINISTRATOR not in wanted:
            _another_stays(person)
        before = Person.objects.select_for_update().values_list("roles", flat=True).get(pk=person.pk)
        Person.objects.filter(pk=person.pk).update(roles=wanted)
        audit.note(by, "accounts.change-roles", f"person:{person.pk}", before=before, after=wanted)
    person.roles = wanted
    return person


def rename(*, person: Person, name: str, by: Person) -> Person:
    """Give a person another name, at the desk and in every byline, also of stories that readers have: an
    administrator's deed, never one's own, because nobody approves those stories anew. The same name again does nothing.

    name: a single line of up to 120 characters, as ``forms.Rename`` lets through.
    """
    with transaction.atomic():
        before = Person.objects.select_for_update().values_list("name", flat=True).get(pk=person.pk)
        if before != name:
            Person.objects.filter(pk=person.pk).update(name=name)
            audit.note(by, "accounts.rename", f"person:{person.pk}", before=before, after=name)
            record(RENAMED, person_id=person.pk)
    person.name = name
    return person


def leave(*, person: Person, by: Person, at: datetime | None = None) -> Person:
    """Shut a person out: their sessions and mailed links end now, what they wrote stays.

    Raises:
        LastAdministrator
        AlreadyLeft: somebody was first.
    """
    at = at or timezone.now()
    with transaction.atomic():
        _another_stays(person)
        if not Person.objects.filter(pk=person.pk, is_active=True).update(
            is_active=False, left_at=at, session_epoch=F("session_epoch") + 1
        ):
            raise AlreadyLeft
        AccountToken.objects.filter(person=person, used_at=None).update(used_at=at)
        audit.note(by, "accounts.leave", f"person:{person.pk}")
    person.refresh_from_db(fields=["is_active", "left_at", "session_epoch"])
    return person


def come_back(*, person: Person, by: Person, at: datetime | None = None) -> Person:
    """Let somebody in again who was shut out, with their old roles and a fresh invitation: their password is gone."""
    from newsroom.accounts import joining

    at = at or timezone.now()
    with transaction.atomic():
        person.set_unusable_password()
        back = Person.objects.filter(pk=person.pk, is_active=False)
        if back.update(is_active=True, left_at=None, joined_at=None, password=person.password):
            audit.note(by, "accounts.come-back", f"person:{person.pk}")
            joining.invite_again(person=person, by=by, at=at)
    person.refresh_from_db()
    return person


def _plain(words: str) -> str:
    """As typed on a keyboard without accents: "José" is "jose"."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter)
    ).casefold()


def _another_stays(person: Person) -> None:
    """Lock the administrators and make sure that one besides ``person`` remains.

    The rows are locked in one order, so that two administrators who remove each other at the same moment wait for one
    another: the second sees what the first did and is refused.
    """
    there = Person.objects.select_for_update().filter(
        is_active=True, joined_at__isnull=False, roles__contains=[Role.ADMINISTRATOR]
    )
    keys = list(there.order_by("pk").values_list("pk", flat=True))
    if keys == [person.pk]:
        raise LastAdministrator
