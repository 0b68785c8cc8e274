"""Telling a PostgreSQL that is away from one that refuses."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

# Of PostgreSQL's own codes: connection exceptions, too many connections or no memory, shutting down or starting.
_AWAY = ("08", "53", "57P")


def is_away(error: BaseException | None) -> bool:
    """Say whether an error came about because PostgreSQL could not be reached, or went away meanwhile.

    Not where it answered and refused: a lock that was not had, a question that took too long.

    Arguments:
        error: what a view raised; what it was raised from is looked at as well.
    """
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            code = getattr(error.__cause__, "pgcode", None)
            return code is None or code.startswith(_AWAY)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False
