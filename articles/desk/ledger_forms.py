"""The ledger's forms. They bring text; the rules in ``sources`` and ``ledger`` judge it, and their messages are shown
beside the field."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from articles.desk.linking import chain_fields
from articles.models import Outlet, Quotation, Source
from articles.refusals import Refused
from articles.sources import SourceFacts


def show(refused: Refused, form: forms.BaseForm) -> None:
    """Put a rule's messages beside the form's fields."""
    for name, message in refused.messages.items():
        form.add_error(name if name in form.fields else None, message)


def line_field(
    label: str, *, required: bool = False, help_text: str = "", most: int = 200, depends: bool = False
) -> forms.CharField:
    """depends: another answer decides whether it must be filled in; the hint says so."""
    made = forms.CharField(label=label, required=required, help_text=help_text, max_length=most)
    made.depends = depends  # type: ignore[attr-defined]
    return made


def area_field(label: str, *, rows: int = 3, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea({"rows": rows}), max_length=5000
    )


class SourceForm(forms.Form):
    kind = forms.ChoiceField(label="What kind of source", choices=Source.Kind.choices, widget=forms.RadioSelect)
    kind.choice_hints = {  # type: ignore[attr-defined]
        Source.Kind.NAMED: "Somebody whose name is printed.",
        Source.Kind.UNNAMED: "Printed as they agreed to be described. Who it is can be sealed on the next page.",
        Source.Kind.DOCUMENT: "A letter, a filing, an account, a post.",
        Source.Kind.STATEMENT: "What a household, an office or a company put out.",
        Source.Kind.REPORT: "What another newsroom reported. Choose it under Outlet.",
    }
    name = line_field(
        "Name", help_text="As printed. Leave it empty for an unnamed person only.", most=160, depends=True
    )
    description = line_field(
        "Description",
        help_text="An unnamed person needs one: how they agreed to be described, “a former aide”. Of others, their office.",
        depends=True,
    )
    outlet = forms.ModelChoiceField(Outlet.objects.all(), label="Outlet", required=False, empty_label="None")
    link = line_field("Link", most=500)
    note = area_field(
        "Note for the desk",
        help_text="Readers never see it. Never who an unnamed person is: that is sealed, on a page of its own.",
    )
    # Of all that is typed here the likeliest to say all the same who somebody is: it stays in no browser (promise 12).
    note.widget.attrs["data-unkept"] = True
    expected_version = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def facts(self) -> SourceFacts:
        given = self.cleaned_data
        outlet = given.get("outlet")
        return SourceFacts(
            kind=given.get("kind", ""),
            name=given.get("name", ""),
            description=given.get("description", ""),
            outlet_id=outlet.pk if outlet else None,
            link=given.get("link", ""),
            note=given.get("note", ""),
        )

    @classmethod
    def of(cls, source: Source) -> SourceForm:
        return cls(
            initial={
                "kind": source.kind,
                "name": source.name,
                "description": source.description,
                "outlet": source.outlet_id,
                "link": source.link,
                "note": source.note,
                "expected_version": source.version,
            }
        )


class OutletForm(forms.Form):
    name = line_field("Name", required=True, help_text="As printed, without “the”.", most=120)
    columnist = line_field("Whose column it is", help_text="“Rob Shuter” prints “Rob Shuter’s ShutterScoop”.", most=120)
    definite = forms.BooleanField(label="Takes “the” in print", required=False)
    url = line_field("Address", most=500)


class RetractionForm(forms.Form):
    """The ticks beside the quotations are the page's own."""

    reason = line_field("What was retracted", required=True, help_text="Owners read it in their notice.", most=300)
    link = line_field("Where", help_text="The outlet’s own notice.", most=500)


class QuotationForm(forms.Form):
    words = area_field(
        "What was said",
        required=True,
        help_text="As said. It cannot be changed later; another wording is another entry.",
    )
    said_to = line_field("To whom, where", help_text="“In an interview in Santa Barbara”.")
    said_on = forms.DateField(
        label="On what day", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    link = line_field("Link", most=500)
    archived = forms.CharField(
        label="What the report said",
        required=False,
        help_text="Paste the part around the words: links die.",
        widget=forms.Textarea({"rows": 3}),
    )
    state = forms.ChoiceField(label="Checked", choices=Quotation.State.choices, initial=Quotation.State.UNCHECKED)

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        self.fields.update(chain_fields())
