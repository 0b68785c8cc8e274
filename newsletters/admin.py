"""Settings of the newsletters, for administrators: which there are, and which boxes each offers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from newsletters.events import NEWSLETTER_CHANGED
from newsletters.models import Newsletter, NewsletterPurpose, Purpose
from newsroom.outbox import record

# Addresses under /newsletters/ that are pages of our own: a newsletter of that name could not be reached.
RESERVED = {"confirm", "leave", "companies", "check-your-mail"}


class NewsletterForm(forms.ModelForm):
    class Meta:
        model = Newsletter
        fields = ["name", "slug", "promise", "rhythm", "sender_name", "purpose", "open"]

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug in RESERVED:
            raise ValidationError(f"“{slug}” is an address of the site's own. Choose another.")
        return slug


class BoxInline(admin.TabularInline):
    model = NewsletterPurpose
    extra = 0


@admin.register(Newsletter)
class NewsletterAdmin(admin.ModelAdmin):
    form = NewsletterForm
    inlines = [BoxInline]
    list_display = ["name", "rhythm", "open"]
    prepopulated_fields = {"slug": ["name"]}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Say that it changed once its boxes are stored too, so that pages are drawn with both."""
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            record(NEWSLETTER_CHANGED, newsletter_id=form.instance.pk)


@admin.register(Purpose)
class PurposeAdmin(admin.ModelAdmin):
    list_display = ["name", "is_newsletter"]
    prepopulated_fields = {"slug": ["name"]}
