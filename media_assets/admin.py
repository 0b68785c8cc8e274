"""Django's admin: agencies to edit; pictures to look at, because their rules live at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from media_assets.models import Agency, Asset, ImagePlacement, RightsRow
from newsroom.administration import ModelAdmin
from newsroom.outbox.admin import CarefulAdmin


@admin.register(Agency)
class AgencyAdmin(CarefulAdmin):
    list_display = ["name", "credit"]
    search_fields = ["name"]


class ToLookAt(ModelAdmin):
    """Changing rows here would go past credit, rights, files and pages."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Asset)
class AssetAdmin(ToLookAt):
    list_display = ["title", "credit", "agency", "width", "height", "added_at"]
    search_fields = ["caption", "credit", "original_name"]
    list_select_related = ["agency"]
    exclude = ["words"]


@admin.register(RightsRow)
class RightsRowAdmin(ToLookAt):
    list_display = ["asset", "use", "allowed", "starts_at", "ends_at"]
    list_select_related = ["asset"]


@admin.register(ImagePlacement)
class ImagePlacementAdmin(ToLookAt):
    list_display = ["asset", "caption", "alternative_text", "created_at"]
    list_select_related = ["asset"]
