"""What follows when a picture comes in or changes."""

from __future__ import annotations

from django.utils import timezone

from media_assets import departing, getty_usage, library, likeness, making, rights, standing
from media_assets.events import ASSET_ADDED, ASSET_CHANGED, USES_GATHERED
from media_assets.models import Use
from newsroom.live import purge
from newsroom.outbox import EventData, handler
from newsroom.outbox.doorbell import ring_on_commit

RENDER = "media_assets.render"


@handler(ASSET_ADDED, name="media_assets.render", does="Make the files of a new picture")
def make_files(event: EventData) -> None:
    """Long work: the asset's own row is the ledger, this wakes a worker."""
    ring_on_commit(RENDER)


@handler(ASSET_ADDED, name="media_assets.likeness", does="Look for pictures like a new one")
def look_for_twins(event: EventData) -> None:
    """Of two that came in at the same moment neither request may have seen the other."""
    likeness.look(event.payload["asset_id"], at=timezone.now())


@handler(ASSET_CHANGED, name="media_assets.purge", does="Show what changed of a picture on the readers’ pages")
def purge_pages(event: EventData) -> None:
    """Every page with this picture is drawn again; with a picture that may not be shown, not even a stale one is."""
    asset_id = event.payload["asset_id"]
    asset = library.load([asset_id]).get(asset_id)
    gone = asset is None or not rights.usability(asset, Use.WEB, timezone.now()).allowed
    purge(f"asset:{asset_id}", gone=gone)


@handler(
    ASSET_CHANGED, name="media_assets.standing", does="Write down where a picture stands, for the library’s filters"
)
def settle_standing(event: EventData) -> None:
    """Also at the moment when a right begins or ends."""
    standing.settle([event.payload["asset_id"]], at=timezone.now())


@handler(ASSET_CHANGED, name="media_assets.settle", does="Open or close the files of a picture")
def settle_files(event: EventData) -> None:
    """Files that may not be shown leave the public folder; missing ones are made."""
    if making.settle(event.payload["asset_id"], at=timezone.now()):
        ring_on_commit(RENDER)


@handler(ASSET_CHANGED, name="media_assets.depart", does="Write down what a picture left, and ask each exit")
def follow_departure(event: EventData) -> None:
    departing.follow(event.payload["asset_id"], at=timezone.now(), since=event.at)


@handler(USES_GATHERED, name="media_assets.report-uses", does="Report the uses of its pictures to Getty Images")
def report_uses(event: EventData) -> None:
    getty_usage.report(event.payload["batch"], at=timezone.now())
