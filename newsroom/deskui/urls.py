from django.urls import path

from newsroom.deskui import views

app_name = "deskui"
urlpatterns = [
    path("", views.start, name="start"),
    path("find/", views.find, name="find"),
    path("help/", views.help_page, name="help"),
]
