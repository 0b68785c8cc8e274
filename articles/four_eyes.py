"""Two people stand behind what is published (promise 3).

The rule, in one sentence for an editor: you may approve when somebody else wrote at least a quarter of what changed
since the last approval.

Why words, and why a quarter. "Somebody else saved too" would let a colleague's comma license a story that one person
wrote; "somebody else's paragraph is in it" would let a comma in one paragraph license all the others. Words alone tell
an editor who mended a reporter's draft, also by a paragraph of their own, from one who wrote it. Half would refuse the
editor who adds a paragraph to a reporter's two lines, and that is mending; a tenth would let nine paragraphs through
that nobody else has read.
"""

from __future__ import annotations

from articles import authorship
from articles.models import Draft, MoveLog, Revision
from newsroom.accounts.models import Person

LEAST = 4
"""One in so many of the changed words is somebody else's."""


def why_not(person: Person, draft: Draft) -> str | None:
    """The sentence that keeps this person from approving the draft's head, or None. At most four queries.

    In a section with the strict rule, whoever saved anything since the last approval may not approve.
    """
    base, saves = _since_approval(draft)
    everyone = _people(saves)
    if draft.story.section.strict_review:
        if person.pk in everyone:
            return "In this section whoever approves has changed nothing. Another editor must approve it."
        return None
    if saves and person.pk not in everyone:
        return None
    standing = _standing(saves, base.digest if base else "") or saves
    if _people(standing) <= {person.pk}:
        return "These changes are yours alone. Somebody else must approve them."
    known = draft.base_revision if base is not None and base.pk != draft.base_revision_id else None
    words = authorship.shares(base, _turns(standing), known=known)
    others = words.total() - words[person.pk]
    # Nothing but the order of paragraphs or the weight of letters changed, and not by one alone: no words to count.
    if others * LEAST >= words.total():
        return None
    if not others:
        return "These changes are yours alone. Somebody else must approve them."
    return (
        f"Somebody else wrote only {others} of the {words.total()} words that changed, and a quarter must be theirs. "
        "Another editor must approve it."
    )


_Save = tuple[int | None, str, int]
"""Who saved (None: a published correction was taken in, and its words had their own approval), the digest of what it
said then, the revision's id."""


def _people(saves: list[_Save]) -> set[int]:
    return {author for author, _, _ in saves if author is not None}


def _since_approval(draft: Draft) -> tuple[Revision | None, list[_Save]]:
    """What changes are counted from, and the saves since, in order.

    With nothing approved before, what readers see is the beginning. So it is when the head says again what was
    approved, or its own author could put their name under it the second time.
    """
    logs = MoveLog.objects.filter(draft=draft, move__in=("approve", "fold")).select_related("revision").order_by("-pk")
    approved = next((log.revision for log in logs if log.move == "approve"), None)
    folded = {log.revision_id for log in logs if log.move == "fold"}
    rows = list(
        Revision.objects.filter(draft=draft).order_by("number").values_list("number", "author_id", "digest", "pk")
    )
    base = draft.base_revision
    if approved and rows and rows[-1][2] != approved.digest:
        base, rows = approved, [row for row in rows if row[0] > approved.number]
    return base, [(None if pk in folded else author, digest, pk) for _, author, digest, pk in rows]


def _standing(saves: list[_Save], beginning: str) -> list[_Save]:
    """The saves that still stand: what was taken back again as a whole never was."""
    kept: list[_Save] = []
    for save in saves:
        if save[1] == beginning:
            kept = []
        elif any(save[1] == earlier[1] for earlier in kept):
            while kept[-1][1] != save[1]:
                kept.pop()
        else:
            kept.append(save)
    return kept


def _turns(saves: list[_Save]) -> list[tuple[int | None, Revision]]:
    """Who wrote in turn, with what it said when each gave the draft out of their hands. One query."""
    last = [
        (save[0], save[2])
        for save, after in zip(saves, [*saves[1:], None], strict=True)
        if not after or after[0] != save[0]
    ]
    found = Revision.objects.in_bulk([pk for _, pk in last])
    return [(author, found[pk]) for author, pk in last]
