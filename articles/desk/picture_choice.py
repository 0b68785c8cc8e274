"""Choosing a picture of the library in an ordinary form: the newest that may be used, and a search where scripts run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from articles.typed import whole_number
from media_assets import library, rights
from media_assets.models import Asset, Use

SHOWN = 8


class PictureChoice(forms.Widget):
    """Radio buttons for a picture's id; "" is no picture. What was chosen stays on offer whatever its rights say now."""

    template_name = "desk/articles/_picture_choice.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = whole_number(str(value or ""))
        return super().get_context(name, value, attrs) | {"pictures": offered(chosen), "chosen": chosen}

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        # The desk's own templates, with its tags, instead of the form renderer's.
        from django.template.loader import render_to_string

        return render_to_string(self.template_name, self.get_context(name, value, attrs))


def offered(chosen: int | None) -> list[tuple[Asset, str]]:
    """The chosen picture, then the newest that the website may show, each with what whoever picks it must know. Four
    queries at most."""
    now = timezone.now()
    # Half as many again, because the rights are asked of each row here.
    newest = library.with_everything(library.search("")[: SHOWN * 3 // 2])
    found = {asset.pk: asset for asset in newest if rights.usability(asset, Use.WEB, now).allowed}
    first = library.load([chosen]) if chosen is not None and chosen < 2**63 else {}
    shown = list({**first, **found}.values())[:SHOWN]
    return [(asset, " ".join(rights.usability(asset, Use.WEB, now).warnings)) for asset in shown]
