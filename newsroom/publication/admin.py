from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from newsroom.administration import ModelAdmin
from newsroom.outbox import record

from .current import forget
from .events import PUBLICATION_CHANGED
from .models import Publication


@admin.register(Publication)
class PublicationAdmin(ModelAdmin):
    list_display = ["name", "tagline", "time_zone"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and not Publication.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Publication, form: Any, change: bool) -> None:
        obj.pk = 1
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            record(PUBLICATION_CHANGED)
        forget()
