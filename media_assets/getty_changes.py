"""Hearing from Getty Images which of its pictures changed. One that it deletes must be removed, by contract.

A change set is confirmed only once what it asks for is committed: a crash in between brings the same set again, and its
number says that it was seen to. A channel that nobody reads for 120 days is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from media_assets import access, ending, getty, usage, withdrawal
from media_assets.getty_asking import UNREADABLE, Problem, answer_to, told
from media_assets.models import Asset, ChangeSet, Listening, Removal
from media_assets.reasons import day
from newsroom import audit, notices
from newsroom.accounts import Role
from newsroom.accounts.models import Person
from newsroom.notices import Kind
from newsroom.wording import quoted

BATCH, SETS = 2200, 20  # pictures of one set, as many as Getty gives; sets of one sweep
ALARM = timedelta(minutes=30)
ACCOUNT = "account"  # stands for the whole where no channel is known
NO_CHANNEL = (
    "Getty Images has no channel of changes for us, so nobody hears when it takes a picture back. Its sales representative "
    "sets one up."
)

TAKEN_BACK = Kind(
    name="media_assets.taken-back",
    label="An agency takes a picture back",
    help="Getty Images deletes a picture that you brought in or that stands in a story of yours; for the picture desk, any.",
    may=lambda person: person.has_role(*access.TELLS),
    mail=True,
    always=True,
    order=91,
)
DEAF = Kind(
    name="media_assets.getty-deaf",
    label="Getty Images cannot be heard",
    help="Nobody hears for half an hour which pictures Getty Images takes back: once a day, until it is mended.",
    may=lambda person: person.has_role(Role.PICTURE_EDITOR, Role.ADMINISTRATOR),
    mail=True,
    always=True,
    order=92,
)
KINDS = (TAKEN_BACK, DEAF)


def hear(*, at: datetime) -> int:
    """Ask every channel of ours, see to what it asks for and confirm it; return how many sets were seen to. A failure is
    kept beside the channel, and people are told of one that lasts."""
    if not getty.connected():
        return 0
    try:
        channels = _channels()
    except Problem as problem:
        _failed(ACCOUNT, f"{problem}", at)
        return 0
    if not channels:
        _failed(ACCOUNT, NO_CHANNEL, at)
        return 0
    _heard(ACCOUNT, at)
    return sum(_hear(channel, at) for channel in channels)


def _channels() -> list[str]:
    rows = answer_to("GET", "/v3/asset-changes/channels").get("channels")
    if not isinstance(rows, list):
        raise Problem(UNREADABLE)
    return [str(row["channel_id"]) for row in rows if isinstance(row, dict) and isinstance(row.get("channel_id"), int)]


def _hear(channel: str, at: datetime) -> int:
    seen = 0
    try:
        while seen < SETS and _next(channel, at):
            seen += 1
    except Problem as problem:
        _failed(channel, f"{problem}", at)
    else:
        _heard(channel, at)
    return seen


def _next(channel: str, at: datetime) -> bool:
    """See to the channel's next change set. False: nothing waits.

    Raises:
        Problem: Getty did not answer as it should.
    """
    said = answer_to("PUT", f"/v3/asset-changes/change-sets?channel_id={channel}&batch_size={BATCH}")
    rows, number = said.get("changed_assets"), str(said.get("change_set_id") or "")
    if not isinstance(rows, list) or len(number) > 64:
        raise Problem(UNREADABLE)
    if not number:
        return False
    see_to(number, [row for row in rows if isinstance(row, dict)], at=at)
    # Only now: what is confirmed is never given out again. 404: it was confirmed, and the answer was lost.
    told("DELETE", f"/v3/asset-changes/change-sets/{quote(number, safe='')}", fine=(200, 202, 204, 404))
    ChangeSet.objects.filter(number=number, confirmed_at=None).update(confirmed_at=at)
    return bool(rows)


@transaction.atomic
def see_to(number: str, rows: Iterable[dict[str, Any]], *, at: datetime) -> ChangeSet:
    """Do what a change set asks for: all of it or nothing. One that was seen to before asks for nothing."""
    changes = sorted(((_moment(row, at), row) for row in rows), key=lambda pair: pair[0])
    made, new = ChangeSet.objects.get_or_create(number=number, defaults={"received_at": at, "changes": len(changes)})
    if not new:
        return made
    wanted = {str(row.get("id")): row for _, row in changes}
    ours: dict[str, list[Asset]] = {}
    theirs = Q(agency__name__iexact=getty.AGENCY) | Q(agency=None)
    for asset in Asset.objects.filter(theirs, supplier_id__in=wanted).order_by("pk"):
        ours.setdefault(asset.supplier_id, []).append(asset)
    for moment, row in changes:
        deleted = str(row.get("asset_lifecycle", "")).casefold().startswith("delet")
        for asset in ours.get(str(row.get("id")), ()):
            if deleted:
                _take_away(asset, made, said_at=moment, at=at)
            else:
                # It is given out again: who may, may reinstate it. By itself nothing comes back.
                Removal.objects.filter(asset=asset).delete()
    made.removals = made.taken.count()
    made.save(update_fields=["removals"])
    return made


def _take_away(asset: Asset, change_set: ChangeSet, *, said_at: datetime, at: datetime) -> None:
    reason = f"Getty Images took it back on {day(said_at)} (change set {change_set.number})."
    withdrawal.withdraw(asset.pk, person=None, reason=reason, at=at)
    _, new = Removal.objects.get_or_create(
        asset=asset, defaults={"change_set": change_set, "said_at": said_at, "at": at}
    )
    if not new:
        return
    audit.note(None, "media_assets.taken_back", f"asset:{asset.pk}", change_set=change_set.number)
    stories = usage.concerns([asset.pk], at)[asset.pk]
    desk = Person.objects.filter(is_active=True, roles__contains=[Role.PICTURE_EDITOR])
    owner = [asset.added_by] if asset.added_by else []
    people = [*desk, *owner, *(one for story in stories for one in story.people)]
    notices.tell(
        TAKEN_BACK.name,
        people,
        key=f"{TAKEN_BACK.name}:{asset.pk}:{change_set.number}",
        title=f"Getty Images took back {quoted(asset.title[:120])}",
        detail=f"It leaves every page by itself. {ending.standing_in(stories)}",
        url=reverse("media-desk:receipts", args=[asset.pk]),
        at=at,
    )


def _moment(row: dict[str, Any], at: datetime) -> datetime:
    try:
        found = parse_datetime(str(row.get("asset_changed_utc_datetime", "")).replace(" ", ""))
    except ValueError:
        found = None
    return at if found is None else found if found.tzinfo else found.replace(tzinfo=UTC)


def _heard(channel: str, at: datetime) -> None:
    Listening.objects.update_or_create(channel=channel, defaults={"heard_at": at, "failing_since": None, "error": ""})


@transaction.atomic
def _failed(channel: str, why: str, at: datetime) -> None:
    Listening.objects.get_or_create(channel=channel)
    Listening.objects.filter(channel=channel, failing_since=None).update(failing_since=at)
    Listening.objects.filter(channel=channel).update(error=why[:300])
    since = Listening.objects.values_list("failing_since", flat=True).get(channel=channel)
    if since is None or at - since < ALARM:
        return
    people = Person.objects.filter(is_active=True).filter(
        Q(roles__contains=[Role.PICTURE_EDITOR]) | Q(roles__contains=[Role.ADMINISTRATOR])
    )
    # No channel at all is no fault that mends itself: said once.
    days = 0 if why == NO_CHANNEL else (at - since).days
    notices.tell(
        DEAF.name,
        people,
        key=f"{DEAF.name}:{channel}:{since.isoformat()}:{days}",
        title="Nobody hears which pictures Getty Images takes back",
        detail=f"Since {day(since)}: {why} A channel that is not read for 120 days is closed.",
        url=reverse("media-desk:getty-account"),
        at=at,
    )
