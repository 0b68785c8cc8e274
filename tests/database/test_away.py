"""A PostgreSQL that is gone is told from one that says no: the first is 503 for whoever asked, the second a fault."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from newsroom.database.away import is_away


def gone(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


def slow(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse()


def wrapped(request: HttpRequest) -> HttpResponse:
    try:
        return gone(request)
    except OperationalError as error:
        raise RuntimeError("It could not be drawn.") from error


urlpatterns = [
    path("gone/", gone),
    path("slow/", slow),
    path("wrapped/", wrapped),
    path("", include("newsroom.urls")),
]
handler500 = "newsroom.errors.server_error"


@pytest.fixture
def another_connection(transactional_db: None) -> Iterator[None]:
    """For whoever comes next: the one of these tests is broken by them."""
    yield
    connection.close()


@pytest.mark.usefixtures("another_connection")
@pytest.mark.parametrize(("address", "status"), [("/gone/", 503), ("/wrapped/", 503), ("/slow/", 500)])
def test_who_asked_is_told_when_to_come_again(settings: LazySettings, address: str, status: int) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    answer = client.get(address)
    connection.close()  # as the end of a request does where there is one
    assert answer.status_code == status
    assert ("at the moment" in answer.content.decode()) == (status == 503)
    assert answer.get("Retry-After") == ("10" if status == 503 else None)
    assert (answer["Cache-Control"] == "no-store") == (status == 503)
    told = client.get(address, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["error"]) == (status, "away" if status == 503 else "server-error")


def test_nobody_there_is_away() -> None:
    with pytest.raises(OperationalError) as raised, connection.wrap_database_errors:
        psycopg2.connect(host="127.0.0.1", port=1, dbname="newsroom")
    assert is_away(raised.value)
    assert not is_away(ValueError("Something else."))
    assert not is_away(None)
