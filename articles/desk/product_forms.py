"""The product library's forms. They bring text; the rules in ``products`` and ``offering`` judge it, and their messages
are shown beside the field."""

from __future__ import annotations

from django import forms

from articles.desk.ledger_forms import area_field, line_field
from articles.desk.picture_choice import PictureChoice
from articles.models import Merchant, Offer, Product
from articles.offering import OfferFacts
from articles.products import ProductFacts

STOCK = (("", "Not known"), ("yes", "In stock"), ("no", "Out of stock"))


class ProductForm(forms.Form):
    maker = line_field("Maker", required=True, most=120)
    title = line_field("Product", required=True)
    blurb = area_field("Words about it", help_text="A story may say its own.")
    picture = forms.CharField(label="Picture", widget=PictureChoice, required=False)
    expected_version = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def facts(self) -> ProductFacts:
        given = self.cleaned_data
        picture = given.get("picture", "")
        return ProductFacts(
            maker=given.get("maker", ""),
            title=given.get("title", ""),
            blurb=given.get("blurb", ""),
            picture_id=int(picture) if picture.isascii() and picture.isdigit() and len(picture) < 19 else None,
        )

    @classmethod
    def of(cls, product: Product) -> ProductForm:
        return cls(
            initial={
                "maker": product.maker,
                "title": product.title,
                "blurb": product.blurb,
                "picture": product.picture_id or "",
                "expected_version": product.version,
            }
        )


class OfferForm(forms.Form):
    merchant = forms.ModelChoiceField(Merchant.objects.all(), label="Sold by", empty_label="Choose")
    link = line_field("Link at the merchant", required=True, most=1000)
    price = line_field(
        "Price", help_text="What the merchant asks now. Saving it says that you checked it now.", most=20
    )
    currency = forms.ChoiceField(label="Currency", choices=Offer.Currency.choices, initial=Offer.Currency.USD)
    in_stock = forms.ChoiceField(label="Stock", choices=STOCK, required=False)

    @property
    def facts(self) -> OfferFacts:
        given = self.cleaned_data
        merchant = given.get("merchant")
        return OfferFacts(
            merchant_id=merchant.pk if merchant else None,
            link=given.get("link", ""),
            price=given.get("price", ""),
            currency=given.get("currency", ""),
            in_stock=given.get("in_stock", ""),
        )


class OfferEditForm(OfferForm):
    expected_version = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, offer: Offer) -> OfferEditForm:
        stock = {True: "yes", False: "no", None: ""}[offer.in_stock]
        return cls(
            initial={
                "merchant": offer.merchant_id,
                "link": offer.link,
                "price": offer.price if offer.price is not None else "",
                "currency": offer.currency,
                "in_stock": stock,
                "expected_version": offer.version,
            }
        )
