"""Django's admin: one way in, people only to look at, passwords on the desk's own page."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.accounts import PASSWORD, person

pytestmark = pytest.mark.django_db


def test_the_way_in_is_the_desk_s_sign_in(client: Client) -> None:
    person("administrator", email="frank@example.org", password=PASSWORD)
    arrived = client.get("/admin/", follow=True)
    assert arrived.request["PATH_INFO"] == "/desk/sign-in/"
    # The admin's own form would not count attempts: it must not take a password at all.
    client.post("/admin/login/", {"username": "frank@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    after = client.post(
        arrived.request["PATH_INFO"] + "?" + arrived.request["QUERY_STRING"],
        {"email": "frank@example.org", "password": PASSWORD},
        follow=True,
    )
    assert after.request["PATH_INFO"] == "/admin/"
    assert "Frank Fenn" in after.content.decode()


def test_others_are_refused(client: Client) -> None:
    client.force_login(person("editor"))
    assert client.get("/admin/", follow=True).status_code == 403


def test_people_are_only_looked_at(client: Client) -> None:
    client.force_login(frank := person("administrator"))
    assert client.get("/admin/accounts/person/").status_code == 200
    assert client.get(f"/admin/accounts/person/{frank.pk}/change/").status_code == 200
    assert client.get("/admin/accounts/person/add/").status_code == 403
    assert client.post(f"/admin/accounts/person/{frank.pk}/change/", {"roles": "editor"}).status_code == 403
    assert client.post(f"/admin/accounts/person/{frank.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "password" not in client.get(f"/admin/accounts/person/{frank.pk}/change/").content.decode().lower().replace(
        "password_change", ""
    ).replace("change password", "")


def test_the_password_is_changed_at_the_desk(client: Client) -> None:
    client.force_login(person("editor", "administrator"))
    response = client.get("/admin/password_change/")
    assert (response.status_code, response["Location"]) == (302, "/desk/me/password/")
