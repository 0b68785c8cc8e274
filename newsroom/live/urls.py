from __future__ import annotations

from django.urls import path

from newsroom.live import views

app_name = "live"
urlpatterns = [
    path("<slug:kind>/<int:number>/", views.state, name="state"),
    path("<slug:kind>/<int:number>/events/", views.events, name="events"),
]
