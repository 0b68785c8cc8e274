"""Every address of the site. Each one has a row in one of tests/house/matrix_*.py, or the tests fail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from newsroom.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include("newsroom.accounts.urls")),
    path("desk/", include("newsroom.deskui.urls")),
    path("desk/notices/", include("newsroom.notices.urls")),
    path("desk/undelivered/", include("newsroom.undelivered.urls")),
    path("desk/", include("articles.desk.urls")),
    path("desk/pictures/", include("media_assets.desk.urls")),
    path("desk/newsletters/", include("newsletters.desk.urls")),
    path("live/", include("newsroom.live.urls")),
    path("media/", include("media_assets.urls")),
    path("newsletters/", include("newsletters.reader.urls")),
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
]
if settings.DEMO:
    urlpatterns.append(path("inbox/", include("newsroom.demo.urls")))
urlpatterns.append(path("", include("articles.reader.urls")))  # last: its section addresses would catch the others

handler400 = "newsroom.errors.bad_request"
handler403 = "newsroom.errors.forbidden"
handler404 = "newsroom.errors.not_found"
handler500 = "newsroom.errors.server_error"
