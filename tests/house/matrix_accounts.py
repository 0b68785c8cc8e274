from __future__ import annotations

from typing import Any

from django.utils import timezone

from newsroom.accounts import tokens
from tests.factories.accounts import PASSWORD, person
from tests.house.matrix import EVERYBODY, STAFF, Row

ADMINISTRATOR = {"administrator"}


def somebody(**facts: Any) -> dict[str, Any]:
    return {"pk": person("reporter", **facts).pk}


def link(purpose: str, **facts: Any) -> dict[str, Any]:
    secret = tokens.make(person("reporter", **facts), tokens.Purpose(purpose), cause=purpose, at=timezone.now())
    return {"secret": secret}


MATRIX = {
    # Somebody who is signed in already is sent on.
    "accounts:sign-in": Row(both=True, allow=EVERYBODY, status=(200, 302)),
    "accounts:sign-out": Row(method="POST", allow=STAFF),
    "accounts:invitation-link": Row(
        kwargs=lambda: link("invitation", joined_at=None),
        method="POST",
        both=True,
        data={"password": PASSWORD, "again": PASSWORD},
        allow=EVERYBODY,
        status=302,
    ),
    "accounts:reset": Row(method="POST", both=True, data={"email": "nobody@example.org"}, allow=EVERYBODY),
    "accounts:reset-link": Row(
        kwargs=lambda: link("reset"),
        method="POST",
        both=True,
        data={"password": PASSWORD, "again": PASSWORD},
        allow=EVERYBODY,
        status=302,
    ),
    "accounts:me": Row(both=True, allow=STAFF),
    "accounts:password": Row(both=True, allow=STAFF),
    "accounts:sign-out-everywhere": Row(method="POST", allow=STAFF, status=302),
    "accounts:people": Row(allow=ADMINISTRATOR),
    "accounts:invite": Row(
        method="POST",
        both=True,
        data={"name": "Gina Gale", "email": "gina@example.org", "roles": ["reporter"]},
        allow=ADMINISTRATOR,
        status=302,
    ),
    "accounts:person": Row(
        kwargs=somebody, method="POST", both=True, data={"roles": ["editor"]}, allow=ADMINISTRATOR, status=302
    ),
    "accounts:rename": Row(kwargs=somebody, method="POST", data={"name": "Gina Gale"}, allow=ADMINISTRATOR, status=302),
    "accounts:invite-again": Row(
        kwargs=lambda: somebody(joined_at=None), method="POST", allow=ADMINISTRATOR, status=302
    ),
    "accounts:leave": Row(kwargs=somebody, method="POST", allow=ADMINISTRATOR, status=302),
    "accounts:come-back": Row(kwargs=lambda: somebody(is_active=False), method="POST", allow=ADMINISTRATOR, status=302),
}
