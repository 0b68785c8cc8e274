"""Addresses for readers, under /newsletters/."""

from __future__ import annotations

from django.urls import path

from newsletters.reader import confirming, leaving, pages, preferences, signing

app_name = "newsletters"

urlpatterns = [
    path("", pages.newsletters, name="newsletters"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("leave/<str:token>/", leaving.leave, name="leave"),
    path("preferences/", preferences.ask, name="preferences"),
    path("preferences/sent/", preferences.sent, name="preferences-sent"),
    path("preferences/erased/", preferences.erased, name="preferences-erased"),
    path("preferences/<str:token>/", preferences.centre, name="centre"),
    path("preferences/<str:token>/erase/", preferences.erase, name="centre-erase"),
    path("preferences/<str:token>/<str:file>", preferences.download, name="centre-file"),
    path("address/<str:token>/", preferences.move, name="move"),
    path("companies/<slug:purpose>/<int:version>/", pages.companies, name="companies"),
    path("<slug:slug>/", pages.newsletter, name="newsletter"),
    path("<slug:slug>/sign-up/", signing.sign_up, name="sign-up"),
    path("<slug:slug>/check-your-mail/", pages.check_your_mail, name="check-your-mail"),
]
