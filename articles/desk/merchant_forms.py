"""The merchants' forms. They bring text; the rules in ``selling`` judge it, and their messages are shown beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms

from articles.desk.ledger_forms import area_field, line_field
from articles.models import Merchant
from articles.selling import MerchantFacts
from articles.typed import whole_number
from newsroom.accounts import Role
from newsroom.accounts.models import Person


class MerchantForm(forms.Form):
    """What an administrator sets of a merchant. ``example`` is kept nowhere: it is tried."""

    name = line_field("Name", required=True, help_text="As readers are told it.", most=120)
    hosts = area_field(
        "Hosts",
        rows=2,
        required=True,
        help_text="One on each line: shop.example. A link to one, or below one, is declared as paid on every page.",
    )
    tag = line_field("Tag", help_text="Added to links: tag=ours-20.", most=500)
    tracking = line_field(
        "Tracking address",
        help_text="The network’s, with {url} where the shop’s goes in: https://go.network.example/?m=12&u={url}.",
        most=1000,
    )
    recheck = forms.ChoiceField(
        label="Prices are checked", required=False, choices=Merchant._meta.get_field("recheck").choices or ()
    )
    pause = forms.IntegerField(
        label="Seconds between two requests", initial=30, help_text="How often the recheck may ask for a page."
    )
    keeper = forms.ChoiceField(
        label="Looked after by", required=False, help_text="Who is told of dead links and strange prices."
    )
    example = line_field("Try a link", help_text="A page of the shop. It is not kept.", most=1000)
    expected_version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, str] | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        writers = Person.objects.filter(is_active=True, roles__overlap=[Role.REPORTER, Role.EDITOR])
        people = [(str(pk), name) for pk, name in writers.order_by("name").values_list("pk", "name")]
        cast(forms.ChoiceField, self.fields["keeper"]).choices = [("", "The editors"), *people]

    def typed(self, name: str) -> str:
        """What stands in a field now, kept or not."""
        return str(self[name].value() or "")

    @property
    def typed_facts(self) -> MerchantFacts:
        return MerchantFacts(
            name=self.typed("name"), hosts=self.typed("hosts"), tag=self.typed("tag"), tracking=self.typed("tracking")
        )

    @property
    def facts(self) -> MerchantFacts:
        given = self.cleaned_data
        return MerchantFacts(
            name=given.get("name", ""),
            hosts=given.get("hosts", ""),
            tag=given.get("tag", ""),
            tracking=given.get("tracking", ""),
            recheck=given.get("recheck", ""),
            pause=given.get("pause"),
            keeper_id=whole_number(given.get("keeper", "")),
        )

    @classmethod
    def of(cls, merchant: Merchant) -> MerchantForm:
        return cls(
            initial={
                "name": merchant.name,
                "hosts": "\n".join(merchant.hosts),
                "tag": merchant.tag,
                "tracking": merchant.tracking,
                "recheck": merchant.recheck,
                "pause": merchant.pause,
                "keeper": str(merchant.keeper_id or ""),
                "expected_version": merchant.version,
            }
        )


class TermsForm(forms.Form):
    network = line_field("Network", help_text="Which one pays: Awin, Skimlinks.", most=120)
    commission = area_field("What was agreed", rows=4, help_text="Rates, limits, whom to ask.")
    expected_version = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, merchant: Merchant) -> TermsForm:
        return cls(
            initial={
                "network": merchant.network,
                "commission": merchant.commission,
                "expected_version": merchant.version,
            }
        )
