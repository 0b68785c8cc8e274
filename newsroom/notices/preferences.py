"""Where each person wants each kind of notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from newsroom.accounts.models import Person
from newsroom.notices.kinds import Kind, kinds_for
from newsroom.notices.models import Preference


class Where(StrEnum):
    DESK = "desk"
    MAIL = "mail"
    BOTH = "both"
    NONE = "none"


LABELS = {Where.DESK: "At the desk", Where.MAIL: "By mail", Where.BOTH: "Both", Where.NONE: "Not at all"}


@dataclass(frozen=True)
class Choice:
    """One kind with what this person chose."""

    kind: Kind
    where: Where

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(where.value, LABELS[where]) for where in offered(self.kind)]


def offered(kind: Kind) -> tuple[Where, ...]:
    """The answers that a kind allows: one that must be seen stays in the desk."""
    return (Where.DESK, Where.BOTH) if kind.always else (Where.DESK, Where.MAIL, Where.BOTH, Where.NONE)


def of(person: Person) -> list[Choice]:
    """Every kind that concerns the person, with their choice or its default; one query."""
    chosen = {one.kind: (one.desk, one.mail) for one in Preference.objects.filter(person=person)}
    found = []
    for kind in kinds_for(person):
        desk, mail = chosen.get(kind.name, (kind.desk, kind.mail))
        found.append(Choice(kind, _where(desk or kind.always, mail)))
    return found


def choose(person: Person, answers: Mapping[str, str]) -> None:
    """Keep a person's choices, by kind. Kinds that do not concern them are passed over.

    Raises:
        ValueError: an answer that the kind does not allow.
    """
    with transaction.atomic():
        for kind in kinds_for(person):
            if kind.name not in answers:
                continue
            where = Where(answers[kind.name])
            if where not in offered(kind):
                raise ValueError(f"{kind.name} is not offered {where}.")
            Preference.objects.update_or_create(
                person=person,
                kind=kind.name,
                defaults={"desk": where in (Where.DESK, Where.BOTH), "mail": where in (Where.MAIL, Where.BOTH)},
            )


def _where(desk: bool, mail: bool) -> Where:
    if desk:
        return Where.BOTH if mail else Where.DESK
    return Where.MAIL if mail else Where.NONE
