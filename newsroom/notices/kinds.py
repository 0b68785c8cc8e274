"""What people can be told of: the registry of kinds, filled by the apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsroom.accounts.models import Person


class NoticeError(Exception):
    """Notices are used against their rules: a mistake in the calling code, never a passing state."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of notice.

    Attributes:
        name: ``app.what``, unique and lasting: rows in the database name it.
        label: on the preferences page and above the notice: "Changes are requested".
        help: one sentence on when it comes.
        may: whose preferences page shows it. It must cost no query.
        sees: who is shown such a notice by the roles that they have now, in the list, at the bell and in a letter; None:
            whoever ``may``. Those told of a draft must not read its headline once they read no drafts. No query either.
        desk, mail: where it goes as long as the person has not chosen.
        always: it cannot be taken out of the desk: work would stand still unseen.
        order: on the preferences page, ascending.
    """

    name: str
    label: str
    help: str
    may: Callable[[Person], bool]
    sees: Callable[[Person], bool] | None = None
    desk: bool = True
    mail: bool = False
    always: bool = False
    order: int = 50


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind. Called from ``ready()``.

    Raises:
        NoticeError: the name is taken, or ``always`` is not in the desk.
    """
    if kind.name in _kinds:
        raise NoticeError(f"The kind {kind.name!r} is registered twice.")
    if kind.always and not kind.desk:
        raise NoticeError(f"{kind.name!r} must stand in the desk, and does not by default.")
    _kinds[kind.name] = kind


def kind_named(name: str) -> Kind:
    """Raises NoticeError where no app registered it."""
    if name not in _kinds:
        raise NoticeError(f"No app registers the kind {name!r}.")
    return _kinds[name]


def seen_by(person: Person) -> list[str]:
    """The names of the kinds that this person is shown. One that no app registers any more is among them for nobody."""
    return [kind.name for kind in _kinds.values() if (kind.sees or kind.may)(person)]


def kinds_for(person: Person) -> list[Kind]:
    """The kinds that concern this person, in order."""
    return sorted((kind for kind in _kinds.values() if kind.may(person)), key=lambda kind: (kind.order, kind.label))
