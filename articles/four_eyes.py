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

from dataclasses import dataclass

from articles import authorship
from articles.models import Draft, MoveLog, Revision
from newsroom.accounts.models import Person

LEAST = 4
"""One in so many of the changed words is somebody else's."""


@dataclass(frozen=True)
class Judgement:
    """Whether a person may approve. why_not: the sentence that keeps them from it, or "". words, of: how many of the
    changed words are theirs, of how many. named: they stand in the byline."""

    why_not: str = ""
    words: int = 0
    of: int = 0
    named: bool = False
    touched: bool = False

    @property
    def is_author(self) -> bool:
        return not self.why_not and (self.touched or self.named)

    def said(self, *, to_them: bool) -> str:
        """That the approver is also an author, for them before they press, or for the log; "" where they are not."""
        if not self.is_author:
            return ""
        theirs, name = ("yours", "you stand") if to_them else ("theirs", "they stand")
        parts = []
        if self.words:
            parts.append(f"{self.words} of the {self.of} words that changed are {theirs}")
        elif self.touched:
            parts.append(f"a change in it is {theirs}")
        if self.named:
            parts.append(f"{name} in the byline")
        who = "You are also an author of this" if to_them else "The approver is also an author"
        return f"{who}: {' and '.join(parts)}."


def why_not(person: Person, draft: Draft) -> str | None:
    """The sentence that keeps this person from approving the draft's head, or None. At most four queries."""
    return judge(person, draft).why_not or None


def judge(person: Person, draft: Draft) -> Judgement:
    """Whether this person may approve the draft's head, and what of it is their own. At most four queries, and one more
    where they may.

    In a section with the strict rule, whoever saved anything since the last approval may not approve.
    """
    strict = draft.story.section.strict_review
    base, saves = _since_approval(draft, strict=strict)
    everyone = _people(saves)
    if strict and person.pk in everyone:
        return Judgement("In this section whoever approves has changed nothing. Another editor must approve it.")
    if strict or (saves and person.pk not in everyone):
        return Judgement(named=_named(person, draft))
    standing = _standing(saves, base.digest if base else "") or saves
    if _people(standing) <= {person.pk}:
        return Judgement("These changes are yours alone. Somebody else must approve them.")
    known = draft.base_revision if base is not None and base.pk != draft.base_revision_id else None
    words = authorship.shares(base, _turns(standing), known=known)
    others = words.total() - words[person.pk]
    # Nothing but the order of paragraphs or the weight of letters changed, and not by one alone: no words to count.
    if others * LEAST >= words.total():
        return Judgement(
            words=words[person.pk],
            of=words.total(),
            named=_named(person, draft),
            touched=person.pk in _people(standing),
        )
    if not others:
        return Judgement("These changes are yours alone. Somebody else must approve them.")
    return Judgement(
        f"Somebody else wrote only {others} of the {words.total()} words that changed, and a quarter must be theirs. "
        "Another editor must approve it."
    )


def _named(person: Person, draft: Draft) -> bool:
    return draft.story.bylines.filter(person=person).exists()


def why_void(draft: Draft, revision_id: int, approver: Person) -> str | None:
    """The sentence that keeps an approved revision from going out, or None: the section got the strict rule after the
    approval, and the approver had changed something. Two queries in such a section, else none."""
    if not draft.story.section.strict_review:
        return None
    given = MoveLog.objects.filter(draft=draft, move="approve", revision_id=revision_id).order_by("-pk").first()
    _, saves = _since_approval(draft, strict=True, approval=given)
    if approver.pk not in _people(saves):
        return None
    return (
        f"In this section whoever approves has changed nothing, and {approver.name} changed something in these words. "
        "They have to be approved anew, by another editor."
    )


_Save = tuple[int | None, str, int]
"""Who saved (None: a published correction was taken in, and its words had their own approval), the digest of what it
said then, the revision's id."""


def _people(saves: list[_Save]) -> set[int]:
    return {author for author, _, _ in saves if author is not None}


_Row = tuple[int, int | None, str, int]
"""A revision's number, and its save."""


def _since_approval(
    draft: Draft, *, strict: bool = False, approval: MoveLog | None = None
) -> tuple[Revision | None, list[_Save]]:
    """What changes are counted from, and the saves since, in order. approval: as it was when this one was given.

    With nothing approved before, what readers see is the beginning. So it is when the head says again what was
    approved, or its own author could put their name under it the second time. strict: an approval counts only where
    its person had changed nothing; one given in another section, or before the rule, would license what it forbids.
    """
    logs = list(
        MoveLog.objects.filter(draft=draft, move__in=("approve", "fold")).select_related("revision").order_by("pk")
    )
    folded = {log.revision_id for log in logs if log.move == "fold"}
    revisions = Revision.objects.filter(draft=draft).order_by("number")
    rows: list[_Row] = [
        (number, None if pk in folded else author, digest, pk)
        for number, author, digest, pk in revisions.values_list("number", "author_id", "digest", "pk")
    ]
    if approval and approval.revision:
        logs, rows = [log for log in logs if log.pk < approval.pk], _until(approval.revision, rows)
    base: Revision | None = None
    for log in logs:
        if log.move != "approve" or log.revision is None:
            continue
        if not strict or log.person_id not in {row[1] for row in _after(base, _until(log.revision, rows))}:
            base = log.revision
    left = _after(base, rows)
    return base if len(left) < len(rows) else draft.base_revision, [row[1:] for row in left]


def _until(revision: Revision, rows: list[_Row]) -> list[_Row]:
    return [row for row in rows if row[0] <= revision.number]


def _after(approved: Revision | None, rows: list[_Row]) -> list[_Row]:
    """The rows behind what was approved; all of them where the last says it again."""
    if approved is None or not rows or rows[-1][2] == approved.digest:
        return rows
    return [row for row in rows if row[0] > approved.number]


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
