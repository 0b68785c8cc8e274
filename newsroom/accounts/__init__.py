"""Who is at the desk: people, their roles, signing in and out.

Reading order: ``models`` (Person, AccountToken), ``doors`` (``require``), then one module per subject:
``signing`` (sign-in), ``tokens`` (mailed links), ``joining`` (invite, accept), ``passwords`` (reset, change),
``people`` (roles, leaving).

Names that need the models are found on first use, so that any ``apps.py`` may import this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsroom.accounts.doors import person_of, require
from newsroom.accounts.roles import Role

if TYPE_CHECKING:
    from newsroom.accounts.joining import accept, invite
    from newsroom.accounts.passwords import reset
    from newsroom.accounts.people import change_roles, leave

__all__ = ["Role", "accept", "change_roles", "invite", "leave", "person_of", "require", "reset"]

_LATER = {
    "accept": "joining",
    "invite": "joining",
    "reset": "passwords",
    "change_roles": "people",
    "leave": "people",
}


def __getattr__(name: str) -> Any:
    if module := _LATER.get(name):
        return getattr(import_module(f"newsroom.accounts.{module}"), name)
    raise AttributeError(name)
