"""Setting a quotation apart from the text: out of the ledger, or written into the ledger in the same breath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from articles import ledger, sources, typed
from articles.marks import bare
from articles.models import Outlet, Quotation, QuotePlacement, Source
from articles.refusals import Refused
from newsroom.accounts.models import Person
from newsroom.blocks import Field, PlaceRefused

LONGEST = 2000

NEW = (
    Field(
        "words",
        "What was said",
        "textarea",
        required=True,
        help="As said, without quotation marks.",
        max_length=LONGEST,
    ),
    Field("source_kind", "Who said it", "select", options=tuple(Source.Kind.choices), initial=Source.Kind.NAMED),
    Field(
        "source",
        "Name, or agreed description",
        required=True,
        help="An unnamed person’s description as agreed with them, never their name: “a source”.",
        max_length=160,
    ),
    Field("outlet", "Reported by", help="The outlet that had it first; empty when it was said to us.", max_length=120),
    Field("columnist", "In whose column", max_length=120),
    Field(
        "via",
        "How it came",
        "select",
        options=(("to", "Said to the outlet"), ("via", "Relayed by the outlet")),
        initial="to",
    ),
    Field("style", "Shown as", "select", options=tuple(QuotePlacement.Style.choices), initial="quote"),
)


def place(person: Person, fields: Mapping[str, str], at: datetime) -> QuotePlacement:
    """Make a placement of what the picker sent; a new quotation enters the ledger in the same transaction.

    Raises:
        PlaceRefused: by field; nothing was stored then.
    """
    words = bare(typed.lines(fields.get("words", "")))
    style = fields.get("style") or QuotePlacement.Style.QUOTE
    if not words:
        raise PlaceRefused({"words": "Write the words to show."})
    if len(words) > LONGEST:
        raise PlaceRefused({"words": f"Keep it to {LONGEST:,} characters; it has {len(words):,}."})
    if style not in QuotePlacement.Style.values:
        raise PlaceRefused({"style": "Choose one of the list."})
    with transaction.atomic():
        quotation = _chosen(fields) or _written(person, fields, words, at)
        if not ledger.says(words, quotation.words):
            raise PlaceRefused(
                {"words": "These are not the words in the ledger. Show all of them or a part as it was said."}
            )
        return QuotePlacement.objects.create(
            quotation=quotation,
            words=words,
            attribution=ledger.attribution(quotation)[:400],
            style=style,
            chain=ledger.addresses(quotation),
            created_by=person,
            created_at=at,
        )


def _chosen(fields: Mapping[str, str]) -> Quotation | None:
    if not fields.get("choice", ""):
        return None
    number = typed.whole_number(fields["choice"])
    quotation = ledger.with_chain([number]).get(number) if number is not None else None
    if quotation is None:
        raise PlaceRefused({"choice": "This quotation is no longer in the ledger. Choose another."})
    if quotation.state == Quotation.State.RETRACTED:
        raise PlaceRefused({"choice": "This quotation has been retracted. Choose another."})
    return quotation


def _written(person: Person, fields: Mapping[str, str], words: str, at: datetime) -> Quotation:
    try:
        outlet = _outlet(person, fields)
        source = _source(person, fields, at)
        chain = [ledger.Link(outlet.pk, via=fields.get("via") == "via")] if outlet else []
        made = ledger.add_quotation(person=person, words=words, source_id=source.pk, at=at, chain=chain)
    except Refused as refused:
        raise PlaceRefused(refused.messages) from refused
    return ledger.with_chain([made.pk])[made.pk]


def _outlet(person: Person, fields: Mapping[str, str]) -> Outlet | None:
    if not typed.line(fields.get("outlet", "")):
        return None
    try:
        return ledger.add_outlet(person=person, name=fields["outlet"], columnist=fields.get("columnist", ""))
    except Refused as refused:
        raise PlaceRefused({"outlet": str(refused)}) from refused


def _source(person: Person, fields: Mapping[str, str], at: datetime) -> Source:
    """The source of this name, or a new one. Sources are found by name, never by description: two people who are both
    described as "a source" must never become one."""
    kind = fields.get("source_kind", Source.Kind.NAMED)
    called = typed.line(fields.get("source", ""))
    if not called:
        raise PlaceRefused({"source": "Say who said it, by name or as agreed with them."})
    if known := sources.by_name(kind, called):
        return known
    facts = sources.SourceFacts(kind=kind)
    facts = replace(facts, description=called) if kind == Source.Kind.UNNAMED else replace(facts, name=called)
    try:
        return sources.add(person=person, facts=facts, at=at)
    except Refused as refused:
        messages = {"source_kind" if name == "kind" else "source": why for name, why in refused.messages.items()}
        raise PlaceRefused(messages) from refused
