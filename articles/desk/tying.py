"""Tying a quotation in the running text to the ledger: asked for with a picker, as a block is, but no block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from articles import ledger, sources, typed
from articles.access import may
from articles.models import Outlet, Quotation, Source
from articles.refusals import Refused
from newsroom import blocks
from newsroom.wording import quoted

MOST_ROWS = 24
MOST_SOURCES = 5
_VIA = re.compile(r"via\s+", re.IGNORECASE)
_TO = re.compile(r"(?:told|to)\s+", re.IGNORECASE)


class Tie(blocks.Block):
    """``place`` returns the id of a ledger entry; nothing is placed."""

    kind = "quotation"
    label = "Source of a quotation"
    icon = "i-source"
    picker = blocks.Picker(
        search="Search the ledger",
        new_label="Write a new entry",
        new=(
            blocks.Field("words", "What was said", "textarea", required=True, max_length=ledger.LONGEST_WORDS),
            blocks.Field(
                "source_kind",
                "What kind of source",
                "select",
                required=True,
                options=tuple((str(value), str(label)) for value, label in Source.Kind.choices),
                initial=Source.Kind.NAMED.value,
            ),
            blocks.Field(
                "who",
                "Who said it",
                required=True,
                max_length=160,
                help="The name as printed. For an unnamed person the agreed description: “a former aide”.",
            ),
            blocks.Field(
                "chain",
                "Through which outlets it came",
                "textarea",
                help="One a line, the first reporter first: “the Daily Mail”, then “via Page Six”. Leave it empty"
                " when it was said to us.",
            ),
            blocks.Field("like", "Same source as", "hidden"),
        ),
        empty="The ledger has nothing like it yet. Write a new entry.",
    )

    def load(self, ids: set[int]) -> Mapping[int, Quotation]:
        return ledger.with_chain(ids)

    def title(self, placement: Any) -> str:
        return quoted(placement.words)

    def values(self, placement: Any) -> dict[str, str]:
        return {
            "choice": str(placement.pk),
            "choice_title": quoted(placement.words),
            "choice_meta": ledger.attribution(placement),
        }

    def search(self, person: Any, q: str) -> list[blocks.Choice]:
        """Entries whose words or source hold every word of ``q``; the newest ones when it is empty. First, where the
        names of sources hold them: those sources, for words of theirs that the ledger does not have yet."""
        if not may(person).read_sources:
            return []
        found = Quotation.objects.select_related("source").prefetch_related("chain__outlet")
        for word in ledger.normalise(q).split()[:12]:
            found = found.filter(
                Q(normalised__contains=word) | Q(source__name__icontains=word) | Q(source__description__icontains=word)
            )
        entries = list(found.order_by("-pk")[:MOST_ROWS])
        return _sources(entries, q.casefold().split()) + [
            blocks.Choice(
                entry.pk,
                quoted(entry.words),
                f"{ledger.attribution(entry)}. {entry.get_state_display()}",
                # Chosen first and then written anew: the same source said something else.
                values=_same_source(entry),
            )
            for entry in entries
        ]

    def place(self, person: Any, fields: Mapping[str, str]) -> int:
        if fields.get("choice", "").strip():
            pk = typed.whole_number(fields["choice"])
            if pk is None or not Quotation.objects.filter(pk=pk).exists():
                raise blocks.PlaceRefused({"choice": "This entry is no longer in the ledger."})
            return pk
        return enter(person, fields)

    def told(self, pk: int) -> dict[str, str]:
        """What the page keeps of an entry, to see whether the words in the text are still the source's."""
        return facts(ledger.with_chain([pk])[pk])


def _same_source(entry: Quotation) -> dict[str, str]:
    return {
        "like": str(entry.pk),
        "source_kind": entry.source.kind,
        "who": entry.source.name or entry.source.description,
        "chain": "\n".join(f"{'via ' if link.via else ''}{link.outlet.printed}" for link in entry.chain.all()),
    }


def _sources(entries: list[Quotation], asked: list[str]) -> list[blocks.Choice]:
    """The sources of these entries whose names hold every word of ``asked``, each with the way its newest words came.
    Their numbers are below zero: no entries. ``fresh`` in their values: the picker writes a new entry."""
    found: dict[int, blocks.Choice] = {}
    for entry in entries:
        called = f"{entry.source.name} {entry.source.description}".casefold()
        if asked and entry.source_id not in found and all(word in called for word in asked):
            found[entry.source_id] = blocks.Choice(
                -entry.pk,
                ledger.attribution(entry),
                "A new entry, with the words that are selected",
                values={**_same_source(entry), "fresh": "yes"},
            )
    return list(found.values())[:MOST_SOURCES]


TIE = Tie()


def facts(entry: Quotation) -> dict[str, str]:
    """An entry as the page keeps it; ``entry`` has its source and chain loaded."""
    return {"words": entry.words, "line": ledger.attribution(entry), "state": entry.state}


@transaction.atomic
def enter(person: Any, fields: Mapping[str, str]) -> int:
    """Write a ledger entry from a picker's fields (words, source_kind, who, chain, like) and return its id.

    A named source and an outlet that the ledger has already are used again; an unnamed person only when ``like`` names
    an entry of theirs, for two people who are both described as "a source" must never become one.
    Raises PlaceRefused by field.
    """
    at = timezone.now()
    kind, who = fields.get("source_kind", ""), typed.line(fields.get("who", ""))
    unnamed = kind == Source.Kind.UNNAMED
    try:
        source = _known(kind, who, typed.whole_number(fields.get("like", ""))) or sources.add(
            person=person,
            facts=sources.SourceFacts(kind=kind, name="" if unnamed else who, description=who if unnamed else ""),
            at=at,
        )
    except Refused as refused:
        names = {"name": "who", "description": "who", "kind": "source_kind"}
        raise blocks.PlaceRefused({names.get(name, name): text for name, text in refused.messages.items()}) from refused
    try:
        quotation = ledger.add_quotation(
            person=person,
            words=fields.get("words", ""),
            source_id=source.pk,
            at=at,
            chain=[_link(person, line) for line in fields.get("chain", "").splitlines() if typed.line(line)],
        )
    except Refused as refused:
        names = {"name": "chain", "url": "chain", "source": "who"}
        raise blocks.PlaceRefused({names.get(name, name): text for name, text in refused.messages.items()}) from refused
    return quotation.pk


def _known(kind: str, who: str, like: int | None) -> Source | None:
    found = Source.objects.filter(kind=kind)
    if kind == Source.Kind.UNNAMED:
        return found.filter(quotations=like, description=who).first() if like is not None else None
    return sources.by_name(kind, who)


def _link(person: Any, line: str) -> ledger.Link:
    """ "via Page Six" relayed it; "the Daily Mail" was told. An outlet is found by the name that it is printed with."""
    line = typed.line(line)
    via = bool(_VIA.match(line))
    name = _TO.sub("", _VIA.sub("", line, count=1), count=1)
    key = name.casefold().replace("'", "’")
    for outlet in Outlet.objects.all():
        if key in (outlet.printed.casefold(), outlet.name.casefold(), f"the {outlet.name}".casefold()):
            return ledger.Link(outlet.pk, via)
    definite = name[:4].casefold() == "the " and len(name) > 4
    made = ledger.add_outlet(person=person, name=name[4:] if definite else name, definite=definite)
    return ledger.Link(made.pk, via)
