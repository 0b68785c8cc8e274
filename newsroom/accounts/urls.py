from django.urls import path

from newsroom.accounts.desk import entrance, me, people

app_name = "accounts"
urlpatterns = [
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("invitation/<str:secret>/", entrance.invitation, name="invitation-link"),
    path("reset/", entrance.reset, name="reset"),
    path("reset/<str:secret>/", entrance.reset_link, name="reset-link"),
    path("me/", me.me, name="me"),
    path("me/password/", me.password, name="password"),
    path("me/sign-out-everywhere/", me.sign_out_everywhere, name="sign-out-everywhere"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/rename/", people.rename, name="rename"),
    path("people/<int:pk>/invite-again/", people.invite_again, name="invite-again"),
    path("people/<int:pk>/leave/", people.leave, name="leave"),
    path("people/<int:pk>/come-back/", people.come_back, name="come-back"),
]
