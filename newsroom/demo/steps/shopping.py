"""The recheck reads the shop's pages by itself, while everything else goes on."""

from __future__ import annotations

from articles import offers
from articles.models import Offer
from newsroom.demo import shop

from .job import Job, StepFailed, wait_for


def price(job: Job) -> str:
    """Wait until the first of the shop's pages has been read; usually that was long ago. A try that failed is looked past:
    the shop may have been on its way up."""
    first = shop.ARTICLES[0]
    offers_of_it = Offer.objects.filter(merchant__name=shop.NAME, product__title=first.title)

    def seen() -> Offer | None:
        return offers_of_it.filter(link_state=Offer.Link.FINE, link_seen_at__isnull=False, link_note="").first()

    try:
        offer = wait_for(seen, "the recheck’s first look at the shop")
    except StepFailed as late:
        note = offers_of_it.values_list("link_note", flat=True).first()
        raise StepFailed(f"the shop’s page was not read: {note}" if note else str(late)) from None
    if offer.price is None or offer.checked_by_id is not None:
        raise StepFailed("the price was not taken by itself")
    return f"{offers.money(offer.price, offer.currency)} for {first.title}"
