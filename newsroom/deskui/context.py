"""What the shell's templates ask: ``desk.person``, ``desk.menu``, ``desk.actions``, ``desk.theme``,
``desk.keys``."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from newsroom.accounts.models import Person
from newsroom.accounts.roles import Role
from newsroom.deskui import keys, palette
from newsroom.deskui.bell import Rung, rung_for
from newsroom.deskui.menu import Entry, entries_for

IN_THE_BAR = 4  # of a phone


class Desk:
    """The shell of one page, worked out only as far as the template asks."""

    def __init__(self, request: HttpRequest, person: Person) -> None:
        self.request = request
        self.person = person

    @cached_property
    def menu(self) -> list[Entry]:
        match = self.request.resolver_match
        return entries_for(self.person, path=self.request.path, namespace=match.namespace if match is not None else "")

    @property
    def bar(self) -> list[Entry]:
        return self.menu[:IN_THE_BAR]

    @property
    def more(self) -> list[Entry]:
        return self.menu[IN_THE_BAR:]

    @property
    def waiting(self) -> bool:
        """Whether something waits at a place that a phone shows under More alone."""
        return any(entry.count for entry in self.more)

    @property
    def actions(self) -> list[dict[str, str]]:
        return [
            {"label": item.label, "icon": item.icon, "url": reverse(item.url_name)}
            for item in palette.actions_for(self.person)
        ]

    @cached_property
    def bell(self) -> Rung | None:
        """One query, once a page, however often the shell draws it."""
        return rung_for(self.person)

    @property
    def keys(self) -> tuple[keys.Key, ...]:
        return keys.EVERYWHERE

    @property
    def theme(self) -> str:
        return self.person.theme

    @property
    def administers(self) -> bool:
        return self.person.has_role(Role.ADMINISTRATOR)


def desk(request: HttpRequest) -> dict[str, Desk | None]:
    """Give desk pages their shell.

    A reader's page must not even look at ``request.user``: that would read the session and make the page vary by cookie.
    """
    if not request.path.startswith("/desk/") or not hasattr(request, "user") or not request.user.is_authenticated:
        return {"desk": None}
    return {"desk": Desk(request, request.user)}
