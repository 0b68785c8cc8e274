"""The recheck reads the shop's pages by itself, while everything else goes on."""

from __future__ import annotations

from articles import offers
from articles.models import Offer
from newsroom.demo import shop

from .job import Job, StepFailed, need, wait_for


def price(job: Job) -> str:
    """Wait until the first of the shop's pages has been read; usually that was long ago."""
    first = shop.ARTICLES[0]

    def seen() -> Offer | None:
        found = Offer.objects.filter(merchant__name=shop.NAME, product__title=first.title, link_seen_at__isnull=False)
        return found.select_related("merchant").first()

    offer = wait_for(seen, "the recheck’s first look at the shop")
    need(offer.link_state == Offer.Link.FINE, f"the shop’s page was not read: {offer.link_note}")
    if offer.price is None or offer.checked_by_id is not None:
        raise StepFailed("the price was not taken by itself")
    return f"{offers.money(offer.price, offer.currency)} for {first.title}"
