"""Pairs of pictures that look alike, and what a person decides of them. Never decided by itself, never merged unseen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from media_assets import access, library, reasons, rights, withdrawal
from media_assets.ingest import Refused
from media_assets.models import Asset, ImagePlacement, Resemblance, Use
from newsroom import audit
from newsroom.accounts.models import Person


@dataclass(frozen=True)
class Twin:
    """Another picture that looks like one. said: what matters of it, in a sentence."""

    pair: Resemblance
    asset: Asset
    said: str


def of(asset_ids: Iterable[int], *, at: datetime) -> dict[int, list[Twin]]:
    """Asset id -> the pictures that look like it and of which nobody has said that they are others; two queries."""
    wanted = set(asset_ids)
    twins: dict[int, list[Twin]] = {pk: [] for pk in wanted}
    pairs = list(
        Resemblance.objects.filter(Q(newer__in=wanted) | Q(older__in=wanted))
        .exclude(decision=Resemblance.Decision.DIFFERENT)
        .order_by("distance", "older")[:500]
    )
    loaded = library.load({pk for pair in pairs for pk in (pair.newer_id, pair.older_id)})
    for pair in pairs:
        for mine, other in ((pair.newer_id, pair.older_id), (pair.older_id, pair.newer_id)):
            # What was set aside as the same picture is no news to the one that stayed.
            hidden = pair.decision == Resemblance.Decision.SAME and mine == pair.older_id
            if mine in twins and other in loaded and not hidden:
                twins[mine].append(Twin(pair, loaded[other], standing(loaded[other], at)))
    return twins


def standing(asset: Asset, at: datetime) -> str:
    """What matters of a picture that is here already: may it be used, until when, or why not."""
    web = rights.usability(asset, Use.WEB, at)
    if not web.allowed:
        return web.sentence
    until = rights.allowed_until(asset, Use.WEB, at)
    return f"It may be used until {reasons.day(until)}." if until else "It may be used."


def decide(pair_id: int, *, same: bool, person: Person, at: datetime) -> Asset:
    """Say that two pictures are one (the newer is withdrawn, the older stays) or two. Returns the older one.

    Raises:
        Refused: the newer one stands in a story, or this person may not withdraw it.
        Resemblance.DoesNotExist: there is no such pair that is still open.
    """
    with transaction.atomic():
        pair = Resemblance.objects.select_related("newer", "older").get(pk=pair_id, decision="")
        if same:
            _check(pair.newer, person)
        decision = Resemblance.Decision.SAME if same else Resemblance.Decision.DIFFERENT
        if not Resemblance.objects.filter(pk=pair_id, decision="").update(
            decision=decision, decided_by=person, decided_at=at
        ):
            raise Resemblance.DoesNotExist
        audit.note(person, "media_assets.alike", f"asset:{pair.newer_id}", older=pair.older_id, decision=str(decision))
        if same:
            withdrawal.withdraw(
                pair.newer_id,
                person=person,
                reason=f"The same picture as number {pair.older_id} of the library.",
                at=at,
            )
    return pair.older


def may_decide(person: Person, newer: Asset) -> bool:
    """Whether this person may set the newer of two aside."""
    return access.may(person, "withdraw") or access.may_change(person, newer)


def _check(newer: Asset, person: Person) -> None:
    if not may_decide(person, newer):
        raise Refused("", "Your roles do not set this picture aside. Ask the picture desk.")
    if ImagePlacement.objects.filter(asset=newer).exists():
        raise Refused("", "The newer one stands in a story already. Put the older one there first, or withdraw it.")
