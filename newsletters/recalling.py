"""How a story, and a picture, leave the mail that is still to go."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from articles import exits
from media_assets import exits as picture_exits
from media_assets import library, rights
from media_assets.models import Asset, Departure, Rendition, Use
from newsletters import issues, shown
from newsletters.models import Delivery, Issue
from newsroom.wording import quoted


def queued(story_id: int) -> str:
    """Hold every sending whose letter shows the story, at a place of its own or in a block of another.

    The senders ask before each letter as well; this one also reaches issues of which nobody sends at the moment. Says
    what became of those, of the letters that are out already, and of the issues that are being composed.
    """
    showing = Issue.objects.filter(shown__story=story_id)
    why = f"{quoted(shown.headlines([story_id])[0][:200])}, which this letter shows, left the readers. Nobody else gets it."
    for issue in showing.filter(state=Issue.State.SENDING):
        issues.hold(issue.pk, why=why, at=timezone.now())
    held = showing.filter(state=Issue.State.HELD).count()
    composing = Issue.objects.filter(state=Issue.State.COMPOSING, stories=story_id).count()
    out = Delivery.objects.filter(issue__in=showing, state=Delivery.State.SENT).count()
    sentences = []
    if held:
        sentences.append(
            f"{held} sending{'s' if held != 1 else ''} held: nobody else gets {'them' if held != 1 else 'it'}."
        )
    if out:
        sentences.append(f"{out} letter{'s' if out != 1 else ''} with it {'were' if out != 1 else 'was'} out before.")
    if composing:
        sentences.append(f"{composing} issue{'s' if composing != 1 else ''} in the making cannot be sent with it.")
    return " ".join(sentences) or "It stands in no letter that is still to go."


def pictured(departure: Departure) -> str:
    """Hold every sending whose letter names a file of the picture: from its address nothing comes any more, and what is
    out already shows its alternative text there.

    Says what became of the sendings. Letters that are composed later ask for the right themselves.
    """
    asset = library.load([departure.asset_id])[departure.asset_id]
    if Use.MAIL not in departure.uses or rights.usability(asset, Use.MAIL, timezone.now()).allowed:
        return "Newsletters may still show it."
    why = (
        f"The picture {quoted(asset.title[:120])}, which this letter shows, may no longer be sent. Nobody else gets it."
    )
    showing = [pk for pk in _naming(asset, Issue.State.SENDING) if issues.hold(pk, why=why, at=timezone.now())]
    held = len(_naming(asset, Issue.State.HELD))
    if not held:
        return "It stands in no letter that is still to go."
    newly = f", {len(showing)} of them now" if showing else ""
    return f"{held} sending{'s' if held != 1 else ''} held{newly}: nobody else gets {'them' if held != 1 else 'it'}."


def _naming(asset: Asset, state: Issue.State) -> list[int]:
    """The issues in this state whose frozen letter names a file of the picture."""
    digests = Rendition.objects.filter(asset=asset.pk).values_list("digest", flat=True).distinct()
    named = Q(pk__in=[])
    for digest in digests:
        named |= Q(frozen_html__contains=digest)
    return list(Issue.objects.filter(named, state=state).values_list("pk", flat=True))


PICTURE_EXIT = picture_exits.Exit("mail", "Newsletters that are being sent", pictured, order=70)
EXIT = exits.Exit("mail", "Queued mail", queued, order=70)
