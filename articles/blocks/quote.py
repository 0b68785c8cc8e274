"""Words set apart from the text, with who said them and through whom they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from articles import ledger, quoting
from articles.blocks.picking import FOUND, short
from articles.models import Quotation, QuotationOutlet, QuotePlacement, Reference
from newsroom.accounts.models import Person
from newsroom.blocks import Block, Choice, Field, Picker, Problem, Target
from newsroom.prepared import Prepared
from newsroom.wording import quoted

_by_id = Prepared[QuotePlacement](
    lambda ids: QuotePlacement.objects.filter(pk__any=ids).select_related("quotation"), ids=[-1]
)


class QuoteBlock(Block):
    """Words set apart from the text, with who said them and through whom they came."""

    kind = "quote"
    label = "Quotation"
    icon = "i-quote"
    asked = "Its words are what the ledger says was said, and its source stands by them."
    picker = Picker(
        search="Search the sourcing ledger",
        fields=(
            Field(
                "words", "Words shown", "textarea", required=True, help="All of the quotation or a part of it, as said."
            ),
            Field("style", "Shown as", "select", options=tuple(QuotePlacement.Style.choices), initial="quote"),
        ),
        new=quoting.NEW,
        new_label="Write a new quotation",
        empty="Nothing in the ledger says that. Write a new quotation.",
    )

    def load(self, ids: set[int]) -> Mapping[int, QuotePlacement]:
        return {placement.pk: placement for placement in _by_id(ids=list(ids))}

    @staticmethod
    def beside(revision: str) -> ArraySubquery:
        """The quotations set in the body of the outer row's revision (``revision``: the field with its id), as JSON
        beside that row: a story's page has no query to spare for them."""
        used = Reference.objects.filter(kind="quote", revision=OuterRef(OuterRef(revision))).values("placement_id")
        found = QuotePlacement.objects.filter(pk__in=used)
        return ArraySubquery(
            found.values(
                json=JSONObject(
                    placement=JSONObject(
                        id="pk",
                        quotation_id="quotation_id",
                        words="words",
                        attribution="attribution",
                        style="style",
                        chain="chain",
                    ),
                    quotation=JSONObject(
                        id="quotation_id", words="quotation__words", link="quotation__link", state="quotation__state"
                    ),
                )
            )
        )

    @staticmethod
    def unpack(rows: Iterable[Mapping[str, Any]]) -> dict[int, QuotePlacement]:
        """The placements that ``beside`` brought, by id, as ``load`` gives them."""
        made = {}
        for row in rows:
            placement = QuotePlacement(**row["placement"])
            placement.quotation = Quotation(**row["quotation"])
            made[placement.pk] = placement
        return made

    def tags(self, placement: QuotePlacement) -> set[str]:
        return {f"quotation:{placement.quotation_id}"}

    def checks(self, placement: QuotePlacement, at: datetime) -> Iterable[Problem]:
        if placement.quotation.state == Quotation.State.RETRACTED:
            yield Problem(
                f"The quotation {quoted(short(placement.words))} has been retracted. Take it out of the text.",
                guarded=True,
            )
        elif not ledger.says(placement.words, placement.quotation.words):
            words = quoted(short(placement.words))
            yield Problem(f"The words {words} are not what the ledger says was said.", guarded=True)

    def context(self, placement: QuotePlacement, target: Target, at: datetime) -> dict[str, Any]:
        lines = [line.strip() for line in placement.words.splitlines() if line.strip()]
        pull = placement.style == QuotePlacement.Style.PULL
        marked = with_marks(lines)
        return {
            "style": placement.style,
            "lines": marked if pull else lines,
            "marked": marked,
            "cite": placement.quotation.link,
            "attribution": linked(placement.attribution, placement.chain)
            if target in (Target.WEB, Target.FEED)
            else placement.attribution,
        }

    def title(self, placement: QuotePlacement) -> str:
        return f"{placement.attribution}: {quoted(short(placement.words))}"

    def search(self, person: Person, q: str) -> list[Choice]:
        found = Quotation.objects.exclude(state=Quotation.State.RETRACTED).select_related("source")
        if wanted := ledger.normalise(q):
            found = found.filter(normalised__contains=wanted)
        links = QuotationOutlet.objects.select_related("outlet")
        return [
            Choice(
                quotation.pk,
                quoted(short(quotation.words)),
                ledger.attribution(quotation),
                values={"words": quotation.words},
            )
            for quotation in found.prefetch_related(Prefetch("chain", links))[:FOUND]
        ]

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        return quoting.place(person, fields, timezone.now()).pk

    def values(self, placement: QuotePlacement) -> dict[str, str]:
        return {
            "choice": str(placement.quotation_id),
            "choice_title": self.title(placement),
            "words": placement.words,
            "style": placement.style,
        }


def with_marks(lines: list[str]) -> list[str]:
    """Paragraphs of a quotation with their marks, as British printers set them: each opens one, the last closes it."""
    last = len(lines) - 1
    return [f"“{line}{'”' if place == last else ''}" for place, line in enumerate(lines)]


def linked(attribution: str, chain: Iterable[Mapping[str, str]]) -> SafeString:
    """The attribution, escaped, with each outlet's name leading to the outlet where the ledger had its address."""
    parts: list[SafeString] = []
    rest = attribution
    for outlet in chain:  # in the order of the text: what stands before a name is never searched again
        before, name, after = rest.partition(outlet["name"])
        if name and outlet["url"].startswith(("https://", "http://")):
            parts += [
                conditional_escape(before),
                format_html('<a href="{}" rel="noopener">{}</a>', outlet["url"], name),
            ]
            rest = after
    return SafeString("".join([*parts, conditional_escape(rest)]))
