"""Erasing a person: the address goes everywhere at once, and a keyed hash keeps imports from bringing them back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from newsletters import addresses, consent, suppression
from newsletters.models import (
    AddressChange,
    Delivery,
    ImportLine,
    LinkRequest,
    Returned,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
    Token,
)
from newsroom.audit import note
from newsroom.mail import forgetting

LETTERS = "newsletters."  # how the keys of this room's single letters begin


def erase(subscriber_id: int, *, why: Suppression.Why, how: str, at: datetime, unless_standing: bool = False) -> bool:
    """Erase a person (domain 20). What stays: the emptied row that receipts and deliveries point to, the receipts with the
    address as a keyed hash, and the suppression under that hash.

    A sending that is under way passes the person over from this commit on: the consents are withdrawn with it.

    Args:
        how: as the receipts of the withdrawals say it.
        unless_standing: leave the person alone when a consent of theirs stands (they came back meanwhile).
    Returns: False when there was nobody to erase any more.
    """
    normalised = Subscriber.objects.filter(pk=subscriber_id).values_list("normalised", flat=True).first()
    if normalised is None:
        return False
    with transaction.atomic():
        if not unless_standing:
            # Before the person's row is taken: who confirms takes the key first and then the row, so must we.
            _forget_requests(normalised)
        rows = Subscriber.objects.select_for_update()
        person = rows.filter(pk=subscriber_id, normalised=normalised).first()
        if person is None:
            return False  # erased by another press, or moved to another address
        standing = consent.standing(person)
        if standing and unless_standing:
            return False
        if unless_standing:
            if SignUp.objects.filter(normalised=normalised, confirmed_at=None).exists():
                return False  # they are about to come back
            _forget_requests(normalised)
        suppression.suppress(normalised, why=why, at=at)
        deliverable = addresses.read(person.address).deliverable
        forgetting.forget_all_to(deliverable, keys=LETTERS)
        _forget_changes(person, normalised)
        ImportLine.objects.filter(normalised=normalised).update(normalised="", cells={}, why="")
        # What a mail server answered may have the address in it.
        Delivery.objects.filter(subscriber=person).exclude(why="").update(why="")
        Returned.objects.filter(subscriber=person).exclude(said="").update(said="")
        Subscription.objects.filter(subscriber=person, state=Subscription.State.ACTIVE).update(
            state=Subscription.State.LEFT, left_at=at, left_by=how
        )
        for receipt in standing:
            consent.withdraw(person, receipt.purpose, at=at, page_path="", form="preferences", how=how)
        Subscriber.objects.filter(pk=person.pk).update(
            address="",
            normalised=None,
            confirmed_at=None,
            paused_until=None,
            undeliverable_at=None,
            undeliverable_why="",
            erased_at=at,
        )
        note(None, "newsletters.erase", f"subscriber:{person.pk}", why=str(why))
    return True


def _forget_requests(normalised: str) -> None:
    SignUp.objects.filter(normalised=normalised).delete()
    LinkRequest.objects.filter(normalised=normalised).delete()


def _forget_changes(person: Subscriber, normalised: str) -> None:
    """The keys in their mailbox, and the addresses that they moved from or to; others who wished to move there as well."""
    Token.objects.filter(Q(subscriber=person) | Q(change__subscriber=person)).delete()
    AddressChange.objects.filter(normalised=normalised, confirmed_at=None).exclude(subscriber=person).delete()
    AddressChange.objects.filter(subscriber=person).update(address="", normalised="")
