"""Signing in: the same answer for all that does not fit, counted attempts, no way out to another site."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from newsroom import accounts
from newsroom.accounts.models import Person
from tests.factories.accounts import PASSWORD, person

pytestmark = pytest.mark.django_db
URL = "/desk/sign-in/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(URL, {"email": email, "password": password, **more})


def test_address_and_password_open_the_desk_whatever_the_case(client: Client) -> None:
    alice = person("reporter", email="Alice.Ashdown@Example.org", password=PASSWORD)
    response = sign_in(client, "alice.ashdown@EXAMPLE.org")
    assert response.status_code == 302
    assert response["Location"] == reverse("deskui:start")
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_unknown_wrong_left_and_invited_get_the_same_page(client: Client) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    person("reporter", email="gone@example.org", password=PASSWORD, is_active=False)
    person("reporter", email="invited@example.org")
    pages = set()
    for email, password in [
        ("nobody@example.org", PASSWORD),
        ("alice@example.org", "wrong-password"),
        ("gone@example.org", PASSWORD),
        ("invited@example.org", PASSWORD),
    ]:
        response = sign_in(client, email, password)
        assert response.status_code == 200
        assert "_auth_user_id" not in client.session
        pages.add(response.content.decode().replace(email, "").split("csrfmiddlewaretoken")[1][100:])
    assert len(pages) == 1


def test_every_refusal_costs_one_password_hash(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal that is quicker for an unknown address would tell who works here (domain 21)."""
    person("reporter", email="alice@example.org", password=PASSWORD)
    person("reporter", email="gone@example.org", password=PASSWORD, is_active=False)
    person("reporter", email="invited@example.org")
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda *args: (hashed.append(str(args[1])), encode(*args))[1]
    )
    for email in ["nobody@example.org", "alice@example.org", "gone@example.org", "invited@example.org"]:
        hashed.clear()
        sign_in(client, email, "wrong-password")
        assert hashed == ["wrong-password"], email


def test_the_eleventh_attempt_at_an_account_is_not_looked_at(client: Client) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    for _ in range(10):
        assert sign_in(client, "alice@example.org", "wrong-password").status_code == 200
    response = sign_in(client, " ALICE@example.org ")
    assert response.status_code == 429
    assert "_auth_user_id" not in client.session
    assert "Try again in a quarter of an hour" in response.content.decode()
    # The same answer for an address that nobody has, or the budget would tell who works here.
    for _ in range(10):
        sign_in(client, "nobody@example.org", "wrong-password")
    assert sign_in(client, "nobody@example.org").status_code == 429


def test_a_stranger_elsewhere_does_not_lock_the_account(client: Client) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    for _ in range(12):
        client.post(URL, {"email": "alice@example.org", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    assert sign_in(client, "alice@example.org").status_code == 302


def test_one_network_has_a_hundred_attempts_over_all_accounts(client: Client) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    for number in range(100):
        client.post(URL, {"email": f"guess{number}@example.org", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    inside = {"email": "alice@example.org", "password": PASSWORD}
    assert client.post(URL, inside, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.post(URL, inside, REMOTE_ADDR="203.0.113.10").status_code == 302


def test_sixty_attempts_an_hour_from_everywhere(client: Client) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    for number in range(60):
        client.post(URL, {"email": "alice@example.org", "password": "wrong"}, REMOTE_ADDR=f"203.0.113.{number + 1}")
    inside = {"email": "alice@example.org", "password": PASSWORD}
    assert client.post(URL, inside, REMOTE_ADDR="198.51.100.1").status_code == 429


def test_strangers_lock_nobody_out_of_the_browser_that_they_work_in(client: Client) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    person("editor", email="bob@example.org", password=PASSWORD)
    assert sign_in(client, "alice@example.org").status_code == 302
    cookie = client.cookies["desk-known"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/desk/")
    client.post(reverse("accounts:sign-out"))
    stranger = Client()
    for number in range(60):
        for email in ("alice@example.org", "bob@example.org"):
            stranger.post(URL, {"email": email, "password": "wrong"}, REMOTE_ADDR=f"203.0.113.{number + 1}")
    assert sign_in(Client(), "alice@example.org").status_code == 429
    assert sign_in(client, "bob@example.org").status_code == 429, "it is known for one account"
    forged = Client()
    forged.cookies["desk-known"] = cookie.value[:-2] + "xx"
    assert sign_in(forged, "alice@example.org").status_code == 429
    assert sign_in(client, "Alice@example.org").status_code == 302
    client.post(reverse("accounts:sign-out"))
    client.cookies["desk-known"] = cookie.value
    answers = [sign_in(client, "alice@example.org", "wrong").status_code for _ in range(25)]
    assert answers[-1] == 429, "a stolen cookie is no way to guess for ever"


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/desk/people/", "/desk/people/"),
        ("/desk/people/?q=a&b=c", "/desk/people/?q=a&b=c"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("///evil.example/", None),
        ("/\\evil.example/", None),
        ("javascript:alert(1)", None),
        ("desk/people/", None),
        ("/\tevil.example", "/\tevil.example"),
        ("\x00", None),
    ],
)
def test_next_leads_to_this_site_only(client: Client, wanted: str, goes: str | None) -> None:
    person("reporter", email="alice@example.org", password=PASSWORD)
    response = sign_in(client, "alice@example.org", next=wanted)
    assert response.status_code == 302
    from urllib.parse import unquote, urlsplit

    assert urlsplit(response["Location"]).netloc == ""
    if goes and "\t" not in goes:
        assert unquote(response["Location"]) == goes
    elif goes is None:
        assert response["Location"] == reverse("deskui:start")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"email": "\x00", "password": "\x00"},
        {"email": "a" * 5000 + "@x.org", "password": "b" * 5000},
        {"email": "x"},
    ],
)
def test_malformed_fields_are_answered_beside_the_field(client: Client, data: dict[str, str]) -> None:
    response = client.post(URL, data)
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()


def test_what_was_typed_is_kept_except_the_password(client: Client) -> None:
    text = sign_in(client, "mallory@example.org", "a-secret-guess").content.decode()
    assert 'value="mallory@example.org"' in text
    assert "a-secret-guess" not in text


def test_sign_out_ends_the_session_by_post_only(client: Client) -> None:
    client.force_login(person("reporter"))
    assert client.get("/desk/sign-out/").status_code == 405
    assert client.get("/desk/me/").status_code == 200
    assert "You are signed out" in client.post("/desk/sign-out/").content.decode()
    assert client.get("/desk/me/").status_code == 302


def test_the_session_gets_a_new_key_at_sign_in(client: Client) -> None:
    """A session key planted before signing in must be worth nothing after it."""
    person("reporter", email="alice@example.org", password=PASSWORD)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["desk"] = before = session.session_key
    sign_in(client, "alice@example.org")
    assert client.cookies["desk"].value != before


# ---- the door ----


@accounts.require("editor")
def edit(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@accounts.require()
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def ask(view: Any, somebody: Any, method: str = "GET", path: str = "/desk/x/?a=b", **headers: str) -> Any:
    request = RequestFactory().generic(method, path, headers=headers)
    request.user = somebody
    return view(request)


def anonymous() -> Any:
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def test_door_opens_for_the_role_and_keeps_the_page_out_of_caches() -> None:
    response = ask(edit, person("editor"))
    assert response.content == b"in"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_door_refuses_other_roles() -> None:
    for role in ["reporter", "picture_editor", "legal", "marketing", "administrator"]:
        with pytest.raises(PermissionDenied):
            ask(edit, person(role))
        assert ask(anybody, person(role)).content == b"in"
    assert ask(edit, person("reporter", "editor")).content == b"in"
    with pytest.raises(PermissionDenied):
        ask(edit, person())


def test_door_sends_the_anonymous_to_sign_in_and_back() -> None:
    response = ask(edit, anonymous())
    assert (response.status_code, response["Location"]) == (302, "/desk/sign-in/?next=/desk/x/%3Fa%3Db")
    posted = ask(edit, anonymous(), method="POST", path="/desk/stories/1/save/")
    assert posted["Location"] == "/desk/sign-in/?next=" + reverse("deskui:start")


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_door_tells_a_script_that_nobody_is_signed_in(headers: dict[str, str]) -> None:
    """An autosave that followed a redirect would take the sign-in page for a saved draft."""
    response = ask(edit, anonymous(), method="POST", **headers)
    assert response.status_code == 401
    assert response.content == b'{"error": "signed-out"}'


def test_a_role_of_the_database_alone_counts() -> None:
    alice = person("reporter")
    assert not alice.is_staff
    assert not alice.has_perm("accounts.change_person")
    frank = person("administrator")
    assert frank.is_staff
    assert frank.has_module_perms("accounts")
    frank.is_active = False
    assert not frank.has_perm("accounts.change_person")
    assert Person.objects.get(pk=alice.pk).role_names == "reporter"
