"""Django's admin for records that pages show: a change leaves through the outbox, and what is needed stays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from newsroom.administration import ModelAdmin
from newsroom.outbox.events import EventKind
from newsroom.outbox.recording import record

_MEANWHILE = "Something else came to need it meanwhile, so nothing was deleted. Look again."


class Kept(Exception):
    """A record that is needed; the message says by what, and what to do instead."""


class CarefulAdmin(ModelAdmin):
    """Deletes what nothing needs. What something needs stays, and the administrator is told why, also where that
    something came between the question and the answer."""

    def why_kept(self, obj: Any) -> str:
        """A sentence that names ``obj``, what needs it and what to do instead; "" where it may go.

        Runs in the deletion's transaction, so it may lock the rows that it decides by.
        """
        return ""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            if why := self.why_kept(obj):
                raise Kept(why)
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self.delete_model(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        with transaction.atomic():
            kept = [why for obj in objs if (why := self.why_kept(obj))]
        # Not Django's own list then: it would load and print every story of a section.
        return ([], {}, set(), kept) if kept else super().get_deleted_objects(objs, request)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                obj = self.get_object(request, unquote(object_id))
                if obj is not None and self.has_delete_permission(request, obj) and (why := self.why_kept(obj)):
                    raise Kept(why)
                return super().delete_view(request, object_id, extra_context)
        except Kept as kept:
            messages.error(request, str(kept))
        except (models.ProtectedError, models.RestrictedError, IntegrityError):
            messages.error(request, _MEANWHILE)
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(object_id)]))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except Kept as kept:
            messages.error(request, str(kept))
        except (models.ProtectedError, models.RestrictedError, IntegrityError):
            messages.error(request, _MEANWHILE)
        return redirect(request.get_full_path())


class TellingAdmin(CarefulAdmin):
    """Saves and deletes, and says so in the same transaction, so that pages showing the thing are drawn again."""

    event: EventKind
    key: str
    """The field of the event's payload that names the record."""

    def save_related(self, request: HttpRequest, form: forms.ModelForm[Any], formsets: Any, change: bool) -> None:
        """Say so once what is written on the same page is stored too, so that pages are drawn with both."""
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            record(self.event, **{self.key: form.instance.pk})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        pk = obj.pk  # gone from the object afterwards
        with transaction.atomic():
            super().delete_model(request, obj)
            record(self.event, **{self.key: pk})
