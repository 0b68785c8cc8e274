"""The forms of the ledger and the product library. They bring text; the rules in ``sources``, ``ledger`` and
``products`` judge it, and their messages are shown beside the field."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from articles.desk.linking import chain_fields
from articles.desk.picture_choice import PictureChoice
from articles.models import Merchant, Outlet, Product, Quotation, Source
from articles.products import ProductFacts
from articles.refusals import Refused
from articles.sources import SourceFacts


def show(refused: Refused, form: forms.BaseForm) -> None:
    """Put a rule's messages beside the form's fields."""
    for name, message in refused.messages.items():
        form.add_error(name if name in form.fields else None, message)


def _line(label: str, *, required: bool = False, help_text: str = "", most: int = 200) -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=most)


def _area(label: str, *, rows: int = 3, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea({"rows": rows}), max_length=5000
    )


class SourceForm(forms.Form):
    kind = forms.ChoiceField(label="What kind of source", choices=Source.Kind.choices, widget=forms.RadioSelect)
    name = _line("Name", help_text="As printed. Leave it empty for an unnamed person.", most=160)
    description = _line(
        "Description", help_text="For an unnamed person: how they agreed to be described, “a former aide”."
    )
    outlet = forms.ModelChoiceField(Outlet.objects.all(), label="Outlet", required=False, empty_label="None")
    link = _line("Link", most=500)
    note = _area(
        "Note for the desk",
        help_text="Readers never see it. Never who an unnamed person is: that is sealed, on a page of its own.",
    )
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
    name = _line("Name", required=True, help_text="As printed, without “the”.", most=120)
    columnist = _line("Whose column it is", help_text="“Rob Shuter” prints “Rob Shuter’s ShutterScoop”.", most=120)
    definite = forms.BooleanField(label="Takes “the” in print", required=False)
    url = _line("Address", most=500)


class RetractionForm(forms.Form):
    """The ticks beside the quotations are the page's own."""

    reason = _line("What was retracted", required=True, help_text="Owners read it in their notice.", most=300)
    link = _line("Where", help_text="The outlet’s own notice.", most=500)


class QuotationForm(forms.Form):
    words = _area(
        "What was said",
        required=True,
        help_text="As said. It cannot be changed later; another wording is another entry.",
    )
    said_to = _line("To whom, where", help_text="“In an interview in Santa Barbara”.")
    said_on = forms.DateField(
        label="On what day", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    link = _line("Link", most=500)
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


class ProductForm(forms.Form):
    maker = _line("Maker", required=True, most=120)
    title = _line("Product", required=True)
    merchant = forms.ModelChoiceField(Merchant.objects.all(), label="Sold by", empty_label="Choose")
    link = _line("Link at the merchant", required=True, most=1000)
    price = _line("Price", help_text="What the merchant asks now. Saving it says that you checked it now.", most=20)
    currency = forms.ChoiceField(label="Currency", choices=Product.Currency.choices, initial=Product.Currency.USD)
    blurb = _area("Words about it", help_text="A story may say its own.")
    picture = forms.CharField(label="Picture", widget=PictureChoice, required=False)
    expected_version = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def facts(self) -> ProductFacts:
        given = self.cleaned_data
        merchant = given.get("merchant")
        picture = given.get("picture", "")
        return ProductFacts(
            maker=given.get("maker", ""),
            title=given.get("title", ""),
            merchant_id=merchant.pk if merchant else None,
            link=given.get("link", ""),
            price=given.get("price", ""),
            currency=given.get("currency", ""),
            blurb=given.get("blurb", ""),
            picture_id=int(picture) if picture.isascii() and picture.isdigit() and len(picture) < 19 else None,
        )

    @classmethod
    def of(cls, product: Product) -> ProductForm:
        return cls(
            initial={
                "maker": product.maker,
                "title": product.title,
                "merchant": product.merchant_id,
                "link": product.link,
                "price": product.price if product.price is not None else "",
                "currency": product.currency,
                "blurb": product.blurb,
                "picture": product.picture_id or "",
                "expected_version": product.version,
            }
        )
