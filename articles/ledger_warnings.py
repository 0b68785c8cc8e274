"""What the ledger makes an editor ask, though it stops nothing. The rules are the field's own: name how many sources
there are and no more (Reuters Handbook, "Sources"); no unnamed source for an opinion (AP, "Anonymous sources": material
that is "information and not opinion or speculation"); two sources for what a headline says, unless one was there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from articles.checks import WARN, Check, Matter, Row, add, check, warn
from articles.ledger import Judged, Standing
from articles.models import Quotation, Source
from newsroom import blocks
from newsroom.wording import quoted

# "Sources say", "insiders told", "friends have claimed": a plural that says somebody said it.
_PLURAL = re.compile(
    r"\b(?:sources|insiders|aides|friends|courtiers|officials|advisers|staffers|onlookers|experts)\b"
    r"(?:\s+\w+){0,4}?\s+(?:say|said|tell|told|claim|claimed|confirm|confirmed|reveal|revealed|insist|insisted|believe|believed|add|added)\b",
    re.IGNORECASE,
)
# How somebody says what they think of it rather than what happened.
_OPINION = re.compile(
    r"\b(?:I|we)\s+(?:think|believe|feel|hope|doubt|guess|reckon)\b|\bin (?:my|our) (?:view|opinion)\b"
    r"|\b(?:he|she|they|it)(?:’s|'s|\s+(?:is|are|was|were))\s+(?:so\s+|very\s+|really\s+|totally\s+|a\s+)?"
    r"(?:selfish|arrogant|cold|cruel|jealous|lazy|vain|difficult|ridiculous|shameful|disgraceful|terrible|awful|pathetic|desperate"
    r"|narcissist|liar|snob|bully|fool)\b"
    r"|\b(?:should|ought to)\s+be\s+ashamed\b",
    re.IGNORECASE,
)


def _tied(matter: Matter) -> list[Quotation]:
    return [item.quotation for item in matter.quotations if item.standing is Standing.TIED and item.quotation]


def _who(said: Quotation) -> int | str:
    """Who said it, for counting. Entries of unnamed people who are called the same may be one person's: what only warns
    takes them for one, and whoever knows better waives it."""
    if said.source.kind == Source.Kind.UNNAMED:
        return said.source.description.casefold()
    return said.source_id


@check(
    "Several sources",
    "The text speaks of sources, aides or friends in the plural only where the ledger has more than one.",
    level=WARN,
    waived_by="editor",
    sourcing=True,
)
def plural_sources(matter: Matter) -> Iterator[Check]:
    """The text says "sources", and the ledger has one."""
    people = {_who(said) for said in _tied(matter) if said.source.kind != Source.Kind.DOCUMENT}
    if len(people) > 1:
        return
    places = [(matter.revision.headline, "headline"), (matter.revision.standfirst, "standfirst")]
    places += [
        (blocks.plain_text(part), f"body:{number}")
        for number, part in enumerate(blocks.paragraphs.split(matter.revision.body))
    ]
    for text, where in places:
        if found := _PLURAL.search(text):
            has = "one source" if people else "none"
            said = f"{quoted(found[0])} speaks of several; the ledger has {has} for this story."
            yield warn(said, where, about=said[:500])
            return


@check(
    "Unnamed opinion",
    "Nobody unnamed says what they think of somebody.",
    level=WARN,
    waived_by="editor",
    sourcing=True,
)
def unnamed_opinions(matter: Matter) -> Iterator[Check]:
    """An unnamed person says what they think of somebody, and cannot be held to it."""
    for item in matter.quotations:
        said = item.quotation
        if item.standing is not Standing.TIED or said is None or said.source.kind != Source.Kind.UNNAMED:
            continue
        if _OPINION.search(said.words):
            where = f"body:{item.mark.paragraph}" if item.mark.place == "body" else item.mark.block or item.mark.place
            message = f"{quoted(said.source.printed)} is unnamed and gives an opinion, not information."
            yield warn(message, where, about=f"{said.source.printed}: {said.words}"[:500])


@check(
    "A single relayed source",
    "More than one source stands behind the story, or the one spoke to us.",
    level=WARN,
    waived_by="editor",
    sourcing=True,
)
def one_relayed_source(matter: Matter) -> Iterator[Check]:
    """Everything that the story quotes comes from one source, and not to us."""
    tied = _tied(matter)
    if not tied or len({_who(said) for said in tied}) > 1:
        return
    chains = [list(said.chain.all()) for said in tied]
    if all(chains) and tied[0].source.kind not in (Source.Kind.DOCUMENT, Source.Kind.STATEMENT):
        by = chains[0][-1].outlet.printed
        message = f"A single source stands behind this story, and it spoke to {by}, not to us."
        yield warn(message, "headline", about=message[:500])


@check(
    "Quotations checked",
    "Somebody has held the words of every quotation against its source, and said so.",
    level=WARN,
    waived_by="editor",
    sourcing=True,
)
def quotations_checked(matter: Matter) -> Iterator[Check]:
    """A tie says whose words they are, not that somebody looked: also one that was chosen again. One finding for all of
    them, since an entry is not checked when it is written; another one not checked brings it back after a waiver."""
    found: dict[int, Judged] = {}
    for item in matter.quotations:
        said = item.quotation
        if item.standing is Standing.TIED and said is not None and said.state == Quotation.State.UNCHECKED:
            found.setdefault(said.pk, item)
    if not found:
        return
    first, *others = found.values()
    where = f"body:{first.mark.paragraph}" if first.mark.place == "body" else first.mark.block or first.mark.place
    words = first.mark.words if len(first.mark.words) <= 80 else first.mark.words[:79].rstrip() + "…"
    more = f" and {len(others)} more" if others else ""
    are = "are" if others else "is"
    message = f"{quoted(words)}{more} {are} not checked against the source yet. The Sources tab leads to each."
    yield warn(message, where, about=f"quotations {' '.join(map(str, sorted(found)))}"[:500])


# Asked of the person who is about to approve (``four_eyes.judge``), so that no run over the text alone can find it.
add(
    Row(
        "approver_is_author",
        "An approver who is also an author",
        "Whoever approves wrote none of what changed and is not in the byline. It is said before they press, and kept with "
        "the approval.",
        WARN,
    )
)
