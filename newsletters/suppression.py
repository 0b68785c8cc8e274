"""Addresses that no import may bring back (domain 20), known by their keyed hash alone."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import Count
from django.db.models.functions import Left

from newsletters import keyed
from newsletters.models import ConsentReceipt, Suppression


def suppress(normalised: str, *, why: Suppression.Why, at: datetime) -> None:
    """Remember that this address may not be brought back. The caller erases it."""
    Suppression.objects.update_or_create(
        address_hash=keyed.one(normalised), defaults={"why": why, "at": at, "lifted_at": None}
    )


def of(normalised: str) -> Suppression | None:
    """Return what keeps this address out of imports, under whichever key, or None."""
    return Suppression.objects.filter(address_hash__in=keyed.all_of(normalised), lifted_at=None).first()


def lift(normalised: str, *, at: datetime) -> None:
    """The person themselves signed up again: what they said last counts."""
    Suppression.objects.filter(address_hash__in=keyed.all_of(normalised), lifted_at=None).update(lifted_at=at)


def under_keys() -> dict[str, int]:
    """Return how many hashes (suppressions and receipts) stand under each key, by the key's fingerprint."""
    counted: Counter[str] = Counter()
    for model in (Suppression, ConsentReceipt):
        rows = model.objects.exclude(address_hash="").values_list(Left("address_hash", 8)).annotate(number=Count("id"))
        counted.update(dict(rows.order_by()))
    return dict(counted)


def under_missing_keys() -> dict[str, int]:
    """Return the same for keys that are not in ADDRESS_KEYS: nobody is found under them any more."""
    counted = under_keys()
    return {key: counted[key] for key in keyed.missing(counted)}
