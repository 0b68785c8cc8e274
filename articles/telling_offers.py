"""A dead link or a strange price is told once: to those behind the stories that show it, and to whoever looks after
the shop. That a link is well again is told as well: somebody may be about to take it out."""

from __future__ import annotations

import zlib

from django.urls import reverse

from articles import notice_kinds, offers, offers_waiting
from articles.events import OFFER_TURNED
from articles.models import Offer, Story
from articles.telling import readers_among, those_behind
from newsroom import notices
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.outbox import EventData, handler
from newsroom.wording import quoted

WELL, HELD = "well", "held"
_SAID = {
    Offer.Link.GONE: "The link to {} is dead",
    Offer.Link.MOVED: "The link to {} leads elsewhere",
    WELL: "The link to {} leads to the product again",
    HELD: "A price of {} waits for a person",
}


@handler(OFFER_TURNED, name="articles.tell-offer-turned", does="Tell who looks after a shop what became of an offer")
def tell_turned(event: EventData) -> None:
    """Nothing is told of what somebody has mended meanwhile. A shop that comes and goes is told of once a week."""
    offer = Offer.objects.select_related("product", "merchant__keeper").filter(pk=event.payload["offer_id"]).first()
    what = event.payload["what"]
    if offer is None or offer.ended_at is not None:
        return
    if not (offer.held_price is not None if what == HELD else what == _stands(offer)):
        return
    stories = offers_waiting.seen_in([offer.pk]).get(offer.pk, [])
    about = f"{offer.link} {offer.held_price} {offer.held_currency}" if what == HELD else offer.link
    year, week, _ = event.at.isocalendar()
    notices.tell(
        notice_kinds.OFFER.name,
        {one.pk: one for one in [*_keepers(offer), *_behind(stories)]}.values(),
        key=f"offer:{offer.pk}:{what}:{year}-{week}:{zlib.crc32(about.encode())}",
        title=_SAID[what].format(offer),
        detail=" ".join(filter(None, [_found(offer, what), _where(stories)])),
        url=reverse("articles-desk:product", args=[offer.product_id]),
        at=event.at,
    )


def _stands(offer: Offer) -> str:
    return WELL if offer.link_state == Offer.Link.FINE else offer.link_state


def _found(offer: Offer, what: str) -> str:
    if what == HELD and offer.held_price is not None:
        return f"The shop says {offers.money(offer.held_price, offer.held_currency)}."
    return offer.link_note if what != WELL else ""


def _where(stories: list[tuple[int, str]]) -> str:
    if not stories:
        return "No published story shows it."
    named = ", ".join(quoted(headline) for _, headline in stories[: offers_waiting.NAMED])
    more = len(stories) - offers_waiting.NAMED
    return f"Readers see it in {named}{f' and {more} more' if more > 0 else ''}."


def _keepers(offer: Offer) -> list[Person]:
    """Who looks after the shop; where nobody does (any more), the editors: any of them may take it up."""
    keeper = offer.merchant.keeper
    if keeper is not None and keeper.is_active and notice_kinds.OFFER.may(keeper):
        return [keeper]
    return list(Person.objects.filter(is_active=True, roles__contains=[Role.EDITOR]))


def _behind(stories: list[tuple[int, str]]) -> list[Person]:
    shown = Story.objects.filter(pk__in=[pk for pk, _ in stories]).prefetch_related("bylines")
    return readers_among(one for story in shown for one in those_behind(story))
