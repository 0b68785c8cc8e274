"""What an administrator sets: sections, topics, merchants, outlets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from articles import products
from articles.events import SECTION_CHANGED, TOPIC_CHANGED
from articles.models import Merchant, Outlet, Section, Topic
from newsroom.outbox import EventKind, record


class TellingAdmin(admin.ModelAdmin):
    """Saves and says so in one transaction, so that pages showing the thing are drawn again."""

    event: EventKind
    key: str

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            record(self.event, **{self.key: obj.pk})


@admin.register(Section)
class SectionAdmin(TellingAdmin):
    event, key = SECTION_CHANGED, "section_id"
    list_display = ("name", "slug", "position", "strict_review")
    prepopulated_fields = {"slug": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Section | None = None) -> tuple[str, ...]:
        # Readers hold the addresses of its stories.
        return ("slug",) if obj and obj.stories.exclude(readers="nothing").exists() else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Section | None = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)


@admin.register(Topic)
class TopicAdmin(TellingAdmin):
    event, key = TOPIC_CHANGED, "topic_id"
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Merchant)
class MerchantAdmin(admin.ModelAdmin):
    list_display = ("name", "tag")

    def save_model(self, request: HttpRequest, obj: Merchant, form: forms.ModelForm[Any], change: bool) -> None:
        products.change_merchant(obj)


@admin.register(Outlet)
class OutletAdmin(admin.ModelAdmin):
    list_display = ("printed", "url")
    search_fields = ("name", "columnist")
