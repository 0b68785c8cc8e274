"""The public addresses of pictures."""

from __future__ import annotations

from django.urls import path

from media_assets import views

app_name = "media"
urlpatterns = [
    path("<slug:digest>/<int:width>.<slug:extension>", views.file, name="file"),
    path("<slug:digest>/<slug:part>/<int:width>.<slug:extension>", views.crop, name="crop"),
]
