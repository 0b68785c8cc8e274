"""Two people stand behind what is published (promise 3)."""

from __future__ import annotations

from articles.models import Draft, MoveLog, Revision
from newsroom.accounts.models import Person


def why_not(person: Person, draft: Draft) -> str | None:
    """The sentence that keeps this person from approving the draft's head, or None. Two queries.

    Whoever alone made the changes since the last approval may not approve them, whatever roles they hold. In a section
    with the strict rule, whoever changed anything may not.
    """
    standing, everyone = contributors(draft)
    if draft.story.section.strict_review:
        if person.pk in everyone:
            return "In this section whoever approves has changed nothing. Another editor must approve it."
    elif standing <= {person.pk}:
        return "These changes are yours alone. Somebody else must approve them."
    return None


def contributors(draft: Draft) -> tuple[set[int], set[int]]:
    """Ids of the people whose changes since the last approved revision stand in the head; and of all who saved since.

    A change that was taken back again does not stand: a colleague's comma that comes and goes makes nobody a second
    author. With nothing approved before, the draft's base (what readers see) is the beginning.
    """
    base = draft.base_revision.digest if draft.base_revision else ""
    approved = (
        MoveLog.objects.filter(draft=draft, move="approve")
        .order_by("-pk")
        .values_list("revision__number", "revision__digest")
        .first()
    )
    rows = list(Revision.objects.filter(draft=draft).order_by("number").values_list("number", "author_id", "digest"))
    if approved and rows and rows[-1][2] != approved[1]:
        since, digest = approved
        rows = [row for row in rows if row[0] > since]
    else:
        # Nothing approved yet, or the head says again what was approved: then it is judged from the beginning, or its
        # own author could put their name under it the second time.
        digest = base
    kept: list[tuple[int, str]] = []
    for _, author, state in rows:
        if state == digest:
            kept = []
        elif any(state == earlier for _, earlier in kept):
            while kept[-1][1] != state:
                kept.pop()
        else:
            kept.append((author, state))
    everyone = {author for _, author, _ in rows}
    return ({author for author, _ in kept} or everyone), everyone
