"""The desk's forms for pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms

from media_assets import access, alike, categories, names, offering
from media_assets.models import Agency, Asset, Condition, Currency, SourceType, Use
from media_assets.reasons import EXCEPTABLE
from newsroom.accounts.models import Person

ENDS = "Empty: for good. In the desk's time zone."
EVENT = "What it was taken at, like “Trooping the Colour 2026”."


class Moment(forms.DateTimeField):
    """A date and time as browsers send them, in the desk's zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **facts: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
            error_messages={"invalid": "Give a day and a time, like 2025-09-30 18:00."},
            **facts,
        )

    def to_python(self, value: Any) -> datetime | None:
        found = super().to_python(value)
        # The first and last days of the calendar have no equal in other zones, and PostgreSQL has its own end.
        if found is not None and not 1900 <= found.year <= 9000:
            raise forms.ValidationError("Give a year from 1900 to 9000.")
        return found


_INSIDE = dict.fromkeys(("required", "invalid", "min_value", "max_value"), "Give a whole number from 0 to 100.")


class People(forms.CharField):
    """Names of people; a list of them in ``cleaned_data``."""

    def __init__(self, **facts: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 2})
        super().__init__(label="People shown", required=False, widget=rows, help_text="One a line.", **facts)

    def clean(self, value: Any) -> Any:
        try:
            return tuple(names.read(super().clean(value)))
        except names.TooMany as refused:
            raise forms.ValidationError(str(refused)) from None


class Details(forms.Form):
    """Credit and words of one picture; with ``rights``, also what it may be used for (the first time)."""

    credit = forms.CharField(
        label="Credit",
        max_length=200,
        help_text="Printed as “(Image credit: …)” and written into every file.",
        error_messages={"required": "Say whose picture it is. No picture is shown without a credit."},
    )
    alternative_text = forms.CharField(
        label="Alternative text",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What is to be seen, for readers who cannot see it.",
        error_messages={"required": "Describe what is to be seen, for readers who cannot see the picture."},
    )
    caption = forms.CharField(
        label="Caption", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    creator = forms.CharField(label="Creator", max_length=200, required=False)
    copyright_notice = forms.CharField(label="Copyright notice", max_length=300, required=False)
    source_type = forms.ChoiceField(
        label="What it is",
        choices=[("", "Not stated"), *SourceType.choices],
        required=False,
        help_text="Beside what AI made or altered, readers are told so.",
    )
    people = People()
    event = forms.CharField(label="Event", max_length=200, required=False, help_text=EVENT)
    agency = forms.ModelChoiceField(
        Agency.objects.all(), label="Agency", required=False, empty_label="None", blank=True
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)

    field_order = [
        "credit",
        "agency",
        "alternative_text",
        "caption",
        "people",
        "event",
        "creator",
        "copyright_notice",
        "source_type",
        "use",
        "ends_at",
    ]

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, asset: Asset, agencies: Iterable[Agency] | None = None
    ) -> None:
        """``agencies``: where many forms stand on one page, so that each does not ask for the list again."""
        self.asset = asset
        self.twins: list[alike.Twin] = []
        self.asks_rights = not asset.rows if asset.rows is not None else not asset.rights.exists()
        super().__init__(data, initial=initial(asset), auto_id=f"p{asset.pk}_%s")
        if agencies is not None:
            self.fields["agency"].choices = [("", "None"), *((one.pk, one.name) for one in agencies)]  # type: ignore[attr-defined]
        if self.asks_rights:
            self.fields["use"] = forms.ChoiceField(
                label="May be used", choices=Use.choices, initial=Use.ANY, error_messages={"required": "Say where."}
            )
            self.fields["ends_at"] = Moment(label="Until", help_text=ENDS)

    @property
    def kind(self) -> str:
        """What is still to be said of the picture's kind, in a few words; "" where all is."""
        kind = categories.named(self.asset.category)
        if kind is None:
            return "Kind not said"
        lacks = categories.lacking(kind, self.asset)
        return f"{kind.label}: lacks “{'”, “'.join(lacks)}”" if lacks else ""


def initial(asset: Asset) -> dict[str, Any]:
    """What stands in the form: the picture's own words, and the file's where nobody has written any."""
    said = {
        field: getattr(asset, field)
        for field in ("credit", "alternative_text", "caption", "creator", "copyright_notice", "source_type", "event")
    }
    offered = offering.suggestions(asset.found, asset.agency)
    return {
        **{field: value or offered.get(field, "") for field, value in said.items()},
        "people": names.written(asset.people),
        "agency": asset.agency_id,
        "version": asset.version,
    }


class Focus(forms.Form):
    """The focal point, in hundredths."""

    x = forms.IntegerField(label="From the left, %", min_value=0, max_value=100, error_messages=_INSIDE)
    y = forms.IntegerField(label="From the top, %", min_value=0, max_value=100, error_messages=_INSIDE)


class Right(forms.Form):
    """One rights row: a permission, a denial or a condition."""

    allowed = forms.ChoiceField(
        label="It",
        choices=[
            ("yes", "May be used"),
            ("no", "May not be used"),
            (Condition.EMBARGO, "Is under embargo"),
            (Condition.CALL, "Must be cleared with the sales representative first"),
            (Condition.SENSITIVE, "Is sensitive: an editor decides"),
        ],
        initial="yes",
    )
    use = forms.ChoiceField(label="Where", choices=Use.choices, initial=Use.ANY)
    starts_at = Moment(label="From", help_text="Empty: from now.")
    ends_at = Moment(label="Until", help_text=ENDS)
    territory = forms.CharField(
        label="Countries",
        max_length=200,
        required=False,
        help_text="“Not in the United States.” Said to whoever picks it; the site does not keep it from any country.",
    )
    exclusive = forms.BooleanField(label="Exclusive: nobody else may show it meanwhile", required=False)
    cost = forms.DecimalField(
        label="Cost", max_digits=9, decimal_places=2, min_value=0, required=False, help_text="Where it was paid for."
    )
    currency = forms.ChoiceField(label="Currency", choices=[("", "None"), *Currency.choices], required=False)
    note = forms.CharField(
        label="Note",
        max_length=300,
        required=False,
        help_text="The contract, or why not. All but a permission and an embargo need one.",
    )

    @property
    def said(self) -> dict[str, Any]:
        """What ``rights.add`` takes."""
        said = dict(self.cleaned_data)
        kind = said.pop("allowed")
        return said | {"allowed": kind == "yes", "condition": kind if kind in Condition.values else ""}


class LetThrough(forms.Form):
    """One exception: which of the reasons that may be lifted, where, why and until when."""

    lifts = forms.ChoiceField(label="From what", error_messages={"required": "Say what it is let through in spite of."})
    use = forms.ChoiceField(label="Where", choices=Use.choices, initial=Use.ANY)
    reason = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What was agreed, and with whom. It stands with your name wherever the picture is picked.",
        error_messages={"required": "Say why it is let through, and who agreed."},
    )
    until = Moment(label="Until", help_text="An exception always ends. In the desk’s time zone.")

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        super().__init__(data, auto_id="exception_%s")
        offered = [(name, said) for name, said in EXCEPTABLE.items() if access.may_except(person, name)]
        self.fields["lifts"].choices = offered  # type: ignore[attr-defined]
        self.fields["until"].depends = True  # type: ignore[attr-defined]  # never left out; the rule says so better


class Withdraw(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The desk sees it wherever the picture is missing.",
        error_messages={"required": "Say why. Whoever meets the gap in a story will ask."},
    )
