"""Consent: receipts given and taken back, and the wordings that they name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from newsletters import keyed
from newsletters.events import NEWSLETTER_CHANGED
from newsletters.models import ConsentReceipt, Newsletter, Purpose, Subscriber, Wording
from newsroom.audit import note
from newsroom.outbox import record

Act = ConsentReceipt.Act


class WordingRefused(Exception):
    """A new wording is not good enough. ``messages``: field -> what to mend."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = messages


def stands(purpose: Any, *, subscriber: str = "pk") -> Exists:
    """Return a condition that says whether a subscriber's consent to the purpose stands now.

    The newest receipt decides, asked in the very statement that needs to know: there is no second table that could
    lag behind the receipts.

    Args:
        purpose: the purpose, its id, or ``OuterRef`` to it.
        subscriber: the outer query's path to the subscriber's id.
    """
    deeper = OuterRef(purpose) if isinstance(purpose, OuterRef) else purpose
    newest = (
        ConsentReceipt.objects.filter(purpose=deeper, subscriber=OuterRef(OuterRef(subscriber)))
        .order_by("-id")
        .values("pk")[:1]
    )
    return Exists(ConsentReceipt.objects.filter(pk=Subquery(newest), act=Act.GRANT))


def grant(
    subscriber: Subscriber,
    wording: Wording,
    *,
    at: datetime,
    asked_at: datetime,
    page_path: str,
    form: str,
    how: str,
    story_id: int | None = None,
    list_version_id: int | None = None,
) -> ConsentReceipt:
    """Write a receipt of a grant. The caller holds the subscriber's row, so that receipts follow one another.

    From here to the end of the transaction nobody else writes a receipt (migration 0011): write receipts last.

    Args:
        story_id: the story in which the form stood.
        list_version_id: the newsletter's ``ListVersion`` that the form offered.
    """
    return ConsentReceipt.objects.create(
        address_hash=_hash_of(subscriber),
        story_id=story_id,
        list_version_id=list_version_id,
        subscriber=subscriber,
        purpose_id=wording.purpose_id,
        wording=wording,
        act=Act.GRANT,
        at=at,
        asked_at=asked_at,
        page_path=page_path,
        form=form,
        how=how,
    )


def withdraw(
    subscriber: Subscriber, purpose: Purpose, *, at: datetime, page_path: str, form: str, how: str
) -> ConsentReceipt | None:
    """Write a receipt of a withdrawal, naming the wording that had been granted. None when nothing stood."""
    newest = ConsentReceipt.objects.filter(subscriber=subscriber, purpose=purpose).order_by("-id").first()
    if newest is None or newest.act == Act.WITHDRAW:
        return None
    return ConsentReceipt.objects.create(
        address_hash=_hash_of(subscriber),
        list_version_id=newest.list_version_id,
        subscriber=subscriber,
        purpose=purpose,
        wording_id=newest.wording_id,
        act=Act.WITHDRAW,
        at=at,
        asked_at=at,
        page_path=page_path,
        form=form,
        how=how,
    )


def history(subscriber: Subscriber) -> list[ConsentReceipt]:
    """Return all receipts of a person, oldest first: what is shown to them and to a regulator."""
    rows = subscriber.receipts.select_related("purpose", "wording", "story__published_revision", "story__section")
    return list(rows.select_related("list_version__newsletter").order_by("id"))


def standing(subscriber: Subscriber) -> list[ConsentReceipt]:
    """Return the receipts of the consents that stand now, one for each purpose."""
    newest: dict[int, ConsentReceipt] = {}
    for receipt in subscriber.receipts.select_related("purpose", "wording").order_by("id"):
        newest[receipt.purpose_id] = receipt
    return [receipt for receipt in newest.values() if receipt.act == Act.GRANT]


def _hash_of(subscriber: Subscriber) -> str:
    return keyed.one(subscriber.normalised) if subscriber.normalised else ""


# -- wordings --------------------------------------------------------------------------------------------------------


def current_wordings(purposes: Iterable[int]) -> dict[int, Wording]:
    """Return the newest wording of each purpose, by purpose id, in one query. A purpose without one is left out."""
    rows = (
        Wording.objects.filter(purpose__in=list(purposes))
        .order_by("purpose_id", "-version")
        .distinct("purpose_id")
        .select_related("purpose")
    )
    return {row.purpose_id: row for row in rows}


def new_wording(
    purpose: Purpose, *, text: str, companies: str, list_date: date, person: Any, at: datetime, seen_version: int
) -> Wording:
    """Add the next version of a purpose's wording. Earlier versions stay as they are, with their receipts.

    Args:
        companies: one a line, "Name, https://address"; the address may be left out.
        seen_version: the newest version that the person had before them (0 for none).
    Raises:
        WordingRefused: a message per field; "" when somebody else was first.
    """
    messages: dict[str, str] = {}
    text = " ".join(text.split())
    if not text:
        messages["text"] = "Say what the reader agrees to."
    elif len(text) > 300:
        messages["text"] = "Keep it under 300 characters: it stands beside a box to tick."
    named = _named(companies, messages)
    if not named and not purpose.is_newsletter and "companies" not in messages:
        messages["companies"] = "Name each company. A kind of company, such as partners, is not specific enough."
    if messages:
        raise WordingRefused(messages)
    with transaction.atomic():
        # The purpose's row is held, so that two people adding a version are told apart, not both let through.
        Purpose.objects.select_for_update().get(pk=purpose.pk)
        newest = Wording.objects.filter(purpose=purpose).order_by("-version").first()
        if (newest.version if newest else 0) != seen_version:
            raise WordingRefused(
                {"": "Somebody added a version while you wrote. Read theirs below, then save yours again."}
            )
        made = Wording.objects.create(
            purpose=purpose,
            version=seen_version + 1,
            text=text,
            companies=named,
            list_date=list_date,
            made_by=person,
            made_at=at,
        )
        note(person, "wording added", f"purpose:{purpose.slug}", version=made.version)
        shown_by = Newsletter.objects.filter(Q(purpose=purpose) | Q(offers__purpose=purpose)).distinct()
        for newsletter_id in shown_by.values_list("pk", flat=True):
            record(NEWSLETTER_CHANGED, newsletter_id=newsletter_id)
    return made


def _named(lines: str, messages: dict[str, str]) -> list[dict[str, str]]:
    named: list[dict[str, str]] = []
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        name, _, address = line.rpartition(", ")
        if not address.startswith(("https://", "http://")):
            name, address = line, ""
        if len(name) > 120 or len(address) > 300:
            messages["companies"] = f"This line is too long: {line[:60]}…"
        named.append({"name": name, "address": address})
    if len({company["name"].casefold() for company in named}) < len(named):
        messages["companies"] = "One company is named twice."
    return named
