"""Offers that need a person: what the recheck cannot settle, and prices that readers no longer see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from articles import offers
from articles.models import Offer, ProductPlacement, Reference, Story

SILENT = 5  # tries that failed in a row: about four hours without an answer
NAMED = 3  # stories named beside an offer

_BAD = Q(link_state__in=[Offer.Link.GONE, Offer.Link.MOVED])
_SILENT = Q(tries__gte=SILENT) & ~Q(merchant__recheck="")


def _hidden(at: datetime) -> Q:
    return Q(price__isnull=False, checked_at__lte=at - offers.PRICE_KEPT)


def waiting(at: datetime) -> QuerySet[Offer]:
    """Offers that need a person at ``at``, those that readers see first, then dead links, strange prices, old prices.

    An old price counts only where readers see the block that it is missing from: a library is full of old prices.
    """
    blocks = ProductPlacement.objects.filter(offer=OuterRef(OuterRef("pk"))).values("pk")
    seen = Reference.objects.filter(
        kind="product", placement_id__in=blocks, revision__published_in__readers=Story.Readers.PUBLISHED
    )
    order = Case(
        When(_BAD, then=Value(0)),
        When(held_price__isnull=False, then=Value(1)),
        When(_SILENT, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = Offer.objects.filter(ended_at__isnull=True).annotate(seen=Exists(seen))
    return (
        found.filter(_BAD | Q(held_price__isnull=False) | _SILENT | (_hidden(at) & Q(seen=True)))
        .select_related("product", "merchant__keeper")
        .order_by("-seen", order, "product__maker", "product__title", "pk")
    )


def why(offer: Offer, at: datetime) -> list[str]:
    """What a person is needed for, in words; the worst first."""
    said = []
    if offer.link_state in (Offer.Link.GONE, Offer.Link.MOVED):
        said.append(offer.link_note or offer.get_link_state_display())
    if offer.held_price is not None:
        said.append("The shop’s price is too far from ours to be taken by itself.")
    if offer.tries >= SILENT and offer.merchant.recheck:
        said.append(f"No answer {offer.tries} times in a row. {offer.link_note}".strip())
    if offer.price is not None and not offers.price(offer, at):
        said.append("The price is too old to be shown.")
    return said


def seen_in(offer_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """Which published stories show each offer, as id and headline, the newest first. Two queries."""
    offer_of = dict(ProductPlacement.objects.filter(offer__in=list(offer_ids)).values_list("pk", "offer_id"))
    shown = (
        Story.objects.filter(
            readers=Story.Readers.PUBLISHED,
            published_revision__references__kind="product",
            published_revision__references__placement_id__in=list(offer_of),
        )
        .order_by("-visible_updated_at", "-pk")
        .values_list("pk", "published_revision__headline", "published_revision__references__placement_id")
        if offer_of
        else ()
    )
    found: dict[int, dict[int, str]] = {}
    for story_id, headline, placement_id in shown:
        offer_id = offer_of[placement_id]
        if offer_id is not None:
            found.setdefault(offer_id, {})[story_id] = headline
    return {offer_id: list(stories.items()) for offer_id, stories in found.items()}
