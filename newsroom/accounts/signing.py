"""Signing in: the budgets first, then the password, the same answer for all that does not fit."""

from __future__ import annotations

from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from newsroom import limits
from newsroom.accounts.models import Person

QUARTER, HOUR = 15 * 60, 3600


class TooMany(Exception):
    """Too many attempts: the password was not looked at."""


class NotThem(Exception):
    """The address and the password do not belong together, or the person has no place here."""


def sign_in(request: HttpRequest, *, email: str, password: str) -> Person:
    """Sign a person in on this request's session.

    An attempt is counted before the password is looked at, three times over: for this account from this network, for
    the network, and for the account from everywhere. The last is wide, so that a stranger cannot lock anybody out.

    Raises:
        TooMany
        NotThem
    """
    account, network = email.strip().casefold(), limits.client_network(request)
    allowed = (
        limits.spend("sign-in network", network, limit=100, seconds=QUARTER)
        and limits.spend("sign-in account and network", f"{account} {network}", limit=10, seconds=QUARTER)
        and limits.spend("sign-in account", account, limit=60, seconds=HOUR)
    )
    if not allowed:
        raise TooMany
    person = authenticate(request, email=email.strip(), password=password)
    if not isinstance(person, Person):
        raise NotThem
    login(request, person)
    return person
