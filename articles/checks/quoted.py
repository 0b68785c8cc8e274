"""Every pair of quotation marks is tied to the ledger, or waived (promise 11)."""

from __future__ import annotations

from collections.abc import Iterator

from articles.checks.registry import STOP, Check, Matter, check, stop
from articles.ledger import Standing
from articles.models import Source
from newsroom.wording import quoted

_SAYS = {
    Standing.UNTIED: "{words} is not tied to a source.",
    Standing.CHANGED: "{words} is not what the ledger has: {said}.",
    Standing.RETRACTED: "{words} was retracted by its source.",
    Standing.UNKNOWN: "{words} is tied to an entry that the ledger does not have.",
}


@check(
    "Quotations",
    "All words in quotation marks, also in headline, captions and search fields, are tied to the ledger and say what it "
    "has. Words that nobody said are waived with a reason; changed or retracted ones are not.",
    level=STOP,
    waived_by="editor",
    sourcing=True,
)
def quotations(matter: Matter) -> Iterator[Check]:
    """Takes no account of who asks: an editor too ties or waives first, in the Sources tab."""
    for item in matter.quotations:
        mark = item.mark
        if not item.standing.stops or mark.block.startswith("quote:"):  # a quotation set apart is its block's to check
            continue
        where = f"body:{mark.paragraph}" if mark.place == "body" else mark.block or mark.place
        said = quoted(_short(item.quotation.words)) if item.quotation else ""
        words = quoted(_short(mark.words)) + (f", in the {mark.place}," if mark.block else "")
        finding = stop(_SAYS[item.standing].format(words=words, said=said), where)
        yield finding if item.standing is Standing.UNTIED else Check(**{**finding.__dict__, "waived_by": ""})


@check(
    "Unnamed sources",
    "A quotation set apart names nobody who asked not to be named. It is chosen again.",
    level=STOP,
    sourcing=True,
)
def still_named(matter: Matter) -> Iterator[Check]:
    """What a placement prints was fixed when it was made; its source may have asked since not to be named."""
    for item in matter.quotations:
        kind, _, number = item.mark.block.partition(":")
        said = item.quotation
        if kind != "quote" or said is None or said.source.kind != Source.Kind.UNNAMED:
            continue
        printed = matter.placements["quote"][int(number)].attribution
        if said.source.description.casefold() not in printed.casefold():
            yield stop(
                f"{quoted(_short(said.words))} is printed as said by {quoted(printed)}; the ledger has an unnamed source, "
                f"to be called {quoted(said.source.description)}. Choose the quotation again.",
                item.mark.block,
            )


def _short(words: str) -> str:
    return words if len(words) <= 120 else words[:119].rstrip() + "…"
