"""How a story leaves the mail that is still to go."""

from __future__ import annotations

from django.utils import timezone

from articles import exits
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


EXIT = exits.Exit("mail", "Queued mail", queued, order=70)
