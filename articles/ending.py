"""An offer that is no longer sold: ended, and begun again. Its prices, its clicks and the blocks that name it stay.

A product is not retired by itself: it is no longer sold when its last offer has ended, and sold again with the next.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from articles import offering, typed
from articles.events import PRODUCT_CHANGED
from articles.models import Offer
from articles.refusals import Refused
from newsroom import audit
from newsroom.accounts.models import Person
from newsroom.outbox import record

LONGEST = 300


def end(offer_id: int, *, person: Person, note: str, at: datetime) -> None:
    """Say that the merchant sells it no longer: no picker offers it, the recheck leaves it alone, blocks show no price.

    Arguments:
        note: why, for the desk; may be empty.

    Raises:
        Refused: by field (note), it has ended already, or the person does not write.
    """
    offering.writer(person)
    note = typed.line(note)
    if len(note) > LONGEST:
        raise Refused({"note": f"Keep it to {LONGEST} characters; it has {len(note)}."})
    with transaction.atomic():
        sold = Offer.objects.filter(pk=offer_id, ended_at__isnull=True)
        ended = sold.update(
            ended_at=at,
            ended_by=person,
            ended_note=note,
            held_price=None,
            held_currency="",
            held_at=None,
            version=F("version") + 1,
        )
        if not ended:
            raise Refused("This offer has ended already.")
        _said(offer_id, "offer.ended", person, note=note)


def begin_again(offer_id: int, *, person: Person, at: datetime) -> None:
    """Say that the merchant sells it again. Its link is looked at anew; its old price is as old as it was.

    Raises:
        Refused: it has not ended (any more), or the person does not write.
    """
    offering.writer(person)
    with transaction.atomic():
        gone = Offer.objects.filter(pk=offer_id, ended_at__isnull=False)
        begun = gone.update(
            ended_at=None,
            ended_by=None,
            ended_note="",
            link_state=Offer.Link.UNKNOWN,
            link_since=at,
            link_seen_at=None,
            link_note="",
            in_stock=None,
            due_at=None,
            tries=0,
            version=F("version") + 1,
        )
        if not begun:
            raise Refused("This offer has not ended.")
        _said(offer_id, "offer.begun-again", person)


def _said(offer_id: int, action: str, person: Person, **facts: str) -> None:
    product_id = Offer.objects.values_list("product_id", flat=True).get(pk=offer_id)
    record(PRODUCT_CHANGED, product_id=product_id)
    audit.note(person, action, f"offer:{offer_id}", **{name: said for name, said in facts.items() if said})
