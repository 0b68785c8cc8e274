"""Bringing people in from a file: only with the evidence of each consent, refused line by line where it is lacking.

The whole file is in PostgreSQL before anything is done with it. Lines are taken in chunks, each one transaction with its
receipts: a worker killed with -9 has done a chunk or nothing of it, and the sweep rings for the rest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from newsletters import addresses, consent, suppression
from newsletters.events import IMPORT_BEGUN, SUBSCRIBED
from newsletters.models import (
    ConsentReceipt,
    Import,
    ImportLine,
    Newsletter,
    Purpose,
    Subscriber,
    Subscription,
    Wording,
)
from newsroom.audit import note
from newsroom.outbox import record
from newsroom.wording import harmless

COLUMNS = ("address", "purpose", "wording", "when", "where", "how")
LARGEST = 5_000_000  # bytes
MOST_LINES = 20_000
LONGEST = {"address": 254, "purpose": 120, "wording": 300, "when": 60, "where": 500, "how": 60}
CHUNK = 100
RUN_SECONDS = 20.0
EARLIEST = 1990
# How an address was shown to be the person's own: without it nobody is mailed (domain 17).
CONFIRMED = ("double opt-in", "confirmed by mail", "confirmed by button", "confirmed by link")
State = ImportLine.State


class Refused(Exception):
    """The file as a whole cannot be taken. ``message`` says what to mend. Nothing was stored."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotTaken(Exception):
    """One line cannot be taken; the message says why."""


@dataclass(frozen=True)
class Evidence:
    """A line that is fit to be taken, as far as it can be judged by itself."""

    line: ImportLine
    address: addresses.Address
    wording: Wording
    when: datetime
    where: str
    how: str


def begin(content: bytes, *, name: str, person: Any, at: datetime) -> Import:
    """Store a file's lines and let a worker begin.

    Raises:
        Refused: it is too large, no CSV in UTF-8, lacks a column, or has no line.
    """
    if len(content) > LARGEST:
        raise Refused(f"The file has {len(content) / 1e6:.1f} MB; {LARGEST / 1e6:.0f} MB is the most. Cut it in two.")
    lines = _lines(content)
    with transaction.atomic():
        made = Import.objects.create(
            name=name.replace("\x00", "")[:120] or "import.csv",
            digest=hashlib.sha256(content).hexdigest(),
            made_by=person,
            made_at=at,
            lines=len(lines),
        )
        rows = [ImportLine(of=made, number=number, cells=cells) for number, cells in lines]
        ImportLine.objects.bulk_create(rows, batch_size=2000)
        note(person, "newsletters.import", f"import:{made.pk}", lines=len(lines), digest=made.digest)
        record(IMPORT_BEGUN, import_id=made.pk)
    return made


def unfinished() -> list[int]:
    """Return the imports with lines still to take."""
    return list(Import.objects.filter(finished_at=None).values_list("pk", flat=True))


def take_in(import_id: int, *, at: datetime, seconds: float = RUN_SECONDS) -> bool:
    """Take lines in until none waits or ``seconds`` have passed. Return whether some still wait.

    Two workers at once: the second finds the import held and goes away.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with transaction.atomic():
            rows = Import.objects.select_for_update(skip_locked=True)
            held = rows.filter(pk=import_id, finished_at=None).first()
            if held is None:
                return False
            chunk = list(held.rows.filter(state=State.WAITING).order_by("number")[:CHUNK])
            if not chunk:
                Import.objects.filter(pk=import_id).update(finished_at=at)
                return False
            _take(chunk, at=at)
    return True


def counts(of: Import) -> dict[str, int]:
    """Return how many lines stand in each state."""
    rows = of.rows.order_by().values_list("state").annotate(number=Count("pk"))
    return {**dict.fromkeys(State.values, 0), **dict(rows)}


def refused(of: Import) -> QuerySet[ImportLine]:
    return of.rows.filter(state=State.REFUSED).order_by("number")


def refused_as_csv(lines: Iterable[ImportLine]) -> str:
    """Return refused lines with their reasons, as a file that can be mended and sent again."""
    written = io.StringIO()
    rows = csv.writer(written, quoting=csv.QUOTE_ALL)
    rows.writerow(["line", *COLUMNS, "why"])
    for line in lines:
        cells = [line.cells.get(name, "") for name in COLUMNS]
        rows.writerow([harmless(cell) for cell in [line.number, *cells, line.why]])
    return written.getvalue()


# -- the file --------------------------------------------------------------------------------------------------------


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The file is not in UTF-8. Save it as “CSV UTF-8” and choose it again.") from None
    if "\x00" in text:
        raise Refused("The file holds something that is no text. Is it a spreadsheet? Save it as CSV.")
    dialect = type("Dialect", (csv.excel,), {"delimiter": _delimiter(text)})
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error:
        raise Refused("The file cannot be read as CSV. Save it anew as “CSV UTF-8”.") from None
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise Refused(
            f"The first line must name the columns; {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing."
        )
    if len(rows) - 1 > MOST_LINES:
        raise Refused(f"The file has {len(rows) - 1:,} lines; {MOST_LINES:,} is the most. Cut it in two.")
    places = {name: head.index(name) for name in COLUMNS}
    lines = [
        (number, {name: row[place].strip()[:1000] if place < len(row) else "" for name, place in places.items()})
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if not lines:
        raise Refused("The file has no line below its first.")
    return lines


def _delimiter(text: str) -> str:
    """A spreadsheet of another country writes semicolons or tabs."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


# -- a chunk ---------------------------------------------------------------------------------------------------------


def _take(chunk: list[ImportLine], *, at: datetime) -> None:
    """Judge a chunk and write what came of it. Subscribers first, in one order for everybody; lists; receipts last."""
    known = _Known()
    fit: list[Evidence] = []
    for line in chunk:
        try:
            fit.append(_read(line, known, at=at))
        except NotTaken as error:
            _refuse(line, str(error))
    people = _people(fit, at=at)
    taken: list[tuple[Evidence, Subscriber]] = []
    agreed: set[tuple[int, int]] = set()
    for each in fit:
        person = people.get(each.address.normalised)
        if person is None:
            continue  # erased or moved at this very moment: asked anew with the next chunk
        try:
            _ask_receipts(each, person, agreed)
        except NotTaken as error:
            _refuse(each.line, str(error), normalised=each.address.normalised)
            continue
        agreed.add((person.pk, each.wording.purpose_id))
        taken.append((each, person))
    for each, person in taken:
        if newsletter := known.newsletters.get(each.wording.purpose_id):
            there, _ = Subscription.objects.update_or_create(
                newsletter=newsletter,
                subscriber=person,
                defaults={"state": Subscription.State.ACTIVE, "confirmed_at": at, "left_at": None, "left_by": "",
                          "left_issue": None},
            )  # fmt: skip
            record(SUBSCRIBED, subscription_id=there.pk)
    for each, person in taken:
        consent.grant(
            person, each.wording, at=each.when, asked_at=each.when, page_path=each.where,
            form=f"import:{each.line.of_id}:{each.line.number}", how=each.how,
        )  # fmt: skip
    ImportLine.objects.filter(pk__in=[each.line.pk for each, _ in taken]).update(
        state=State.TAKEN, cells={}, normalised=""
    )


def _people(fit: list[Evidence], *, at: datetime) -> dict[str, Subscriber]:
    """The subscribers of these lines, held. Who is suppressed is refused here: asked once the rows are held, an erasure
    comes wholly before (and is found) or wholly after."""
    wanted = {each.address.normalised: each for each in fit}
    made = set()
    for normalised in sorted(wanted):
        each = wanted[normalised]
        _, new = Subscriber.objects.get_or_create(
            normalised=normalised, defaults={"address": each.address.typed, "confirmed_at": each.when, "created_at": at}
        )
        if new:
            made.add(normalised)
    rows = Subscriber.objects.select_for_update().filter(normalised__in=wanted).order_by("normalised")
    people = {str(person.normalised): person for person in rows}
    for each in list(fit):
        normalised = each.address.normalised
        if (kept_out := suppression.of(normalised)) and normalised in people:
            day = timezone.localtime(kept_out.at)
            why = f"Kept out since {day:%-d %B %Y}: {kept_out.get_why_display()}."
            ImportLine.objects.filter(pk=each.line.pk).update(state=State.REFUSED, why=why, normalised="", cells={})
            fit.remove(each)
    for normalised in made - {each.address.normalised for each in fit}:
        people.pop(normalised).delete()
    return people


def _ask_receipts(each: Evidence, person: Subscriber, agreed: set[tuple[int, int]]) -> None:
    if (person.pk, each.wording.purpose_id) in agreed:
        raise NotTaken("The file says the same of this address before.")
    newest = ConsentReceipt.objects.filter(subscriber=person, purpose=each.wording.purpose_id).order_by("-id").first()
    if newest is None:
        return
    day = f"{timezone.localtime(newest.at):%-d %B %Y}"
    if newest.act == ConsentReceipt.Act.GRANT:
        raise NotTaken(f"They agreed to this already, on {day}: that receipt stands.")
    if newest.at >= each.when:
        raise NotTaken(f"They withdrew on {day}, after this consent.")


def _refuse(line: ImportLine, why: str, *, normalised: str = "") -> None:
    ImportLine.objects.filter(pk=line.pk).update(
        state=State.REFUSED, why=why[:300], normalised=normalised or line.normalised
    )


# -- a line ----------------------------------------------------------------------------------------------------------


class _Known:
    """What lines name, asked for once in a chunk."""

    def __init__(self) -> None:
        purposes = list(Purpose.objects.all())
        self.purposes = {purpose.slug: purpose for purpose in purposes}
        self.purposes |= {purpose.name.casefold(): purpose for purpose in purposes}
        self.newsletters = {one.purpose_id: one for one in Newsletter.objects.all()}
        self.wordings: dict[int, list[Wording]] = {}
        for wording in Wording.objects.order_by("version"):
            self.wordings.setdefault(wording.purpose_id, []).append(wording)


def _read(line: ImportLine, known: _Known, *, at: datetime) -> Evidence:
    cells = {name: " ".join(str(line.cells.get(name, "")).split()) for name in COLUMNS}
    for name in COLUMNS:
        if not cells[name]:
            raise NotTaken(f"The column {name} is empty: a consent without it proves nothing.")
        if len(cells[name]) > LONGEST[name]:
            raise NotTaken(
                f"The column {name} is too long ({len(cells[name])} characters; {LONGEST[name]} is the most)."
            )
    try:
        address = addresses.read(cells["address"])
    except addresses.NotAnAddress as error:
        raise NotTaken(error.message) from None
    line.normalised = address.normalised
    purpose = known.purposes.get(cells["purpose"]) or known.purposes.get(cells["purpose"].casefold())
    if purpose is None:
        raise NotTaken(f"There is no purpose {cells['purpose'][:80]}.")
    wording = _wording(cells["wording"], known.wordings.get(purpose.pk, []))
    how = cells["how"].casefold()
    if how not in CONFIRMED:
        raise NotTaken(
            f"“{cells['how']}” does not show that the address is theirs. It must be one of: {', '.join(CONFIRMED)}."
        )
    return Evidence(line, address, wording, _when(cells["when"], at=at), cells["where"], cells["how"])


def _wording(said: str, versions: list[Wording]) -> Wording:
    number = said.casefold().removeprefix("version ").removeprefix("v")
    for wording in versions:
        if said == wording.text or number == str(wording.version):
            return wording
    raise NotTaken(
        "No wording of this purpose has these words or this number. Write the wording down at the desk first."
    )


def _when(said: str, *, at: datetime) -> datetime:
    try:
        moment = parse_datetime(said)
        day = None if moment else parse_date(said)
    except ValueError:
        moment = day = None
    if moment is None and day is not None:
        moment = datetime.combine(day, datetime.min.time())
    if moment is None:
        raise NotTaken("The column when is no date. Write 2025-09-11 or 2025-09-11 08:00.")
    try:
        moment = (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).astimezone(UTC)
    except (OverflowError, ValueError):
        moment = None
    if moment is None or moment.year < EARLIEST:
        raise NotTaken("The column when is no date on which somebody could have agreed by email.")
    if moment > at:
        raise NotTaken("The column when lies ahead: nobody has agreed yet.")
    return moment
