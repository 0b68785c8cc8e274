"""The image block: a picture between two paragraphs, with its credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from media_assets import access, facets, library, placements, reasons, renditions, rights
from media_assets.models import Asset, ImagePlacement, Use
from newsroom.accounts.models import Person
from newsroom.blocks.contract import Block, Choice, Field, Filter, Found, Picker, PlaceRefused, Problem, Target
from newsroom.wording import quoted

MOST = 24
SOON = timedelta(days=7)
_USES = {Target.WEB: Use.WEB, Target.DESK: Use.WEB, Target.TEXT: Use.MAIL, Target.MAIL: Use.MAIL, Target.FEED: Use.FEED}


_FILTERS = ("state", "agency", "by", "month", "shape")


def _meta(asset: Asset, at: datetime) -> str:
    """The credit, the day on which the right ends if that is in sight, and what whoever picks it must know."""
    until = rights.allowed_until(asset, Use.WEB, at)
    soon = f" · until {reasons.day(until)}" if until and until - at < library.SOON else ""
    return _noted(f"{asset.labelled_credit}{soon}", asset, at)


def _filters(asked: library.Asked, at: datetime) -> list[Filter]:
    """The library's filters with their numbers, its states first."""
    found = facets.of(asked, at)
    states = [(one.value, one.label if one.value else "Any", one.count or 0, one.chosen) for one in found.states]
    rows = [("state", "State", states)] + [
        (name, label, [("", "Any", 0, False), *((one.value, one.label, one.count or 0, one.chosen) for one in options)])
        for name, label, options in found.selects
    ]
    return [
        Filter(
            name,
            label,
            [
                (value, f"{words} ({count:,})" if value and count else words, chosen)
                for value, words, count, chosen in options
            ],
        )
        for name, label, options in rows
    ]


class ImageBlock(Block):
    kind = "image"
    label = "Picture"
    icon = "i-picture"
    asked = (
        "Credit, alternative text and a right that allows the website now: nobody waives one of them. What must be cleared, or "
        "is sensitive, is let through on the picture’s page. Said besides: exits that it may not be in, countries that it is "
        "not for, exceptions that were made, and a right that ends within a week."
    )
    picker = Picker(
        search="Search the picture library",
        fields=(
            Field("caption", "Caption", "textarea", help="What readers learn under the picture.", max_length=2000),
            Field(
                "alternative_text",
                "Alternative text",
                "textarea",
                required=True,
                help="What is to be seen, for readers who cannot see it.",
                max_length=500,
            ),
        ),
        link="media-desk:upload",
        link_label="Upload a picture",
        empty="No picture has these words and is what the filters ask for. Try fewer, or upload one.",
        upload="media-desk:upload",
    )

    def load(self, ids: set[int]) -> Mapping[int, ImagePlacement]:
        return placements.load(ids)

    def tags(self, placement: ImagePlacement) -> set[str]:
        return {f"asset:{placement.asset_id}"}

    def allowed(self, placement: ImagePlacement, at: datetime, target: Target) -> bool:
        return rights.usability(placement.asset, _USES[target], at).allowed

    def checks(self, placement: ImagePlacement, at: datetime) -> Iterable[Problem]:
        """Everything that stops it on the website stops the story; what only other exits lack is a warning."""
        asset, name = placement.asset, self.title(placement)
        web = rights.usability(asset, Use.WEB, at)
        for reason in web.reasons:
            yield Problem(f"The picture {quoted(name)} may not be used. {reason}")
        if not web.allowed:
            return
        for warning in web.warnings:
            yield Problem(f"The picture {quoted(name)}: {warning}", stop=False)
        for use, exit_ in ((Use.FEED, "feeds"), (Use.MAIL, "newsletters")):
            if not (found := rights.usability(asset, use, at)).allowed:
                yield Problem(f"The picture {quoted(name)} will be left out of {exit_}. {found.sentence}", stop=False)
        ends = rights.allowed_until(asset, Use.WEB, at)
        if ends and ends - at < SOON:
            day = timezone.localtime(ends)
            yield Problem(f"The right to the picture {quoted(name)} ends on {day.day} {day:%B, %H:%M %Z}.", stop=False)

    def context(self, placement: ImagePlacement, target: Target, at: datetime) -> dict[str, Any]:
        asset = placement.asset
        context: dict[str, Any] = {
            "alt": placement.alternative_text,
            "caption": placement.caption,
            "credit": asset.printed_credit,
            "label": asset.label,
        }
        if target is Target.DESK:
            return context | {
                "preview": reverse("media-desk:preview", args=[asset.pk]),
                "usable": rights.usability(asset, Use.WEB, at),
            }
        if target is Target.MAIL:
            return context | {"image": renditions.fixed(asset, width=renditions.MAIL_WIDTH)}
        return context | {"picture": renditions.picture(asset), "sizes": renditions.SIZES}

    def title(self, placement: ImagePlacement) -> str:
        return (placement.caption or placement.alternative_text)[:80]

    def published_words(self, placement: ImagePlacement) -> Mapping[str, str]:
        return {"caption": placement.caption, "alternative text": placement.alternative_text}

    def search(self, person: Person, q: str) -> list[Choice]:
        """Pictures that the website may show now, among the newest that have these words."""
        return [choice for choice in self.look(person, q, {}).choices if not choice.barred]

    def look(self, person: Person, q: str, asked: Mapping[str, str]) -> Found:
        """The library's own search and filters; what may not be shown says why. As many queries however many there are."""
        if not access.may(person, "place"):
            return Found([])
        at, wanted = timezone.now(), library.Asked.read({**{name: asked.get(name) for name in _FILTERS}, "q": q})
        page = library.browse(library.found(wanted, at), before=asked.get("before", ""), most=MOST)
        choices = [
            Choice(
                id=asset.pk,
                title=asset.title[:160],
                meta=_meta(asset, at),
                thumb_url=reverse("media-desk:preview", args=[asset.pk]),
                values={"caption": asset.caption, "alternative_text": asset.alternative_text},
                barred=rights.usability(asset, Use.WEB, at).sentence,
            )
            for asset in page.assets
        ]
        return Found(choices, _filters(wanted, at) if asked.get("filters") else (), page.older)

    def place(self, person: Person, fields: Mapping[str, str]) -> int:
        if not access.may(person, "place"):
            raise PlaceRefused({"": "Your roles do not place pictures in stories."})
        choice = fields.get("choice", "")
        pk = int(choice) if choice.isascii() and choice.isdigit() and len(choice) < 19 else 0
        asset = library.load([pk]).get(pk) if pk else None
        if asset is None:
            raise PlaceRefused({"choice": "Choose a picture from the library."})
        try:
            return placements.place(
                asset,
                caption=fields.get("caption", ""),
                alternative_text=fields.get("alternative_text", ""),
                person=person,
                at=timezone.now(),
            ).pk
        except placements.Refused as refused:
            field = "choice" if refused.field == "asset" else refused.field
            raise PlaceRefused({field: refused.message}) from None

    def values(self, placement: ImagePlacement) -> dict[str, str]:
        return {
            "choice": str(placement.asset_id),
            "choice_title": placement.asset.title,
            "caption": placement.caption,
            "alternative_text": placement.alternative_text,
        }


def _beneath(asset: Asset, at: datetime) -> str:
    """A picture's second line where it is picked: its credit, and what whoever picks it must know."""
    return _noted(asset.labelled_credit, asset, at)


def _noted(credit: str, asset: Asset, at: datetime) -> str:
    """The credit with what binds whoever shows it. A kind that nobody has said binds nobody: two words, and the checks of the
    story say the rest."""
    warnings = rights.usability(asset, Use.WEB, at).warnings
    bare = [one for one in warnings if one.name != "no-category"]
    return " ".join([f"{credit} · kind not said" if len(bare) < len(warnings) else credit, *bare])[:300]
