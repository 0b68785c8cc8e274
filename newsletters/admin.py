"""Settings of the newsletters, for administrators: which there are, and which boxes each offers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from newsletters.events import NEWSLETTER_CHANGED
from newsletters.models import Newsletter, NewsletterPurpose, Purpose
from newsroom.outbox.admin import CarefulAdmin, TellingAdmin

# Addresses under /newsletters/ that are pages of our own: a newsletter of that name could not be reached.
RESERVED = {"confirm", "leave", "companies", "check-your-mail", "preferences", "address"}


class NewsletterForm(forms.ModelForm):
    class Meta:
        model = Newsletter
        fields = ["name", "slug", "promise", "rhythm", "sender_name", "purpose", "open", "in_footer"]

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug in RESERVED:
            raise ValidationError(f"“{slug}” is an address of the site's own. Choose another.")
        return slug


class BoxInline(admin.TabularInline):
    model = NewsletterPurpose
    extra = 0


@admin.register(Newsletter)
class NewsletterAdmin(TellingAdmin):
    event, key = NEWSLETTER_CHANGED, "newsletter_id"
    form = NewsletterForm
    inlines = [BoxInline]
    list_display = ["name", "rhythm", "open", "in_footer"]
    prepopulated_fields = {"slug": ["name"]}

    def why_kept(self, obj: Newsletter) -> str:
        used = obj.subscriptions.exists() or obj.sign_ups.exists() or obj.issues.exists()
        if not used and not obj.placements.exists():
            return ""
        why = "readers signed up to it, or it was sent" if used else "its box stands in a story"
        return f"{obj.name} stays: {why}. Take the tick from “open” instead: nobody can sign up then."


@admin.register(Purpose)
class PurposeAdmin(CarefulAdmin):
    list_display = ["name", "is_newsletter"]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Purpose | None = None) -> tuple[str, ...]:
        # Readers hold the addresses of its lists of companies: in letters, and under every box on a kept page.
        return ("slug",) if obj and obj.wordings.exists() else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Purpose | None = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)
