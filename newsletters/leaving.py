"""Leaving a list: one click, at once (RFC 8058), also in the middle of a sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from newsletters import consent, tokens
from newsletters.events import SUBSCRIBER_LEFT
from newsletters.models import Issue, Subscriber, Subscription
from newsroom.outbox import record

ONE_CLICK = "one-click in the mail app"
BUTTON = "button on the page"


@dataclass(frozen=True)
class Place:
    """Where a leaving key leads."""

    subscription: Subscription
    issue_id: int


def find(token: str) -> Place | None:
    """Return what the key leaves, or None when it is not one of ours. Changes nothing."""
    named = tokens.read_leave_token(token)
    if named is None:
        return None
    subscription = (
        Subscription.objects.filter(pk=named.subscription_id)
        .select_related("newsletter__purpose", "subscriber")
        .first()
    )
    return Place(subscription, named.issue_id) if subscription else None


def leave(place: Place, *, how: str, at: datetime) -> bool:
    """Take the person off the list and write the receipt of it. False when they had left before; both are fine.

    Committed when this returns: a letter that a sender holds at this moment asks the same rows once more before its
    content goes out.
    """
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().get(pk=place.subscription.subscriber_id)
        left = Subscription.objects.filter(pk=place.subscription.pk, state=Subscription.State.ACTIVE).update(
            state=Subscription.State.LEFT,
            left_at=at,
            left_by=how,
            left_issue=Issue.objects.filter(pk=place.issue_id).first(),
        )
        consent.withdraw(
            subscriber,
            place.subscription.newsletter.purpose,
            at=at,
            page_path="",
            form=f"letter:{place.issue_id}",
            how=how,
        )
        if left:
            record(SUBSCRIBER_LEFT, subscription_id=place.subscription.pk)
    return bool(left)
