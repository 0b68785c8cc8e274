"""What nobody can read is answered 400 with a page that says so, before any view is asked (domain 24)."""

from __future__ import annotations

import logging

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from newsroom.accounts.models import Person
from newsroom.administration import ModelAdmin
from tests.asserts import assert_sound, page
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def looks_up(request: HttpRequest) -> HttpResponse:
    """A view with a fault: it asks the database for what was typed as it came."""
    return HttpResponse(str(Person.objects.filter(name=request.POST["name"]).count()))


def stores(request: HttpRequest) -> HttpResponse:
    Person.objects.create(email=request.POST["name"], name=request.POST["name"])
    return HttpResponse("stored")


def fails(request: HttpRequest) -> HttpResponse:
    raise ValueError("A fault of ours.")


urlpatterns = [
    path("looks-up/", looks_up),
    path("stores/", stores),
    path("fails/", fails),
    path("", include("newsroom.urls")),
]


@pytest.mark.parametrize(
    "address", ["/?q=%00", "/?%00=1", "/wind%00sor/", "/desk/stories/?q=a%00b", "/admin/?name=%00"]
)
def test_nul_in_the_address(client: Client, address: str) -> None:
    client.force_login(person("administrator"))
    response = client.get(address)
    assert response.status_code == 400
    root = page(response)
    assert_sound(root)
    assert root.one("h1").text == "We could not read that request"


def test_nul_in_the_session_cookie(client: Client) -> None:
    """Its quoted form can hold any character, and a session is looked up by it."""
    client.cookies.load('desk="\\000abcdefgh"')
    assert client.get("/desk/stories/").status_code == 400


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "hex", "idna"])
def test_another_character_set(client: Client, charset: str) -> None:
    form = 'multipart/form-data; boundary=xx; charset="' + charset + '"'
    response = client.generic("POST", "/desk/sign-in/", b"--xx--", content_type=form)
    assert response.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_our_character_set(client: Client, charset: str) -> None:
    form = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic("POST", "/desk/sign-in/", b"email=a", content_type=form).status_code == 200


def test_a_script_is_told_in_short(client: Client) -> None:
    response = client.get("/desk/find/?q=%00", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()) == (
        400,
        {"error": "bad-request", "message": "We could not read that request."},
    )


def test_somebody_at_the_desk_keeps_the_menu(client: Client) -> None:
    client.force_login(person("editor"))
    fields = {f"field-{number}": "1" for number in range(1500)}  # more than Django reads
    response = client.post("/desk/stories/new/", fields)
    assert response.status_code == 400
    assert_sound(page(response))
    assert page(response).all("a", href="/desk/stories/"), "the way on is missing"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "typed"), [("/looks-up/", "wind\x00sor"), ("/stores/", "wind\x00sor"), ("/stores/", "x" * 5000)]
)
def test_a_view_that_passes_on_what_was_typed(
    client: Client, settings: LazySettings, caplog: pytest.LogCaptureFixture, address: str, typed: str
) -> None:
    settings.ROOT_URLCONF = __name__
    assert client.post(address, {"name": typed}).status_code == 400
    (said,) = [record for record in caplog.records if record.name == "newsroom.malformed"]
    assert said.levelno == logging.ERROR
    assert typed not in said.getMessage()


def test_another_fault_stays_a_fault(client: Client, settings: LazySettings) -> None:
    settings.ROOT_URLCONF = __name__
    with pytest.raises(ValueError, match="A fault of ours"):
        client.get("/fails/")


def test_every_model_of_the_admin_has_the_house_s_manners() -> None:
    assert [one for one in admin.site._registry.values() if not isinstance(one, ModelAdmin)] == []
