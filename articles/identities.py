"""Who a confidential source is (promise 12): sealed in the database, read only by those named, every reading logged.

It leaves by no exit: nothing here writes it to a log line, an event, a notice, an error message or another table, and no
other module asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from articles import typed
from articles.access import READERS_OF_SOURCES, may, source_for_reading
from articles.models import Identity, IdentityEntry, IdentityReader, Source
from articles.refusals import Refused
from newsroom import notices, sealing
from newsroom.accounts.models import Person
from newsroom.wording import quoted

LONGEST = 2000
Act = IdentityEntry.Act


@dataclass(frozen=True)
class Known:
    """What the desk may show of it. kept: there is one. mine: this person may read it. readers: who may."""

    kept: bool
    mine: bool
    readers: tuple[IdentityReader, ...]
    possible: bool

    @property
    def alone(self) -> bool:
        """One reader only: if they are away, nobody knows."""
        return self.kept and sum(one.person.is_active for one in self.readers) < 2


def known(source: Source, person: Person) -> Known:
    """Say what is known of a source's identity, without opening it. Two queries."""
    readers = tuple(source.identity_readers.select_related("person", "named_by"))
    kept = Identity.objects.filter(source=source).exists()
    mine = any(one.person_id == person.pk for one in readers) and person.has_role(*READERS_OF_SOURCES)
    return Known(kept, mine, readers, source.kind == Source.Kind.UNNAMED and sealing.ready())


def keep(source_id: int, *, person: Person, secret: str, at: datetime) -> None:
    """Keep who an unnamed source is. The first to keep it may read it; changing it is for those who may.

    Raises:
        Refused: by field (identity), not an unnamed source, no key on this server, or not this person's to change.
        Http404, PermissionDenied: as ``access.source_for_reading``.
    """
    secret = typed.lines(secret)
    if not may(person).write_sources:
        raise Refused("The ledger is written by reporters and editors.")
    if not secret:
        raise Refused({"identity": "Write who it is, and how to reach them."})
    if len(secret) > LONGEST:
        raise Refused({"identity": f"Keep it to {LONGEST:,} characters."})
    with transaction.atomic():
        source = _locked(person, source_id)
        if source.kind != Source.Kind.UNNAMED:
            raise Refused("Only an unnamed person has an identity to keep.")
        there = Identity.objects.filter(source=source).first()
        if there is not None:
            _reader(source, person)
        try:
            sealed = sealing.seal(f"source:{source.pk}", secret)
        except sealing.SealError as error:
            raise Refused(str(error)) from None
        Identity.objects.update_or_create(
            source=source, defaults={"sealed": sealed, "version": there.version + 1 if there else 1}
        )
        if there is None:
            IdentityReader.objects.create(source=source, person=person, named_by=person, named_at=at)
        _log(source, Act.CHANGED if there else Act.KEPT, person, at)


def read(source_id: int, *, person: Person, reason: str, at: datetime) -> str:
    """Return who it is, after writing down who reads it and why, and telling the other readers.

    Raises:
        Refused: by field (reason); not one of those named; nothing is kept; the keys of this server do not open it.
        Http404, PermissionDenied: as ``access.source_for_reading``.
    """
    reason = typed.line(reason)
    if not reason:
        raise Refused({"reason": "Say why you need to know. It stands in the log."})
    if len(reason) > 300:
        raise Refused({"reason": "Keep it to 300 characters."})
    # Durable: were this part of a larger transaction, its undoing would take the record of a reading back.
    with transaction.atomic(durable=True):
        source = _locked(person, source_id)
        _reader(source, person)
        found = Identity.objects.filter(source=source).first()
        if found is None:
            raise Refused("Nobody has written down who this is.")
        try:
            secret = sealing.unseal(f"source:{source.pk}", bytes(found.sealed))
        except sealing.SealError as error:
            raise Refused(str(error)) from None
        entry = _log(source, Act.READ, person, at, reason=reason)
        notices.tell(
            "articles.identity",
            [one.person for one in source.identity_readers.select_related("person")],
            key=f"identity:{entry.pk}",
            title=f"{person.name} read who {quoted(source.printed)} is",
            detail=reason,
            url=reverse("articles-desk:identity", args=[source.pk]),
            at=at,
            by=person,
        )
    return secret


def name_reader(source_id: int, *, person: Person, whom: Person | None, at: datetime) -> None:
    """Let somebody else read it, for those who may.

    Raises:
        Refused: by field (whom): not somebody of the story desk or legal; or not this person's to give.
    """
    if whom is None or not whom.is_active or not whom.has_role(*READERS_OF_SOURCES):
        raise Refused({"whom": "Choose a reporter, an editor or legal."})
    with transaction.atomic():
        source = _locked(person, source_id)
        _reader(source, person)
        made = IdentityReader.objects.get_or_create(
            source=source, person=whom, defaults={"named_by": person, "named_at": at}
        )[1]
        if made:
            _log(source, Act.NAMED, person, at, whom=whom)


def end_reader(source_id: int, *, person: Person, whom_id: int, at: datetime) -> None:
    """Take a reader off, oneself too; never the last one who could read it.

    Raises:
        Refused: the last one, or not this person's to decide.
    """
    with transaction.atomic():
        source = _locked(person, source_id)
        _reader(source, person)
        there = {one.person_id: one for one in source.identity_readers.select_related("person")}
        ended = there.pop(whom_id, None)
        if ended is None:
            return
        if not any(one.person.is_active and one.person.has_role(*READERS_OF_SOURCES) for one in there.values()):
            raise Refused("Nobody else could read it then. Let somebody in first, or have it forgotten.")
        ended.delete()
        _log(source, Act.ENDED, person, at, whom=ended.person)


def forget(source_id: int, *, person: Person, at: datetime) -> None:
    """Have it forgotten for good: the sealed words and the readers go, the log stays.

    Raises:
        Refused: not one of those named.
    """
    with transaction.atomic():
        source = _locked(person, source_id)
        _reader(source, person)
        Identity.objects.filter(source=source).delete()
        source.identity_readers.all().delete()
        _log(source, Act.FORGOTTEN, person, at)


def reseal() -> int:
    """Put every identity under the newest key, all or none; return how many there are.

    Raises:
        SealError: one of them does not open under any of the keys.
    """
    with transaction.atomic():
        found = list(Identity.objects.select_for_update())
        for one in found:
            Identity.objects.filter(pk=one.pk).update(sealed=sealing.reseal(bytes(one.sealed)))
    return len(found)


def _locked(person: Person, source_id: int) -> Source:
    """The source with its row held, so that two who take readers off do not take off each other."""
    source_for_reading(person, source_id)
    return Source.objects.select_for_update().get(pk=source_id)


def _reader(source: Source, person: Person) -> None:
    if not source.identity_readers.filter(person=person).exists():
        raise Refused("Only those who are named here may. Ask one of them.")


def _log(
    source: Source, act: str, person: Person, at: datetime, *, whom: Person | None = None, reason: str = ""
) -> IdentityEntry:
    return IdentityEntry.objects.create(source=source, act=act, person=person, whom=whom, reason=reason, at=at)
