"""The chain of outlets in a form: up to three links, each an outlet and how the words came through it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from articles.ledger import Link
from articles.models import Outlet

LINKS = 3
_WAYS = (("to", "said to it"), ("via", "relayed by it"))


def chain_fields() -> dict[str, forms.Field]:
    """One query for all of them."""
    outlets = [("", "None"), *((str(outlet.pk), outlet.printed) for outlet in Outlet.objects.all())]
    fields: dict[str, forms.Field] = {}
    for number in range(1, LINKS + 1):
        label = "Reported by" if number == 1 else "Then by"
        fields[f"outlet_{number}"] = forms.ChoiceField(label=label, choices=outlets, required=False)
        fields[f"way_{number}"] = forms.ChoiceField(
            label=f"How the words came to it ({number})",
            choices=_WAYS,
            required=False,
            initial="to" if number == 1 else "via",
        )
    return fields


def chain_of(cleaned: Mapping[str, Any]) -> list[Link]:
    """The links that were filled in, in order."""
    return [
        Link(int(cleaned[f"outlet_{number}"]), cleaned.get(f"way_{number}") == "via")
        for number in range(1, LINKS + 1)
        if cleaned.get(f"outlet_{number}")
    ]
