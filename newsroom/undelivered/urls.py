from django.urls import path

from newsroom.undelivered import desk

app_name = "undelivered"
urlpatterns = [
    path("", desk.undelivered, name="undelivered"),
    path("work/<int:pk>/again/", desk.try_again, name="try-again"),
    path("work/again/", desk.try_all_again, name="try-all-again"),
    path("work/<int:pk>/give-up/", desk.give_up, name="give-up"),
    path("letters/<int:pk>/again/", desk.send_again, name="send-again"),
    path("letters/<int:pk>/arrived/", desk.arrived, name="arrived"),
]
