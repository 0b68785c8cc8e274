"""Mailed links: made, looked at, used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from newsroom.accounts.models import AccountToken, Person

Purpose = AccountToken.Purpose

LASTS = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=1)}


class LinkRefused(Exception):
    """The link was used, has run out, was replaced by a newer one, or never was."""


def make(person: Person, purpose: AccountToken.Purpose, *, cause: str, at: datetime) -> str | None:
    """Make a link's secret for a person; links for the same purpose that were mailed earlier stop working.

    Args:
        cause: what asked for it, unique; asked twice (an effect that is repeated) it makes nothing.
        at: aware.

    Returns:
        43 URL-safe characters (256 bits), or None where this cause has had its link.
    """
    secret = secrets.token_urlsafe(32)
    token, made = AccountToken.objects.get_or_create(
        cause=cause,
        defaults={
            "person": person,
            "purpose": purpose,
            "digest": digest(secret),
            "created_at": at,
            "expires_at": at + LASTS[purpose],
        },
    )
    if not made:
        return None
    AccountToken.objects.filter(person=person, purpose=purpose, used_at=None).exclude(pk=token.pk).update(used_at=at)
    return secret


def person_for(secret: str, purpose: AccountToken.Purpose, *, at: datetime) -> Person:
    """Look at a link without using it: a mail scanner that follows it must change nothing.

    Raises:
        LinkRefused
    """
    token = (
        AccountToken.objects.select_related("person")
        .filter(digest=digest(secret), purpose=purpose, used_at=None, expires_at__gt=at, person__is_active=True)
        .first()
    )
    if token is None:
        raise LinkRefused
    return token.person


def use(secret: str, purpose: AccountToken.Purpose, *, at: datetime) -> Person:
    """Use a link up, in the caller's transaction. Of two that use it at once, one is refused.

    Raises:
        LinkRefused
    """
    owner = AccountToken.objects.filter(digest=digest(secret)).values_list("person_id", flat=True).first()
    # The person first, then the link: leaving locks in this order too, or the two could wait for each other for ever.
    person = Person.objects.select_for_update().filter(pk=owner or 0, is_active=True).first()
    # No join in this filter: Django would wrap it in a subquery, which PostgreSQL does not ask again after waiting for
    # the other's commit, and both would win.
    good = AccountToken.objects.filter(digest=digest(secret), purpose=purpose, used_at=None, expires_at__gt=at)
    if person is None or not good.update(used_at=at):
        raise LinkRefused
    return person


def digest(secret: str) -> str:
    # A plain hash is enough: the secret is 256 random bits, there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
