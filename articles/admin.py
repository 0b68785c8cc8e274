"""What an administrator sets: sections, topics, merchants, outlets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from articles import needed, products
from articles.events import MERCHANT_CHANGED, SECTION_CHANGED, TOPIC_CHANGED
from articles.models import Merchant, Outlet, Section, Topic
from newsroom.accounts import person_of
from newsroom.outbox.admin import CarefulAdmin, TellingAdmin


@admin.register(Section)
class SectionAdmin(TellingAdmin):
    event, key = SECTION_CHANGED, "section_id"
    list_display = ("name", "slug", "position", "strict_review", "products_barred")
    prepopulated_fields = {"slug": ("name",)}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Section | None = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def save_model(self, request: HttpRequest, obj: Section, form: forms.ModelForm[Any], change: bool) -> None:
        # What did not change is not written: an address that is "set" to itself would hold up every story's writer.
        obj.save(update_fields=form.changed_data if change else None)

    def why_kept(self, obj: Section) -> str:
        return needed.section(obj)


@admin.register(Topic)
class TopicAdmin(TellingAdmin):
    event, key = TOPIC_CHANGED, "topic_id"
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def why_kept(self, obj: Topic) -> str:
        return needed.topic(obj)


@admin.register(Merchant)
class MerchantAdmin(TellingAdmin):
    event, key = MERCHANT_CHANGED, "merchant_id"
    list_display = ("name", "network", "tag", "tracking")

    def save_model(self, request: HttpRequest, obj: Merchant, form: forms.ModelForm[Any], change: bool) -> None:
        products.change_merchant(obj, person=person_of(request))

    def save_related(self, request: HttpRequest, form: forms.ModelForm[Any], formsets: Any, change: bool) -> None:
        super(TellingAdmin, self).save_related(request, form, formsets, change)  # change_merchant has told it

    def why_kept(self, obj: Merchant) -> str:
        return needed.merchant(obj)


@admin.register(Outlet)
class OutletAdmin(CarefulAdmin):
    list_display = ("printed", "url")
    search_fields = ("name", "columnist")
