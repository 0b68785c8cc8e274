from django.urls import path

from newsroom.notices import desk

app_name = "notices"
urlpatterns = [
    path("", desk.notices, name="notices"),
    path("read/", desk.read_all, name="read-all"),
    path("preferences/", desk.preferences, name="preferences"),
    path("<int:pk>/read/", desk.read, name="read"),
]
