"""A new password by mail: the same answer and work for everybody, one link, one hour, every session ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom import accounts, outbox
from newsroom.accounts import passwords, tokens
from newsroom.accounts.models import AccountToken
from newsroom.mail.models import Letter
from newsroom.outbox.models import Event
from tests.factories.accounts import PASSWORD, person

pytestmark = pytest.mark.django_db
URL = "/desk/reset/"
NOON = datetime(2025, 9, 11, 12, tzinfo=UTC)


def mailed(somebody: Any, **facts: Any) -> str:
    passwords.mail_link(somebody.pk, cause=f"test:{Letter.objects.count()}", **facts)
    return re.search(r"/desk/(?:reset|invitation)/([\w-]+)/", Letter.objects.latest("pk").text)[1]  # type: ignore[index]


def test_known_and_unknown_addresses_cost_the_same_and_read_the_same(client: Client) -> None:
    """Domain 21: neither words nor work tell who is here."""
    person("reporter", email="alice@example.org")
    person("reporter", email="gone1@example.org", is_active=False)
    answers, queries = set(), set()
    client.post(URL, {"email": "warm@example.org"})
    for email in ["alice@example.org", "nobod@example.org", "gone1@example.org"]:
        with CaptureQueriesContext(connection) as captured:
            response = client.post(URL, {"email": email})
        answers.add(response.content.decode().replace(email, "somebody"))
        queries.add(tuple(re.sub(r"'[^']*'|\d+|NULL", "?", query["sql"]) for query in captured))
    assert len(answers) == 1
    assert len(queries) == 1
    assert [event.payload["person_id"] is None for event in Event.objects.order_by("pk")[1:]] == [False, True, True]
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_relay_mails_one_link(client: Client) -> None:
    person("reporter", email="alice@example.org")
    for email in ["ALICE@example.org", "nobody@example.org"]:
        client.post(URL, {"email": email})
    outbox.relay()
    outbox.relay()
    letter = Letter.objects.get()
    assert letter.to == "alice@example.org"
    assert "for one hour" in letter.text
    assert AccountToken.objects.count() == 1


def test_the_same_event_twice_makes_one_letter() -> None:
    alice = person("reporter")
    for _ in range(2):
        passwords.mail_link(alice.pk, cause="reset:7")
    assert Letter.objects.count() == AccountToken.objects.count() == 1


def test_somebody_who_has_not_joined_gets_an_invitation_instead() -> None:
    gina = person("reporter", joined_at=None)
    secret = mailed(gina)
    with pytest.raises(tokens.LinkRefused):
        passwords.set_by_link(secret=secret, password=PASSWORD)
    accounts.accept(secret=secret, password=PASSWORD)


def test_somebody_who_left_gets_nothing() -> None:
    gone = person("reporter", is_active=False)
    passwords.mail_link(gone.pk, cause="reset:7")
    assert not Letter.objects.exists()


def test_link_sets_the_password_once_and_ends_every_session(client: Client) -> None:
    alice = person("reporter", password=PASSWORD)
    client.force_login(alice)
    assert client.get("/desk/me/").status_code == 200
    secret, other = mailed(alice), Client()
    assert other.get(f"/desk/reset/{secret}/").status_code == 200
    new = "a-new-and-better-password"
    assert other.post(f"/desk/reset/{secret}/", {"password": new, "again": new}).status_code == 302
    assert other.get("/desk/me/").status_code == 200
    assert client.get("/desk/me/").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(new)
    assert other.post(f"/desk/reset/{secret}/", {"password": new, "again": new}).status_code == 410


def test_a_weak_password_changes_nothing_and_leaves_the_link_good(client: Client) -> None:
    alice = person("reporter", password=PASSWORD)
    secret = mailed(alice)
    weak = {"password": "short", "again": "short"}
    assert "at least 12 characters" in client.post(f"/desk/reset/{secret}/", weak).content.decode()
    client.force_login(alice)
    assert "at least 12 characters" in client.post("/desk/me/password/", weak | {"current": PASSWORD}).content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    passwords.set_by_link(secret=secret, password="a-new-and-better-password")


def test_the_link_ends_after_an_hour() -> None:
    alice = person("reporter", password=PASSWORD)
    secret = mailed(alice, at=NOON)
    with pytest.raises(tokens.LinkRefused):
        passwords.set_by_link(secret=secret, password=PASSWORD, at=NOON + timedelta(hours=1))
    passwords.set_by_link(secret=secret, password="a-new-and-better-password", at=NOON + timedelta(minutes=59))


def test_asking_too_often_changes_nothing_that_shows(client: Client) -> None:
    person("reporter", email="alice@example.org")
    pages = {client.post(URL, {"email": "alice@example.org"}).content for _ in range(8)}
    assert len(pages) == 1
    assert Event.objects.count() == 5


def test_one_network_asks_twenty_times_an_hour(client: Client) -> None:
    for number in range(25):
        client.post(URL, {"email": f"somebody{number}@example.org"})
    assert Event.objects.count() == 20


def test_changing_the_password_ends_the_other_sessions(client: Client) -> None:
    alice = person("reporter", password=PASSWORD)
    elsewhere = Client()
    for browser in [client, elsewhere]:
        browser.force_login(alice)
    new = {"current": PASSWORD, "password": "a-new-and-better-password", "again": "a-new-and-better-password"}
    assert client.post("/desk/me/password/", new).status_code == 302
    assert client.get("/desk/me/").status_code == 200
    assert elsewhere.get("/desk/me/").status_code == 302


def test_changing_the_password_asks_for_the_current_one(client: Client) -> None:
    alice = person("reporter", password=PASSWORD)
    client.force_login(alice)
    new = {"current": "wrong", "password": "a-new-and-better-password", "again": "a-new-and-better-password"}
    assert "This is not your current password" in client.post("/desk/me/password/", new).content.decode()
    for _ in range(9):
        client.post("/desk/me/password/", new)
    assert client.post("/desk/me/password/", new | {"current": PASSWORD}).status_code == 429
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_sign_out_everywhere_keeps_this_session_only(client: Client) -> None:
    alice = person("reporter")
    elsewhere, admin = Client(), Client()
    for browser in [client, elsewhere]:
        browser.force_login(alice)
    admin.force_login(person("administrator"))
    assert client.get("/desk/me/sign-out-everywhere/").status_code == 405
    assert client.post("/desk/me/sign-out-everywhere/").status_code == 302
    assert client.get("/desk/me/").status_code == 200
    assert elsewhere.get("/desk/me/").status_code == 302
    assert admin.get("/desk/me/").status_code == 200
