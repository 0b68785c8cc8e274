"""Signing up: what a form sent becomes a pending row; what the address itself confirms becomes a subscription."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from articles import addresses as story_addresses
from articles.models import Story
from newsletters import addresses, consent, guard, suppression, tokens
from newsletters.events import SIGN_UP_REQUESTED, SUBSCRIBED
from newsletters.models import (
    BoxPlacement,
    ListVersion,
    Newsletter,
    SignUp,
    SignUpTick,
    Subscriber,
    Subscription,
    Token,
    Wording,
)
from newsroom.outbox import record

FOOTER = "footer"
_PATH = re.compile(r"/[^\x00-\x20\x7f\\<>\"]*\Z")


class Refused(Exception):
    """The form needs mending. ``messages``: field -> sentence, "" for the whole form. Nothing was stored."""

    def __init__(self, messages: dict[str, str], *, busy: bool = False) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = messages
        self.busy = busy


@dataclass(frozen=True)
class Asked:
    """What came with a form, as it came."""

    address: str
    ticked: tuple[str, ...] = ()
    wording: str = ""
    placement: BoxPlacement | None = None
    page: str = ""
    offered: str = ""  # the newsletter's ListVersion that the form showed
    box: str = ""

    @property
    def form(self) -> str:
        """Which form it was, as receipts name it."""
        if self.placement:
            return f"story-box:{self.placement.pk}"
        return FOOTER if self.box == FOOTER else "newsletter-page"


def request(newsletter: Newsletter, asked: Asked, *, network: str, at: datetime) -> None:
    """Take a sign-up. The answer and the work are the same whether the address is known or not.

    Whether the person is on the list already is asked later, by the handler of the event: here nothing depends on
    it, so neither words nor time can tell.

    Args:
        network: the asker's network (``limits.client_network``), for the budgets; not stored.
    Raises:
        Refused: the address cannot be one, or a budget is spent (``busy``).
    """
    if not newsletter.open:
        raise Refused({"": "This newsletter takes no new readers at the moment."})
    try:
        address = addresses.read(asked.address)
    except addresses.NotAnAddress as error:
        raise Refused({"email": error.message}) from None
    own, boxes = _wordings(newsletter, asked)
    if own is None:
        raise Refused({"": "This newsletter takes no new readers at the moment."})
    if guard.throwaway(address.normalised):
        raise Refused(
            {"email": "This is a throwaway address: letters would soon reach nobody there. Use one you keep."}
        )
    network = guard.keyed_network(network)
    verdict = guard.ask(address.normalised, network, at=at)
    if verdict is guard.Verdict.BUSY:
        raise Refused({"": "Too many sign-ups have come at once. Wait a few minutes, then send this again."}, busy=True)
    if verdict is guard.Verdict.DROP:
        return  # the same answer as ever: who bombs an address must not learn that it is protected
    queued = verdict is guard.Verdict.QUEUE
    story = story_of(asked.page)
    with transaction.atomic():
        sign_up = SignUp.objects.create(
            newsletter=newsletter,
            wording=own,
            address=address.typed,
            normalised=address.normalised,
            placement=asked.placement,
            page_path=page_path(asked.page),
            form=asked.form,
            story=story,
            list_version=_list_version(newsletter, asked.offered),
            requested_at=at,
            queued_at=at if queued else None,
            network=network if queued else "",
        )
        SignUpTick.objects.bulk_create([SignUpTick(sign_up=sign_up, wording=wording) for wording in boxes])
        if not queued:
            record(SIGN_UP_REQUESTED, sign_up_id=sign_up.pk)


def release(*, at: datetime, limit: int = 2000) -> int:
    """Answer the sign-ups that came while Redis was away, as the budgets allow. Return how many were let through.

    Whose network has used its budget up waits on; whose address has, is dropped, as it would have been at once.
    """
    number, spent = 0, set()
    waiting_ids = SignUp.objects.filter(queued_at__isnull=False).order_by("pk").values_list("pk", "network")[:limit]
    for pk, network in waiting_ids:
        if network in spent:
            continue
        with transaction.atomic():
            rows = SignUp.objects.select_for_update(skip_locked=True, of=("self",))
            waiting = rows.filter(pk=pk, queued_at__isnull=False).first()
            if waiting is None:
                continue
            verdict = guard.ask(waiting.normalised, waiting.network, at=at, again=True)
            if verdict is guard.Verdict.QUEUE:
                return number
            if verdict is guard.Verdict.BUSY:
                spent.add(network)
            elif verdict is guard.Verdict.DROP:
                waiting.delete()
            elif verdict is guard.Verdict.TAKE:
                SignUp.objects.filter(pk=pk).update(queued_at=None, network="")
                record(SIGN_UP_REQUESTED, sign_up_id=pk)
                number += 1
    return number


def standing(sign_up: SignUp) -> Subscription | None:
    """Return the subscription that makes this request needless: on the list already, and no box newly ticked."""
    there = Subscription.objects.filter(
        newsletter=sign_up.newsletter_id, subscriber__normalised=sign_up.normalised, state=Subscription.State.ACTIVE
    ).first()
    if there is None:
        return None
    for purpose_id in sign_up.ticks.values_list("purpose_id", flat=True):
        if not Subscriber.objects.filter(consent.stands(purpose_id), pk=there.subscriber_id).exists():
            return None
    return there


@dataclass(frozen=True)
class Confirmed:
    """fresh: this press did it. Otherwise it had been done before, which is just as well."""

    subscription: Subscription
    fresh: bool


def confirm(token: Token, *, at: datetime) -> Confirmed | None:
    """Subscribe the address that was written to, with a receipt for the newsletter and for each ticked box.

    Pressed twice, it is calm: the second press finds the first one's work.

    Returns: None when the key has expired unused, or when the person has left since.
    """
    sign_up = token.sign_up
    assert sign_up is not None  # a key that confirms, as the database holds
    with transaction.atomic():
        if not tokens.spend(token, at=at):
            there = Subscription.objects.filter(
                newsletter=sign_up.newsletter_id,
                subscriber__normalised=sign_up.normalised,
                state=Subscription.State.ACTIVE,
            ).first()
            return Confirmed(there, fresh=False) if there and sign_up_confirmed(sign_up) else None
        subscriber = _subscriber(sign_up, at=at)
        subscription, made = Subscription.objects.get_or_create(
            newsletter=sign_up.newsletter, subscriber=subscriber, defaults={"confirmed_at": at}
        )
        if not made and subscription.state == Subscription.State.LEFT:
            Subscription.objects.filter(pk=subscription.pk).update(
                state=Subscription.State.ACTIVE, confirmed_at=at, left_at=None, left_by="", left_issue=None
            )
            subscription.refresh_from_db()
        suppression.lift(sign_up.normalised, at=at)
        SignUp.objects.filter(pk=sign_up.pk).update(confirmed_at=at)
        record(SUBSCRIBED, subscription_id=subscription.pk)
        for wording in [sign_up.wording, *sign_up.ticks.order_by("signuptick__id")]:
            consent.grant(
                subscriber,
                wording,
                at=at,
                asked_at=sign_up.requested_at,
                page_path=sign_up.page_path,
                form=sign_up.form,
                how="confirmed by button",
                story_id=sign_up.story_id,
                list_version_id=sign_up.list_version_id,
            )
    return Confirmed(subscription, fresh=True)


def sign_up_confirmed(sign_up: SignUp) -> bool:
    """Say whether this request was confirmed, asked anew: the row in hand may be older than the other press."""
    return SignUp.objects.filter(pk=sign_up.pk, confirmed_at__isnull=False).exists()


def page_path(value: str) -> str:
    """Return the path of the page where the form stood, or "" when it is no path of ours."""
    return value if len(value) <= 500 and _PATH.match(value) and not value.startswith("//") else ""


def story_of(page: str) -> Story | None:
    """Return the story at this address of ours that readers have seen, or None."""
    section, _, slug = page_path(page).partition("?")[0].strip("/").partition("/")
    return story_addresses.story_at(section, slug) if section and slug and "/" not in slug else None


def placement_of(newsletter: Newsletter, value: str) -> BoxPlacement | None:
    """Return the box that a form names, or None: receipts name no box that is not this newsletter's."""
    return BoxPlacement.objects.filter(pk=int(value), newsletter=newsletter).first() if _is_id(value) else None


def _subscriber(sign_up: SignUp, *, at: datetime) -> Subscriber:
    subscriber = None
    while subscriber is None:
        Subscriber.objects.get_or_create(
            normalised=sign_up.normalised, defaults={"address": sign_up.address, "confirmed_at": at}
        )
        # Held until the end: a leave at the same moment comes wholly before or wholly after this. By the address, not
        # by the row's number: who was erased at this very moment begins anew, and the emptied row stays empty.
        subscriber = Subscriber.objects.select_for_update().filter(normalised=sign_up.normalised).first()
    if subscriber.confirmed_at is None or subscriber.undeliverable_at is not None:
        # Pressed in a letter that arrived: whatever came back from there before, it takes mail now.
        subscriber.confirmed_at, subscriber.undeliverable_at, subscriber.undeliverable_why = at, None, ""
        subscriber.save(update_fields=["confirmed_at", "undeliverable_at", "undeliverable_why"])
    return subscriber


def _wordings(newsletter: Newsletter, asked: Asked) -> tuple[Wording | None, list[Wording]]:
    """The versions that the form showed, which may be older than today's: receipts name what the person read."""
    named = {int(value) for value in (asked.wording, *asked.ticked) if _is_id(value)}
    offered = set(newsletter.offers.values_list("purpose_id", flat=True)) | {newsletter.purpose_id}
    shown = list(Wording.objects.filter(pk__in=named, purpose__in=offered).order_by("purpose_id", "-version"))
    own = next((wording for wording in shown if wording.purpose_id == newsletter.purpose_id), None)
    boxes = {wording.purpose_id: wording for wording in reversed(shown) if wording.purpose_id != newsletter.purpose_id}
    own = own or consent.current_wordings([newsletter.purpose_id]).get(newsletter.purpose_id)
    return own, list(boxes.values())


def _list_version(newsletter: Newsletter, value: str) -> ListVersion | None:
    """The version that the form showed, which may be older than today's; without a good one, today's."""
    versions = ListVersion.objects.filter(newsletter=newsletter)
    return (versions.filter(pk=int(value)).first() if _is_id(value) else None) or versions.order_by("-version").first()


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values once each, in order, at most ten: a form of ours has no more."""
    return tuple(dict.fromkeys(values))[:10]
