"""How a story leaves the mail that is still to go."""

from __future__ import annotations

from django.utils import timezone

from articles import exits
from newsletters import issues
from newsletters.models import Issue

WHY = "A story in this issue left the readers while it was being sent."


def queued(story_id: int) -> str:
    """Hold every sending with the story in it; say what became of those and of the issues that are being composed."""
    for issue in Issue.objects.filter(state=Issue.State.SENDING, stories=story_id):
        issues.hold(issue.pk, why=WHY, at=timezone.now())
    held = Issue.objects.filter(state=Issue.State.HELD, stories=story_id).count()
    composing = Issue.objects.filter(state=Issue.State.COMPOSING, stories=story_id).count()
    sentences = []
    if held:
        sentences.append(
            f"{held} sending{'s' if held != 1 else ''} held: nobody else gets {'them' if held != 1 else 'it'}."
        )
    if composing:
        sentences.append(f"{composing} issue{'s' if composing != 1 else ''} in the making cannot be sent with it.")
    return " ".join(sentences) or "It stands in no letter that is still to go."


EXIT = exits.Exit("mail", "Queued mail", queued, order=70)
