"""An administrator decides, and the decision is written down in the same transaction."""

from __future__ import annotations

from django.db import transaction

from newsroom import mail, outbox
from newsroom.accounts.models import Person
from newsroom.audit import note
from newsroom.outbox.models import Effect

LONGEST_REASON = 500
REASON_NEEDED = "Say why it is not needed any more. The log keeps it."


class Late(Exception):
    """Somebody else decided first, or it came through after all. Nothing was done."""


def try_again(effect_id: int, *, person: Person) -> None:
    """Give work that failed all its tries again. Raises Late."""
    with transaction.atomic():
        if not outbox.retry(effect_id):
            raise Late
        note(person, "undelivered.try-again", f"effect:{effect_id}", work=_named(effect_id))


def try_all_again(*, person: Person) -> int:
    """Give all work that waits its tries again, once the cause is mended. Return how many there were."""
    with transaction.atomic():
        tried = [pk for pk in outbox.dead_letters().values_list("pk", flat=True) if outbox.retry(pk)]
        if tried:
            note(person, "undelivered.try-all-again", "effects", number=len(tried), first=min(tried), last=max(tried))
    return len(tried)


def give_up(effect_id: int, *, reason: str, person: Person) -> None:
    """Let work go that will never be done.

    Raises:
        ValueError: without a reason, or with a very long one; the text is for the person.
        Late: it does not wait any more.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ValueError(REASON_NEEDED)
    if len(reason) > LONGEST_REASON:
        raise ValueError(f"Keep it to {LONGEST_REASON} characters; it has {len(reason)}.")
    with transaction.atomic():
        if not outbox.give_up(effect_id):
            raise Late
        note(person, "undelivered.give-up", f"effect:{effect_id}", work=_named(effect_id), reason=reason)


def send_again(letter_id: int, *, person: Person) -> None:
    """Post an uncertain letter once more; that person may have it twice. Raises Late."""
    with transaction.atomic():
        if not mail.send_again(letter_id):
            raise Late
        note(person, "undelivered.send-again", f"letter:{letter_id}")


def arrived(letter_id: int, *, person: Person) -> None:
    """Count an uncertain letter as arrived. Raises Late."""
    with transaction.atomic():
        if not mail.arrived(letter_id):
            raise Late
        note(person, "undelivered.arrived", f"letter:{letter_id}")


def _named(effect_id: int) -> str:
    return " ".join(Effect.objects.values_list("event__kind", "handler").get(pk=effect_id))
