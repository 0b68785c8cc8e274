"""Joining: an administrator invites, the person accepts once."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from newsroom import accounts
from newsroom.accounts import joining, people, tokens
from newsroom.accounts.models import AccountToken, Person
from newsroom.audit.models import AuditRow
from newsroom.mail.models import Letter
from tests.factories.accounts import PASSWORD, person

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 9, 11, 12, tzinfo=UTC)


def link(letter: Letter) -> str:
    return re.search(r"/desk/(?:invitation|reset)/([\w-]+)/", letter.text)[1]  # type: ignore[index]


def invited(**facts: Any) -> tuple[Person, str]:
    made = accounts.invite(
        email="Gina@Example.org", name="Gina Gale", roles=["reporter", "editor"], by=person("administrator"), **facts
    )
    return made, link(Letter.objects.latest("pk"))


def test_invitation_is_one_letter_with_a_link_that_is_kept_only_as_a_hash() -> None:
    gina, secret = invited()
    letter = Letter.objects.get()
    assert letter.to == "Gina@example.org"
    text = letter.text
    assert "Frank Fenn has invited you" in text
    assert "as reporter, editor" in text
    kept = AccountToken.objects.get()
    assert secret not in str(kept.__dict__)
    assert kept.digest == tokens.digest(secret)
    assert not gina.has_usable_password()
    assert gina.standing == "invited"
    row = AuditRow.objects.get(action="accounts.invite")
    assert (row.subject, row.facts) == (f"person:{gina.pk}", {"roles": ["editor", "reporter"]})


def test_nothing_is_made_when_the_letter_cannot_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**facts: Any) -> None:
        raise RuntimeError

    frank = person("administrator")
    monkeypatch.setattr("newsroom.mail.send", fail)
    with pytest.raises(RuntimeError):
        accounts.invite(email="gina@example.org", name="Gina Gale", roles=["reporter"], by=frank)
    assert not Person.objects.with_email("gina@example.org").exists()
    assert not AuditRow.objects.exists()


def test_the_address_is_taken_whatever_its_case() -> None:
    invited()
    with pytest.raises(joining.AlreadyHere) as refusal:
        accounts.invite(email="gina@EXAMPLE.ORG", name="Another", roles=["legal"], by=person("administrator"))
    assert refusal.value.person.name == "Gina Gale"
    with pytest.raises(IntegrityError), transaction.atomic():
        person("reporter", email="GINA@example.org")


def test_accepting_sets_the_password_and_uses_the_link_up() -> None:
    gina, secret = invited()
    accounts.accept(secret=secret, password=PASSWORD)
    gina.refresh_from_db()
    assert gina.check_password(PASSWORD)
    assert gina.standing == "here"
    with pytest.raises(tokens.LinkRefused):
        accounts.accept(secret=secret, password="another-good-password")
    gina.refresh_from_db()
    assert gina.check_password(PASSWORD)


def test_a_weak_password_leaves_the_link_good() -> None:
    _, secret = invited()
    for weak in ["short", "gina@example.org", "password1234"]:
        with pytest.raises(ValidationError):
            accounts.accept(secret=secret, password=weak)
    accounts.accept(secret=secret, password=PASSWORD)


def test_the_link_ends_after_seven_days() -> None:
    _, secret = invited(at=NOON)
    with pytest.raises(tokens.LinkRefused):
        accounts.accept(secret=secret, password=PASSWORD, at=NOON + timedelta(days=7))
    accounts.accept(secret=secret, password=PASSWORD, at=NOON + timedelta(days=6, hours=23))


def test_a_fresh_invitation_ends_the_earlier_link() -> None:
    gina, first = invited()
    joining.invite_again(person=gina, by=person("administrator"))
    second = link(Letter.objects.latest("pk"))
    assert first != second
    with pytest.raises(tokens.LinkRefused):
        accounts.accept(secret=first, password=PASSWORD)
    accounts.accept(secret=second, password=PASSWORD)
    with pytest.raises(joining.NothingToSend):
        joining.invite_again(person=gina, by=person("administrator"))


def test_an_invitation_does_not_serve_as_a_reset() -> None:
    gina, secret = invited()
    with pytest.raises(tokens.LinkRefused):
        tokens.person_for(secret, tokens.Purpose.RESET, at=gina.invited_at)


def test_somebody_shut_out_before_joining_cannot_join() -> None:
    gina, secret = invited()
    person("administrator")
    people.leave(person=gina, by=person("administrator"))
    with pytest.raises(tokens.LinkRefused):
        accounts.accept(secret=secret, password=PASSWORD)


def test_page_shows_on_get_and_acts_on_post(client: Client) -> None:
    gina, secret = invited()
    for _ in range(3):  # mail scanners follow links
        page = client.get(f"/desk/invitation/{secret}/")
        assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert client.head(f"/desk/invitation/{secret}/").status_code == 200
    unequal = client.post(f"/desk/invitation/{secret}/", {"password": PASSWORD, "again": "something-else"})
    assert "do not match" in unequal.content.decode()
    gina.refresh_from_db()
    assert gina.joined_at is None
    response = client.post(f"/desk/invitation/{secret}/", {"password": PASSWORD, "again": PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(gina.pk)
    assert client.get(f"/desk/invitation/{secret}/").status_code == 410


def test_weak_password_is_said_beside_its_field(client: Client) -> None:
    _, secret = invited()
    text = client.post(f"/desk/invitation/{secret}/", {"password": "short", "again": "short"}).content.decode()
    assert re.search(r'id="id_password-error">.*at least 12 characters', text, re.S)
    assert 'value="short"' not in text


@pytest.mark.parametrize("secret", ["x", "\u2603", "%00", "a" * 3000, "..", "\udcff"])
def test_made_up_links_are_gone_not_errors(client: Client, secret: str) -> None:
    from urllib.parse import quote

    for kind in ["invitation", "reset"]:
        url = f"/desk/{kind}/{quote(secret, errors='surrogatepass')}/"
        assert client.get(url).status_code in {404, 410}
        assert client.post(url, {"password": PASSWORD, "again": PASSWORD}).status_code in {404, 410}


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_one_is_refused() -> None:
    _, secret = invited()
    start, results = threading.Barrier(2), []

    def run(password: str) -> None:
        start.wait()
        try:
            accounts.accept(secret=secret, password=password)
            results.append(password)
        except tokens.LinkRefused:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(f"a-good-password-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results)[1] == "refused"
    assert Person.objects.with_email("gina@example.org").get().check_password(sorted(results)[0])


@pytest.mark.django_db(transaction=True)
def test_two_who_invite_the_same_address_at_once_make_one_person() -> None:
    frank = person("administrator")
    start, results = threading.Barrier(2), []

    def run() -> None:
        start.wait()
        try:
            accounts.invite(email="gina@example.org", name="Gina Gale", roles=["reporter"], by=frank)
            results.append("invited")
        except joining.AlreadyHere:
            results.append("here")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["here", "invited"]
    assert Letter.objects.count() == 1
