from __future__ import annotations

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<str:name>/", views.letter, name="letter"),
    path("<str:name>/formatted/", views.formatted, name="formatted"),
]
