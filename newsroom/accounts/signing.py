"""Signing in: the budgets first, then the password, the same answer for all that does not fit."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from newsroom import limits
from newsroom.accounts.models import Person

QUARTER, HOUR, YEAR = 15 * 60, 3600, 365 * 86_400
COOKIE, SALT = "desk-known", "accounts.known-browser"


class TooMany(Exception):
    """Too many attempts: the password was not looked at."""


class NotThem(Exception):
    """The address and the password do not belong together, or the person has no place here."""


def sign_in(request: HttpRequest, *, email: str, password: str) -> Person:
    """Sign a person in on this request's session.

    An attempt is counted before the password is looked at, three times over: for this account from this network, for
    the network, and for the account from everywhere. Whoever guesses from many networks uses the last one up; so a
    browser that has signed in to this account before has a budget of its own instead (``remember``), and a stranger
    locks nobody out of the desk that they work at.

    Raises:
        TooMany
        NotThem
    """
    account, network = email.strip().casefold(), limits.client_network(request)
    known = _known(request, account)
    allowed = (
        limits.spend("sign-in known browser", known, limit=20, seconds=QUARTER)
        if known
        else (
            limits.spend("sign-in network", network, limit=100, seconds=QUARTER)
            and limits.spend("sign-in account and network", f"{account} {network}", limit=10, seconds=QUARTER)
            and limits.spend("sign-in account", account, limit=60, seconds=HOUR)
        )
    )
    if not allowed:
        raise TooMany
    person = authenticate(request, email=email.strip(), password=password)
    if not isinstance(person, Person):
        raise NotThem
    login(request, person)
    return person


def remember(response: Any, email: str) -> None:
    """Leave in this browser that somebody signed in to this account with it. It opens nothing: the password is still
    asked for. SameSite and HttpOnly; it names nobody to who reads it."""
    said = signing.dumps([_name(email.strip().casefold()), secrets.token_urlsafe(12)], salt=SALT)
    response.set_cookie(
        COOKIE,
        said,
        max_age=YEAR,
        path="/desk/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest, account: str) -> str:
    """What names this browser where it has signed in to this account before; "" otherwise."""
    try:
        name, browser = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return f"{name} {browser}" if constant_time_compare(str(name), _name(account)) else ""


def _name(account: str) -> str:
    return salted_hmac(SALT, account).hexdigest()[:32]
