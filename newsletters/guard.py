"""What keeps the sign-up boxes from being used against others: budgets, a list of throwaway domains, and an alarm."""

from __future__ import annotations

import hmac
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from newsletters import alarms
from newsletters.models import SignUpAlarm
from newsroom import limits

# How many requests are taken, within how many seconds: per address, so that nobody is bombed with confirmations; per
# network and in all, so that a robot cannot make us a nuisance to thousands.
PER_ADDRESS = (3, 6 * 3600)
PER_NETWORK = (30, 3600)
PER_SITE = (3000, 3600)
HASTY = 800  # milliseconds from the page's beginning to its form: nobody reads and types in that

Kind = SignUpAlarm.Kind


class Verdict(Enum):
    """TAKE it. QUEUE it unanswered: the budgets cannot be asked. BUSY: say so. DROP it, and answer as ever."""

    TAKE = "take"
    QUEUE = "queue"
    BUSY = "busy"
    DROP = "drop"


def ask(normalised: str, network: str, *, at: datetime, again: bool = False) -> Verdict:
    """Spend from the budgets for one request that would send a letter to this address.

    While Redis is away nobody knows what other processes let through, so nothing is mailed: the request is queued, and
    only half the budget of each process, so that a flood cannot fill the database meanwhile.

    Args:
        network: as ``keyed_network`` gives it.
        again: it is queued already, and has paid for that.
    """
    for kind, key, (limit, seconds), refusal in (
        (Kind.NETWORK, network, PER_NETWORK, Verdict.BUSY),
        (Kind.SITE, "all", PER_SITE, Verdict.BUSY),
        (Kind.ADDRESS, normalised, PER_ADDRESS, Verdict.DROP),
    ):
        budget = f"newsletters.sign_up.{kind}"
        allowed = limits.spend_shared(budget, key, limit=limit, seconds=seconds)
        if allowed is None and again:
            return Verdict.QUEUE
        if allowed is None:
            raise_alarm(Kind.QUEUE, at=at)
            allowed = limits.spend(f"{budget}.queued", key, limit=limit, seconds=seconds)
            if not allowed:
                return refusal
            if kind == Kind.ADDRESS:
                return Verdict.QUEUE
        elif not allowed:
            raise_alarm(kind, at=at)
            return refusal
    return Verdict.TAKE


def keyed_network(network: str) -> str:
    """Return what stands for a network where it must be remembered for a while: not the address itself."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"newsletters.network\0{network}".encode(), "sha256").hex()


def hasty(took: str) -> bool:
    """Say whether a form came faster than a person can be. Only a script of ours says how long it took."""
    return took.isascii() and took.isdigit() and len(took) < 10 and int(took) < HASTY


def throwaway(normalised: str) -> bool:
    """Say whether the address is at a domain (or below one) that hands out addresses for minutes."""
    labels = normalised.rpartition("@")[2].split(".")
    return any(".".join(labels[start:]) in _throwaway_domains() for start in range(len(labels) - 1))


@cache
def _throwaway_domains() -> frozenset[str]:
    lines = (Path(__file__).parent / "throwaway_domains.txt").read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def raise_alarm(kind: SignUpAlarm.Kind, *, at: datetime) -> None:
    """Let the desk see that a box defends itself: once an hour of each kind, however many requests come."""
    if not limits.spend("newsletters.alarm", f"{kind}:{at:%Y-%m-%dT%H}", limit=2, seconds=3600):
        return
    with transaction.atomic():
        hour = at.replace(minute=0, second=0, microsecond=0)
        _, made = SignUpAlarm.objects.get_or_create(kind=kind, hour=hour)
        if made:
            alarms.sign_ups(kind, at=at)
