"""Who gets an issue: people with a confirmed address and a live consent to that very newsletter, now."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from newsletters.consent import stands
from newsletters.models import Newsletter, Subscription


def of(newsletter: Newsletter, *, at: datetime) -> QuerySet[Subscription]:
    """Return the subscriptions that may be mailed (domain 17): on the list, address confirmed, consent standing.

    Args:
        at: people who joined later are not among them, so that an issue's size stands still while it is planned.
    """
    return Subscription.objects.filter(
        stands(newsletter.purpose_id, subscriber="subscriber_id"),
        newsletter=newsletter,
        state=Subscription.State.ACTIVE,
        confirmed_at__lte=at,
        subscriber__confirmed_at__isnull=False,
        subscriber__undeliverable_at=None,
    ).filter(Q(subscriber__paused_until=None) | Q(subscriber__paused_until__lte=at))


def size(newsletter: Newsletter, *, at: datetime) -> int:
    """Return how many people would get an issue now."""
    return of(newsletter, at=at).count()


def sizes() -> dict[int, int]:
    """Return the number of people on each list, by newsletter id, in one query (the list, not yet the consents)."""
    rows = (
        Subscription.objects.filter(state=Subscription.State.ACTIVE)
        .values("newsletter_id")
        .annotate(number=Count("id"))
        .order_by()
    )
    return {row["newsletter_id"]: row["number"] for row in rows}
