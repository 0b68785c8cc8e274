"""Noticing that a picture left the readers, for whatever reason: a right that ended, a denial, a withdrawal, a lost credit."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from media_assets import exits, library, making, rights
from media_assets.models import Departure, Openness, Rendition, Use
from newsroom import live


def follow(asset_id: int, *, at: datetime, since: datetime) -> Departure | None:
    """Compare where readers may meet the picture at ``at`` with where they could when this was last asked; write down what
    it left, and have every exit answer for it. Inside a transaction; again it finds nothing new.

    Args:
        since: the moment from which it is other: the end of a right, or when somebody said so.
    """
    asset = library.load([asset_id]).get(asset_id)
    if asset is None or not (asset.made or Openness.objects.filter(pk=asset_id).exists()):
        return None  # no reader ever had a file of it
    Openness.objects.bulk_create([Openness(asset_id=asset_id)], ignore_conflicts=True)
    known = Openness.objects.select_for_update().get(pk=asset_id)
    # Loaded again, now that nobody else can be telling of it.
    asset = library.load([asset_id])[asset_id]
    answers = {use: rights.usability(asset, use, at) for use in Use.exits()}
    now = [use.value for use, usable in answers.items() if usable.allowed]
    lost = [use for use in known.uses if use not in now]
    if known.uses != now:
        Openness.objects.filter(pk=asset_id).update(uses=now)
    for departure in Departure.objects.filter(asset=asset_id, returned_at=None):
        if set(departure.uses) <= set(now):
            Departure.objects.filter(pk=departure.pk).update(returned_at=at)
    if not lost:
        return None
    reasons = [reason for use in lost for reason in answers[Use(use)].reasons]
    made = Departure.objects.create(
        asset=asset, uses=lost, name=reasons[0].name, reason=" ".join(dict.fromkeys(reasons))[:600], at=min(since, at)
    )
    exits.leave(made, at=at)
    return made


def _files(departure: Departure) -> str:
    """The addresses of the files themselves: open as long as any exit may show the picture."""
    asset_id = departure.asset_id
    asset = library.load([asset_id])[asset_id]
    at = timezone.now()
    if rights.usable_anywhere(asset, at):
        places = [use.label.lower() for use in Use.exits() if rights.usability(asset, use, at).allowed]
        return f"They stay: it may still be used for {', '.join(places)}."
    making.settle(asset_id, at=at)
    live.purge(f"asset:{asset_id}", gone=True)
    if left := making.lying_about(asset_id):
        raise RuntimeError(f"{left} of its files are still in the public folder.")
    count = Rendition.objects.filter(asset=asset_id).count()
    return f"{count} address{'es' if count != 1 else ''} answer{'s' if count == 1 else ''} 410; no file lies in the public folder."


EXIT = exits.Exit("files", "The addresses of its files", _files, order=60)
