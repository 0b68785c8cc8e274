"""The newsletter box in a story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from newsletters import box
from newsletters.models import BoxPlacement, Newsletter
from newsroom import blocks
from newsroom.blocks import Choice, Field, Picker, PlaceRefused, Problem, Target
from newsroom.prepared import Prepared
from newsroom.public_pages import url
from newsroom.wording import quoted

LONGEST_LINE = 240


_by_id = Prepared[BoxPlacement](
    lambda ids: box.with_wordings(
        BoxPlacement.objects.filter(pk__any=ids).select_related("newsletter"), newsletter="newsletter"
    ),
    ids=[-1],
)


class NewsletterBlock(blocks.Block):
    """A sign-up form between two paragraphs. It works in a kept page: no cookie, no token, no script."""

    kind = "newsletter"
    label = "Newsletter box"
    icon = "i-mail"
    asked = "Every box that it shows names its companies. Said besides: a newsletter that takes no sign-ups now."
    picker = Picker(
        search="Search the newsletters",
        fields=(
            Field(
                name="line",
                label="Line above the form",
                kind="textarea",
                help="Leave it empty for the newsletter’s own promise.",
                max_length=LONGEST_LINE,
            ),
        ),
        empty="No newsletter of that name takes sign-ups. Marketing opens one at Newsletters.",
    )

    def load(self, ids: set[int]) -> Mapping[int, BoxPlacement]:
        return {placement.pk: placement for placement in _by_id(ids=list(ids))}

    def tags(self, placement: BoxPlacement) -> set[str]:
        return {f"newsletter:{placement.newsletter_id}"}

    def allowed(self, placement: BoxPlacement, at: datetime, target: Target) -> bool:
        return self._form(placement).open

    def checks(self, placement: BoxPlacement, at: datetime) -> Iterable[Problem]:
        name = placement.newsletter.name
        form = self._form(placement)
        if not form.newsletter.open:
            yield Problem(f"{name} takes no sign-ups now: readers will not see its box.", stop=False)
        elif form.own is None:
            yield Problem(f"{name} has no consent wording yet: readers will not see its box.", stop=False)
        for said in form.choices:
            if not said.named:
                yield Problem(f"{name}: the box {quoted(said.text)} names no company.", stop=True)

    def context(self, placement: BoxPlacement, target: Target, at: datetime) -> dict[str, Any]:
        return {
            "box": self._form(placement),
            "address": url("newsletters:newsletter", placement.newsletter.slug),
        }

    def title(self, placement: BoxPlacement) -> str:
        return placement.newsletter.name

    def published_words(self, placement: BoxPlacement) -> Mapping[str, str]:
        return {"line above the form": placement.line}

    def search(self, person: Any, q: str) -> list[Choice]:
        found = Newsletter.objects.filter(open=True)
        for word in q.split()[:8]:
            found = found.filter(name__icontains=word)
        return [Choice(id=each.pk, title=each.name, meta=each.rhythm or each.promise) for each in found[:24]]

    def place(self, person: Any, fields: Mapping[str, str]) -> int:
        chosen = fields.get("choice", "")
        line = " ".join(fields.get("line", "").split())
        newsletter = None
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
            newsletter = Newsletter.objects.filter(pk=int(chosen), open=True).first()
        messages = {}
        if newsletter is None:
            messages["choice"] = "Choose a newsletter that takes sign-ups."
        if len(line) > LONGEST_LINE:
            messages["line"] = f"Keep the line under {LONGEST_LINE} characters; it has {len(line)}."
        if newsletter is None or messages:
            raise PlaceRefused(messages)
        return BoxPlacement.objects.create(newsletter=newsletter, line=line, created_by=person).pk

    def values(self, placement: BoxPlacement) -> dict[str, str]:
        return {
            "choice": str(placement.newsletter_id),
            "choice_title": placement.newsletter.name,
            "line": placement.line,
        }

    def _form(self, placement: BoxPlacement) -> box.Box:
        return box.of_placement(placement, page="")
