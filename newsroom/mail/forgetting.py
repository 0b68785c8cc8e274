"""Forgetting to whom a letter went, where its reader has a right to be forgotten."""

from __future__ import annotations

from newsroom.mail.models import Letter

FORGOTTEN = "forgotten"
FINAL = (Letter.State.SENT, Letter.State.UNCERTAIN, Letter.State.FAILED)


def forget(prefix: str) -> int:
    """Erase address, subject, words and the server's answer of finished letters whose key begins so. Return how many.

    The rows stay: their keys still say that the letter was written once. A letter that is still to go is left alone.
    """
    found = Letter.objects.filter(key__startswith=prefix, state__in=FINAL).exclude(to=FORGOTTEN)
    return found.update(to=FORGOTTEN, subject="", content=b"", answer="")
