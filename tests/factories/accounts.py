"""The cast: alice reports, bob edits, charlie has the pictures, dora is legal, erin markets, frank administers.

mallory is signed in nowhere and belongs nowhere.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from newsroom.accounts.models import Person

PASSWORD = "a-long-enough-password"
CAST = {
    "reporter": "Alice Ashdown",
    "editor": "Bob Barrow",
    "picture_editor": "Charlie Calder",
    "legal": "Dora Dean",
    "marketing": "Erin Eames",
    "administrator": "Frank Fenn",
}
_number = count(1)


def person(*roles: str, password: str | None = None, **facts: Any) -> Person:
    """Make and save a person who holds ``roles`` (none named: mallory, who holds none), named from the cast.

    Without ``password`` the person is signed in by ``client.force_login`` only: hashing one costs more than most tests.
    """
    number = next(_number)
    name = facts.pop("name", CAST[roles[0]] if roles else "Mallory Marsh")
    first = name.split()[0].lower()
    made = Person(
        email=facts.pop("email", f"{first}{number}@example.org"),
        name=name,
        roles=sorted(roles),
        joined_at=facts.pop("joined_at", "2025-09-01T08:00:00Z"),
        **facts,
    )
    if password is None:
        made.set_unusable_password()
    else:
        made.set_password(password)
    made.save()
    made.refresh_from_db()
    return made
