"""The chain of receipts, worked out anew: whether every receipt still says what it said when it was written.

PostgreSQL writes the links (migration 0011, where the recipe stands); this is the same recipe a second time, so that a
mistake in the one is found by the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newsletters import suppression
from newsletters.models import ChainCheck, ConsentReceipt, Wording

FIRST = ""  # what stands for the digest before the first


class Refused(Exception):
    """A head that was noted elsewhere is not written as one."""


@dataclass(frozen=True)
class Walk:
    """A walk along the whole chain. ``broken``: the first link that is, and how; "" when all are whole."""

    receipts: int
    head: str
    broken: str = ""

    @property
    def whole(self) -> bool:
        return not self.broken


def netstring(value: object) -> str:
    text = "" if value is None else str(value)
    return f"{len(text.encode())}:{text},"


def sha256(*values: object) -> str:
    """Return the SHA-256 of these values, each as a netstring, in hexadecimal."""
    return hashlib.sha256("".join(map(netstring, values)).encode()).hexdigest()


def moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def words_of(wording: Wording) -> str:
    """Return the hash of a wording: its text, version, list date, and each company by name and address."""
    named = [value for company in wording.companies for value in (company.get("name"), company.get("address"))]
    return sha256(wording.text, wording.version, f"{wording.list_date:%Y-%m-%d}", *named)


def content_of(receipt: ConsentReceipt, words: str) -> str:
    """Return the hash of what a receipt says, in the order of migration 0011."""
    return sha256(*values_of(receipt, words))


def values_of(receipt: ConsentReceipt, words: str) -> list[object]:
    """Return what is hashed of a receipt, for whoever wants to work it out."""
    said: list[object] = [
        receipt.act,
        receipt.address_hash,
        receipt.subscriber_id,
        receipt.purpose_id,
        receipt.wording_id,
    ]
    said += [words, receipt.list_version_id, receipt.story_id, receipt.page_path, receipt.form, receipt.how]
    return [*said, moment(receipt.asked_at), moment(receipt.at)]


def digest_of(seq: int | None, previous: str, content: str) -> str:
    return sha256(seq, previous, content)


def walk(*, expected: Iterable[str] = ()) -> Walk:
    """Walk along the chain from its first receipt and stop at the first link that is broken.

    Args:
        expected: heads that were noted before, each "seq:digest" as a walk gives it. Whoever may write to the database
            can make a whole new chain; against a head that lies elsewhere they cannot.
    Raises:
        Refused: one of ``expected`` is not written so.
    """
    noted = dict(map(_noted, expected))
    words: dict[int, str] = {}
    number, before = 0, FIRST
    for receipt in _receipts():
        number += 1
        if receipt.wording_id not in words:
            words[receipt.wording_id] = words_of(receipt.wording)
        if wrong := _wrong(receipt, number, before, words[receipt.wording_id], noted.get(number)):
            return Walk(receipts=number - 1, head=before, broken=wrong)
        before = receipt.digest
    if noted and max(noted) > number:
        return Walk(number, before, f"Receipt {max(noted)} was there once; the chain ends with receipt {number}.")
    return Walk(receipts=number, head=before)


def check(*, at: datetime) -> ChainCheck:
    """Walk along the whole chain, asking for the heads of earlier walks too, and write down what was found."""
    earlier = ChainCheck.objects.filter(broken="").exclude(head="").order_by("-id")[:20]
    found = walk(expected=[f"{one.receipts}:{one.head}" for one in earlier])
    return ChainCheck.objects.create(
        at=at,
        receipts=found.receipts,
        head=found.head,
        broken=found.broken[:300],
        missing_keys=suppression.under_missing_keys(),
    )


def _wrong(receipt: ConsentReceipt, number: int, before: str, words: str, noted: str | None) -> str:
    """Say what is wrong with this link, or ""."""
    name = f"Receipt {receipt.seq} (id {receipt.pk})"
    if receipt.seq is None:
        return f"Receipt with id {receipt.pk} was never joined to the chain."
    if receipt.seq != number:
        return f"Receipt {number} is missing: after {number - 1} comes {receipt.seq}."
    if receipt.previous != before:
        return f"{name} does not follow the receipt before it."
    if receipt.content != content_of(receipt, words):
        return f"{name} says something else than when it was written, or its wording does."
    if receipt.digest != digest_of(receipt.seq, receipt.previous, receipt.content):
        return f"{name} has a digest that is not its own."
    if noted is not None and noted != receipt.digest:
        return f"{name} is not the one that was noted under this number."
    return ""


def _receipts() -> Iterator[ConsentReceipt]:
    """Those that were never joined first: they are broken links, and would come last."""
    rows: Any = ConsentReceipt.objects.select_related("wording")
    yield from rows.filter(seq=None)[:1]
    yield from rows.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=2000)


def _noted(text: str) -> tuple[int, str]:
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or len(number) > 18 or len(digest) != 64:
        raise Refused(f"A head is written as number:digest, for example 812:9f3c…; this is {text[:80]!r}.")
    return int(number), digest
