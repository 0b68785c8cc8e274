"""Addresses at the desk, under /desk/newsletters/."""

from __future__ import annotations

from django.urls import path

from newsletters.desk import composing, consents, imports, newsletters, returned, sending, wordings

app_name = "newsletters-desk"

urlpatterns = [
    path("", newsletters.newsletters, name="newsletters"),
    path("<int:pk>/issues/new/", newsletters.issue_new, name="issue-new"),
    path("issues/<int:pk>/", composing.issue, name="issue"),
    path("issues/<int:pk>/letter/", composing.letter, name="letter"),
    path("issues/<int:pk>/letter/<slug:part>/", composing.part, name="letter-part"),
    path("issues/<int:pk>/send/", sending.send, name="issue-send"),
    path("issues/<int:pk>/results/", sending.results, name="results"),
    path("issues/<int:pk>/progress/", sending.progress, name="progress"),
    path("issues/<int:pk>/hold/", sending.hold, name="hold"),
    path("issues/<int:pk>/go-on/", sending.go_on, name="go-on"),
    path("issues/<int:pk>/cancel/", sending.cancel, name="cancel"),
    path("issues/<int:pk>/deliveries/<int:delivery>/resolve/", sending.resolve, name="resolve"),
    path("returned/", returned.returned, name="returned"),
    path("returned/<int:pk>/again/", returned.again, name="write-again"),
    path("consent/", consents.consent, name="consent"),
    path("consent/evidence/", consents.evidence, name="evidence"),
    path("consent/retention/", consents.retention, name="retention"),
    path("consent/imports/", imports.imports, name="imports"),
    path("consent/imports/<int:pk>/", imports.one, name="import"),
    path("consent/imports/<int:pk>/progress/", imports.progress, name="import-progress"),
    path("consent/imports/<int:pk>/refused.csv", imports.refused, name="import-refused"),
    path("wordings/", wordings.purposes, name="wordings"),
    path("wordings/<slug:slug>/", wordings.wording, name="wording"),
]
