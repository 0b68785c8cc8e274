"""The desk's pages for pictures."""

from __future__ import annotations

from django.urls import path

from media_assets.desk import asset, changing, focusing, getty, library, upload

app_name = "media-desk"
urlpatterns = [
    path("", library.library, name="library"),
    path("upload/", upload.upload, name="upload"),
    path("getty/", getty.search, name="getty"),
    path("getty/take/", getty.take, name="getty-take"),
    path("getty/thumbnail/", getty.thumbnail, name="getty-thumbnail"),
    path("<int:pk>/", asset.asset, name="asset"),
    path("<int:pk>/preview.webp", asset.preview, name="preview"),
    path("<int:pk>/details/", changing.details, name="details"),
    path("<int:pk>/focus/", focusing.focus, name="focus"),
    path("<int:pk>/crops/<slug:shape>.webp", focusing.crop, name="crop"),
    path("<int:pk>/rights/", changing.add_right, name="right-add"),
    path("<int:pk>/rights/<int:row>/end/", changing.end_right, name="right-end"),
    path("<int:pk>/withdraw/", changing.withdraw, name="withdraw"),
    path("<int:pk>/reinstate/", changing.reinstate, name="reinstate"),
]
