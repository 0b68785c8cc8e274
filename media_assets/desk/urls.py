"""The desk's pages for pictures."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "media-desk"
urlpatterns: list[URLPattern] = []
