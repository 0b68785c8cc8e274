"""Telling people something, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from newsroom.accounts.models import Person
from newsroom.notices.kinds import NoticeError, kind_named
from newsroom.notices.models import Notice, Preference


def tell(
    kind: str,
    people: Iterable[Person],
    *,
    key: str,
    title: str,
    url: str,
    at: datetime,
    detail: str = "",
    by: Person | None = None,
) -> None:
    """Write a notice for each of these people, where each of them wants it. Two queries, however many they are.

    Nobody is told what they did themselves, and nobody who has left or not yet joined is told anything.

    Arguments:
        kind: a registered kind's name.
        key: what is told, unique for ever ("submitted:812"): told again, it is there already.
        title: one line, with the name of who did it: "Alice Ashdown submitted “The gates open”". Longer than 300
            characters is cut.
        url: a path of the desk. It stands in the letter as well.
        detail: some words of it; longer than 600 characters is cut.
        by: who did it.

    Raises:
        NoticeError: no transaction is open (the notice could outlive a rollback), or the kind is unknown.
    """
    if not connection.in_atomic_block:
        raise NoticeError(f"tell({kind}) needs an open transaction: use transaction.atomic().")
    told = kind_named(kind)
    wanted = {one.pk: one for one in people if one.is_active and one.joined_at and (by is None or one.pk != by.pk)}
    if not wanted:
        return
    chosen = {
        one.person_id: (one.desk or told.always, one.mail)
        for one in Preference.objects.filter(kind=kind, person__in=wanted)
    }
    rows = []
    for pk in sorted(wanted):
        desk, mail = chosen.get(pk, (told.desk, told.mail))
        if not desk and not mail:
            continue
        rows.append(
            Notice(
                person_id=pk,
                kind=kind,
                key=key[:200],
                title=cut(title, 300),
                detail=cut(detail, 600),
                url=url,
                at=at,
                desk=desk,
                mail=Notice.Mail.WAITING if mail else Notice.Mail.NOT,
            )
        )
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def reword(key: str, people: Iterable[int], *, detail: str) -> None:
    """Say otherwise what these people (ids) were told under ``key``: the words that it cites were changed. What a letter
    carried stays said."""
    _told(key, people).exclude(detail="").update(detail=cut(detail, 600))


def take_back(key: str, people: Iterable[int]) -> None:
    """What these people (ids) were told under ``key`` no longer stands: who has not seen it is told nothing, the others
    no longer read the words."""
    told = _told(key, people)
    told.filter(read_at=None).exclude(mail=Notice.Mail.SENT).delete()
    told.update(detail="")


def say_again(key: str, people: Iterable[int], *, detail: str) -> None:
    """What was taken back stands after all: those of these people (ids) who had seen it read the words again. Who had not
    is told anew, by ``tell``."""
    _told(key, people).update(detail=cut(detail, 600))


def _told(key: str, people: Iterable[int]) -> QuerySet[Notice]:
    # By person: the key alone has no index, and nobody asks for it alone.
    return Notice.objects.filter(person__in=set(people), key=key[:200])


def cut(text: str, longest: int) -> str:
    """The text in one line, its end replaced by dots where it is longer than the column."""
    text = " ".join(text.replace("\x00", "").split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
