"""What every model in Django's admin derives from: a page of it answers malformed requests too (domain 24)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse


class ModelAdmin(admin.ModelAdmin):
    """Django's own, but for three ways in which an address or a form could make it fail."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}  # Django 6's own rule

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse filters that somebody wrote into the address: our lists offer none.

        Django would build any lookup of a field of the list's own (``name__regex=(``, ``added_at__year=0``) and leave the
        error to the database. A list that is to have filters allows them here by name and lookup.
        """
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Find the row. An empty ``_to_field`` is none; Django would look for a field without a name."""
        return super().get_object(request, object_id, from_field or None)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *rest: Any) -> HttpResponse | None:
        """Do something with ticked rows.

        Raises:
            BadRequest: what is ticked is no key of a row. Django would hand it to the database.
        """
        for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.model._meta.pk.to_python(key)
            except ValidationError:
                raise BadRequest("That is no row of this list.") from None
        return super().response_action(request, queryset, *rest)
