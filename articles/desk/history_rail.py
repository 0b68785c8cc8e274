"""The History tab of the writing screen: the newest sittings and moves, and what each did to the words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from articles.desk.history_lines import Happening, lines
from articles.models import Draft, MoveLog, Revision
from articles.quotation_marks import normalise
from newsroom import blocks

MOST = 6
_LOOKED_BACK = 16  # saved states: a sitting by hand has several


@dataclass(frozen=True)
class Line:
    """A sitting or a move. added, removed: words, of a sitting whose beginning is known; a paragraph that moved counts
    as neither."""

    happening: Happening
    added: int | None = None
    removed: int | None = None


def newest(draft: Draft) -> list[Line]:
    """The newest MOST of the story's sittings and moves. Two queries."""
    moves = MoveLog.objects.filter(story_id=draft.story_id).select_related("person", "revision")[:MOST]
    saves = list(
        Revision.objects.filter(draft__story_id=draft.story_id)
        .exclude(draft__kind=Draft.Kind.LIVE)  # written by a live post, which stands among the moves
        .select_related("author", "draft__base_revision")
        .defer("paragraph_keys", "draft__base_revision__paragraph_keys")
        .order_by("-pk")[:_LOOKED_BACK]
    )
    known = {(save.draft_id, save.number): save for save in saves}
    return [_line(happening, known) for happening in lines(moves, saves)[:MOST]]


def _line(happening: Happening, known: dict[tuple[int, int], Revision]) -> Line:
    if not happening.saved or happening.revision is None:
        return Line(happening)
    oldest = happening.revisions[-1]
    before = known.get((oldest.draft_id, oldest.number - 1)) or oldest.draft.base_revision
    if before is None and oldest.number > 1:
        return Line(happening)  # what it began from is further back than we looked
    was, now = _words(before), _words(happening.revision)
    return Line(happening, (now - was).total(), (was - now).total())


def _words(revision: Revision | None) -> Counter[str]:
    if revision is None:
        return Counter()
    said = (revision.kicker, revision.headline, revision.standfirst, blocks.plain_text(revision.body))
    return Counter(normalise("\n".join(said)).split())
