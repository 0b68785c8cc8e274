"""What happened to a story, line by line: its moves, and its saved states with those of one sitting as one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from articles import corrections, merge
from articles.models import Clash, MoveLog, Revision
from articles.moves import BY_NAME

SITTING = timedelta(minutes=30)  # without a word for so long, the next one begins another sitting


@dataclass(frozen=True)
class Happening:
    """A line of the history: a move, or a sitting's saves. revisions: the newest first; of a move the one that it was
    about, where it had one. clash: two texts of one place, from then on."""

    at: datetime
    who: str
    said: str
    reason: str = ""
    revisions: tuple[Revision, ...] = ()
    saved: bool = False
    clash: Clash | None = None

    @property
    def revision(self) -> Revision | None:
        return self.revisions[0] if self.revisions else None

    @property
    def since(self) -> datetime:
        return self.revisions[-1].created_at if self.revisions else self.at


def lines(moves: Iterable[MoveLog], saves: Iterable[Revision], clashes: Iterable[Clash] = ()) -> list[Happening]:
    """All that happened, the newest first. What was kept by itself in one sitting, with nothing of others in between,
    is one line; what somebody saved by hand, or acted on, ends it."""
    logs = list(moves)
    acted_on = {log.revision_id for log in logs}
    happened: list[tuple[datetime, int, MoveLog | Revision | Clash]] = [(log.at, 1, log) for log in logs]
    happened += [(clash.at, 2, clash) for clash in clashes]
    happened += [(revision.created_at, 0, revision) for revision in saves]
    happened.sort(key=lambda one: (one[0], one[1], one[2].pk))
    made: list[Happening] = []
    for at, _, one in happened:
        if isinstance(one, MoveLog):
            done = BY_NAME[one.move].done if one.move in BY_NAME else one.move
            made.append(Happening(at, one.person.name, done, one.reason, (one.revision,) if one.revision else ()))
        elif isinstance(one, Clash):
            made.append(Happening(at, one.person.name, _clashed(one), clash=one))
        elif made and _one_sitting(made[-1], one, acted_on):
            made[-1] = _saved((one, *made[-1].revisions))
        else:
            made.append(_saved((one,)))
    return made[::-1]


def _clashed(clash: Clash) -> str:
    place = corrections.named(clash.place, clash.position).lower()
    place = f"the {place}" if clash.place in merge.FIELDS else place
    if clash.published_id:
        return f"corrected {place} before readers, where the draft of {clash.other.name} says something else"
    if clash.person_id == clash.other_id:
        return f"changed {place} in two windows at once"
    return f"changed {place} at the same time as {clash.other.name}"


def _one_sitting(line: Happening, later: Revision, acted_on: set[int | None]) -> bool:
    earlier = line.revision
    return (
        line.saved
        and earlier is not None
        and earlier.draft_id == later.draft_id
        and earlier.author_id == later.author_id
        and not earlier.by_hand
        and earlier.pk not in acted_on
        and later.created_at - earlier.created_at <= SITTING
    )


def _saved(revisions: tuple[Revision, ...]) -> Happening:
    newest, oldest = revisions[0], revisions[-1]
    said = f"saved revision {newest.number}"
    if len(revisions) > 1:
        said = f"saved revisions {oldest.number} to {newest.number} in one sitting"
    return Happening(newest.created_at, newest.author.name, said, revisions=revisions, saved=True)
