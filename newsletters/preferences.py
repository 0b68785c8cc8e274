"""The preference centre's rules: what a reader may change of theirs, with the key that was mailed to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from newsletters import addresses, consent, guard, keyed, letters, suppression, tokens
from newsletters.events import ADDRESS_CHANGE_ASKED, LINK_REQUESTED, SUBSCRIBED, SUBSCRIBER_LEFT
from newsletters.models import (
    AddressChange,
    LinkRequest,
    ListVersion,
    Newsletter,
    Purpose,
    Subscriber,
    Subscription,
    Token,
    Wording,
)
from newsroom.outbox import record

LONGEST_PAUSE = timedelta(days=366)
FORM = "preferences"


class Refused(Exception):
    """What was asked cannot be done. ``field`` says beside what to say it. Nothing was changed."""

    def __init__(self, message: str, *, field: str = "", busy: bool = False) -> None:
        super().__init__(message)
        self.message, self.field, self.busy = message, field, busy


@dataclass(frozen=True)
class Choice:
    """One purpose as the centre shows it: in the words that were agreed to, or the newest that could be."""

    wording: Wording
    on: bool
    newsletter: Newsletter | None
    since: datetime | None = None


def ask_for_link(typed: str, *, network: str, at: datetime) -> None:
    """Take a request for the link. Known or not, the work and the answer are the same: who it is, is asked later.

    Raises:
        Refused: it cannot be an address, or too much was asked at once.
    """
    try:
        address = addresses.read(typed)
    except addresses.NotAnAddress as error:
        raise Refused(error.message, field="email") from None
    _spend(address.normalised, network, at)
    with transaction.atomic():
        asked = LinkRequest.objects.create(address=address.typed, normalised=address.normalised, asked_at=at)
        record(LINK_REQUESTED, request_id=asked.pk)


def choices(person: Subscriber) -> list[Choice]:
    """Return every purpose that this person could agree to or has agreed to, newsletters first."""
    standing = {receipt.purpose_id: receipt for receipt in consent.standing(person)}
    newsletters = {one.purpose_id: one for one in Newsletter.objects.all()}
    open_ones = [one for one in newsletters.values() if one.open]
    offered = set(Purpose.objects.filter(offers__newsletter__in=open_ones).values_list("pk", flat=True))
    wanted = set(standing) | offered | {one.purpose_id for one in open_ones}
    newest = consent.current_wordings(wanted)
    found = []
    for purpose in Purpose.objects.filter(pk__in=wanted):
        receipt = standing.get(purpose.pk)
        wording = receipt.wording if receipt else newest.get(purpose.pk)
        if wording is not None:
            newsletter = newsletters.get(purpose.pk)
            found.append(
                Choice(wording, receipt is not None, newsletter, timezone.localtime(receipt.at) if receipt else None)
            )
    return found


def choose(person: Subscriber, *, shown: Collection[int], ticked: Collection[int], page: str, at: datetime) -> int:
    """Make what stands be what is ticked, among the wordings that the page showed. Return how much changed.

    Each change is a receipt of its own. A wording that was not shown is left as it is: the page may be older than a
    newsletter.

    Args:
        shown, ticked: ids of wordings.
        page: the page's path without the key.
    """
    changed = 0
    with transaction.atomic():
        person = _held(person)
        standing = {receipt.purpose_id for receipt in consent.standing(person)}
        wordings = Wording.objects.filter(pk__in=set(shown)).select_related("purpose").order_by("purpose_id", "version")
        newsletters = {one.purpose_id: one for one in Newsletter.objects.filter(purpose__wordings__in=wordings)}
        # Lists first, receipts last: from the first receipt on everybody else waits (migration 0011).
        wanted = [
            (one, one.pk in set(ticked)) for one in wordings if (one.purpose_id in standing) != (one.pk in set(ticked))
        ]
        for wording, on in wanted:
            if newsletter := newsletters.get(wording.purpose_id):
                _list(person, newsletter, on=on, at=at)
        for wording, on in wanted:
            changed += 1
            if not on:
                consent.withdraw(
                    person, wording.purpose, at=at, page_path=page, form=FORM, how="unticked by the person"
                )
                continue
            newsletter = newsletters.get(wording.purpose_id)
            versions = ListVersion.objects.filter(newsletter=newsletter) if newsletter else ListVersion.objects.none()
            version = versions.order_by("-version").first()
            consent.grant(
                person, wording, at=at, asked_at=at, page_path=page, form=FORM, how="ticked in the preferences",
                list_version_id=version.pk if version else None,
            )  # fmt: skip
    return changed


def pause(person: Subscriber, until: date | None, *, at: datetime) -> None:
    """Send this person nothing before that day begins (in the publication's zone); None ends a pause at once.

    Raises:
        Refused: the day is not ahead, or more than a year away.
    """
    moment = None
    if until is not None:
        moment = timezone.make_aware(datetime.combine(until, time.min))
        if moment <= at:
            raise Refused("Choose a day that is still to come.", field="until")
        if moment - at > LONGEST_PAUSE:
            raise Refused("Choose a day within a year.", field="until")
    Subscriber.objects.filter(pk=person.pk, erased_at=None).update(paused_until=moment)


def ask_change(person: Subscriber, typed: str, *, network: str, at: datetime) -> None:
    """Ask a new address whether it is this person's. Nothing changes before its button is pressed.

    Whether the new address is on our lists already is not said here: whoever asks has not shown that it is theirs.

    Raises:
        Refused: it cannot be an address, it is the present one, or too much was asked at once.
    """
    try:
        address = addresses.read(typed)
    except addresses.NotAnAddress as error:
        raise Refused(error.message, field="address") from None
    if address.normalised == person.normalised:
        raise Refused("Your letters go to this address already.", field="address")
    if guard.throwaway(address.normalised):
        raise Refused("This is a throwaway address. Use one that you keep.", field="address")
    _spend(address.normalised, network, at)
    with transaction.atomic():
        person = _held(person)
        assert person.normalised is not None
        change = AddressChange.objects.create(
            subscriber=person,
            address=address.typed,
            normalised=address.normalised,
            old_hash=keyed.one(person.normalised),
            new_hash=keyed.one(address.normalised),
            asked_at=at,
        )
        record(ADDRESS_CHANGE_ASKED, change_id=change.pk)


def confirm_change(token: Token, *, at: datetime) -> None:
    """Write to the new address from now on, and tell the old one. Earlier keys to the preferences end: whoever reads the
    old mailbox may be somebody else by now.

    Raises:
        Refused: the key was used or has ended, or the address has preferences of its own.
    """
    change = token.change
    assert change is not None
    with transaction.atomic():
        person = _held(change.subscriber)  # before the key, as whoever erases takes them
        if not tokens.spend(token, at=at):
            raise Refused("This link was used before, or has ended.")
        if Subscriber.objects.filter(normalised=change.normalised).exclude(pk=person.pk).exists():
            raise Refused(
                "This address is on our lists by itself, so nothing was changed. Ask for its own link to see what it gets."
            )
        old = person.address
        suppression.lift(change.normalised, at=at)
        Subscriber.objects.filter(pk=person.pk).update(
            address=change.address,
            normalised=change.normalised,
            undeliverable_at=None,
            undeliverable_why="",
            confirmed_at=at,
        )
        AddressChange.objects.filter(pk=change.pk).update(confirmed_at=at)
        Token.objects.filter(subscriber=person).delete()
        Token.objects.filter(change__subscriber=person).exclude(pk=token.pk).delete()
        letters.moved(change, old=old, at=at)


def _list(person: Subscriber, newsletter: Newsletter, *, on: bool, at: datetime) -> None:
    if on:
        there, _ = Subscription.objects.update_or_create(
            subscriber=person,
            newsletter=newsletter,
            defaults={
                "state": Subscription.State.ACTIVE, "confirmed_at": at, "left_at": None, "left_by": "", "left_issue": None
            },
        )  # fmt: skip
        record(SUBSCRIBED, subscription_id=there.pk)
        return
    rows = Subscription.objects.filter(subscriber=person, newsletter=newsletter, state=Subscription.State.ACTIVE)
    for pk in list(rows.values_list("pk", flat=True)):
        record(SUBSCRIBER_LEFT, subscription_id=pk)
    rows.update(state=Subscription.State.LEFT, left_at=at, left_by="the preferences")


def _held(person: Subscriber) -> Subscriber:
    """The person's row, locked. Raises Refused when they were erased meanwhile."""
    held = Subscriber.objects.select_for_update().filter(pk=person.pk, erased_at=None).first()
    if held is None:
        raise Refused("Everything we had of you has been erased meanwhile.")
    return held


def _spend(normalised: str, network: str, at: datetime) -> None:
    verdict = guard.ask(normalised, guard.keyed_network(network), at=at)
    # A link is no sign-up: nobody loses anything by asking again, so nothing is queued. All that is refused is refused
    # in the same words, whoever the address belongs to.
    if verdict is not guard.Verdict.TAKE:
        raise Refused("Too much was asked at once. Wait a while, then send this again.", busy=True)
