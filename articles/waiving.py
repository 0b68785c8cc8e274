"""Letting one finding of a check through, with a reason. What nobody may waive (credit, alternative text, rights; changed
or retracted words; barred products) cannot be asked for here; words in quotation marks are waived in the ledger, and that
is taken back here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from articles import checks, ledger, typed
from articles.access import may
from articles.models import CheckWaiver, Draft, Waiver
from articles.refusals import Refused
from newsroom import audit
from newsroom.accounts.models import Person

LONGEST_REASON = 300


def waive(draft: Draft, *, name: str, about: str, reason: str, person: Person, at: datetime) -> CheckWaiver:
    """Waive what the check ``name`` finds in the draft's head about ``about``. Holds for this story and this very finding.

    Raises:
        Refused: by field (reason), or "" : the person is no editor, or the check does not find that now, or it is not
            for an editor to waive.
    """
    if not may(person).decide:
        raise Refused("Only an editor waives a check.")
    reason = typed.line(reason)
    if not reason:
        raise Refused({"reason": "Say why it may stand."})
    if len(reason) > LONGEST_REASON:
        raise Refused({"reason": f"Keep the reason to {LONGEST_REASON} characters."})
    assert draft.head is not None
    found = checks.run(draft.head, story=draft.story, at=at)
    finding = next((one for one in found if (one.name, one.about) == (name, about) and one.about), None)
    if finding is None:
        raise Refused("The checks do not find this in the saved text any more. Look again.")
    if finding.waiver is not None:
        return finding.waiver
    if not finding.waivable:
        raise Refused("Nobody waives this. It has to be mended.")
    with transaction.atomic():
        waiver, made = CheckWaiver.objects.get_or_create(
            story=draft.story,
            check_name=name,
            about=about,
            defaults={
                "revision": draft.head,
                "message": finding.message,
                "reason": reason,
                "person": person,
                "at": at,
            },
        )
        if made:
            audit.note(person, "check.waived", f"story:{draft.story_id}", waiver=waiver.pk, check=name)
    return waiver


def unwaive(waiver_id: int, *, story_id: int, person: Person, at: datetime) -> Waiver:
    """Take back that words in quotation marks need no source: the check asks for one again, at the next approval and of
    what is approved or scheduled already. What readers see stays. The row is kept with who took it back and when.

    Raises:
        Refused: the person is no editor, or it does not stand (any more).
    """
    if not may(person).decide:
        raise Refused("Only an editor takes a waiver back.")
    with transaction.atomic():
        standing = Waiver.objects.filter(pk=waiver_id, story=story_id, ended_at=None)
        if not standing.update(ended_by=person, ended_at=at):
            raise Refused("This waiver does not stand any more. Look again.")
        audit.note(person, "quotation.unwaived", f"story:{story_id}", waiver=waiver_id)
        ledger.recount_of(story_id)
    return Waiver.objects.get(pk=waiver_id)
