"""Adding a row to the audit log."""

from __future__ import annotations

from typing import Any, Protocol

from newsroom.audit.models import AuditRow

SECRETS = ("password", "token", "secret", "session", "identity", "cookie")


class Actor(Protocol):
    """Whoever acts: an account, or anything else with a number and a name."""

    pk: Any
    name: Any


def note(person: Actor | None, action: str, subject: str, **facts: Any) -> None:
    """Write down a deed, in the caller's transaction.

    Arguments:
        person: who acted; None (or an anonymous user) is the system or a visitor.
        action: ``app.verb``, for example ``accounts.invite``.
        subject: what it was done to, as ``kind:id``.
        facts: short values that JSON holds. Never a secret.

    Raises:
        ValueError: a fact's name speaks of a secret: the log is read by more people than the thing itself.
    """
    for name in facts:
        if any(word in name.lower() for word in SECRETS):
            raise ValueError(f"The audit log keeps no secrets: {name!r}.")
    AuditRow.objects.create(
        person_id=getattr(person, "pk", None),
        person_name=str(getattr(person, "name", "") or "")[:200],
        action=action,
        subject=subject[:200],
        facts=facts,
    )
