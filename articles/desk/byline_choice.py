"""Choosing who is named on a story, in order: a box and a number for each person; with scripts, rows that move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string

from articles.typed import whole_number
from newsroom.accounts.models import Person

_LAST = 10**6  # behind every number that was given


class Bylines(forms.Widget):
    """Sends ``<name>``, once for each person who is named, and ``<name>-place-<pk>``, their number."""

    use_fieldset = True
    people: Iterable[Person] = ()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """The ids by their numbers; equal and missing ones as they were sent."""
        named = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return sorted(named, key=lambda pk: whole_number(data.get(f"{name}-place-{pk}", "")) or _LAST)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False  # nobody named is an answer

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        named = [str(pk) for pk in value or []]
        people = {str(person.pk): person for person in self.people}
        rows = [people.pop(pk) for pk in dict.fromkeys(named) if pk in people]
        context = {"name": name, "named": rows, "others": people.values(), "disabled": (attrs or {}).get("disabled")}
        # The desk's own template, with its tags, instead of the form renderer's.
        return render_to_string("desk/writing/_bylines.html", context)


class BylinesField(forms.ModelMultipleChoiceField):
    """``clean`` gives the people in the order in which they are to be printed."""

    widget = Bylines

    def _set_queryset(self, queryset: Any) -> None:
        super()._set_queryset(queryset)  # type: ignore[misc]
        self.widget.people = self.queryset

    queryset = property(forms.ModelMultipleChoiceField._get_queryset, _set_queryset)  # type: ignore[attr-defined]

    def clean(self, value: Any) -> list[Person]:  # type: ignore[override]
        found = {str(person.pk): person for person in super().clean(value)}
        return [found[pk] for pk in dict.fromkeys(map(str, value or [])) if pk in found]

    def prepare_value(self, value: Any) -> Any:
        return [getattr(one, "pk", one) for one in value] if isinstance(value, Iterable) else value
