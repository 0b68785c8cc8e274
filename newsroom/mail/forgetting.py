"""Forgetting to whom a letter went, where its reader has a right to be forgotten."""

from __future__ import annotations

from datetime import datetime

from newsroom.mail.models import Letter

FORGOTTEN = "forgotten"
FINAL = (Letter.State.SENT, Letter.State.UNCERTAIN, Letter.State.FAILED)


def forget(prefix: str) -> int:
    """Erase address, subject, words and the server's answer of finished letters whose key begins so. Return how many.

    The rows stay: their keys still say that the letter was written once. A letter that is still to go is left alone.
    """
    found = Letter.objects.filter(key__startswith=prefix, state__in=FINAL).exclude(to=FORGOTTEN)
    return found.update(to=FORGOTTEN, subject="", content=b"", answer="")


def forget_all_to(address: str, *, keys: str) -> int:
    """The same for everything that went to one address, whose key begins so; what is still to go is given up.

    One that is being handed over at this moment is left to ``forget_older``: its sender writes what became of it.
    """
    mine = Letter.objects.filter(to__iexact=address, key__startswith=keys)
    planned = mine.filter(state=Letter.State.PLANNED).update(
        state=Letter.State.FAILED, to=FORGOTTEN, subject="", content=b"", answer=""
    )
    return planned + mine.filter(state__in=FINAL).update(to=FORGOTTEN, subject="", content=b"", answer="")


def forget_older(keys: str, *, before: datetime) -> int:
    """The same for finished letters that were written before then (aware)."""
    found = Letter.objects.filter(key__startswith=keys, state__in=FINAL, created_at__lt=before).exclude(to=FORGOTTEN)
    return found.update(to=FORGOTTEN, subject="", content=b"", answer="")
