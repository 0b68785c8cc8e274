"""The administrators' page: roles, leaving, and that somebody is always left who can look after people."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom import accounts
from newsroom.accounts import people, tokens
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.mail.models import Letter
from tests.factories.accounts import PASSWORD, person

pytestmark = pytest.mark.django_db


def test_a_leaver_is_out_with_the_next_click_on_every_machine(client: Client) -> None:
    alice, frank = person("reporter", password=PASSWORD), person("administrator")
    elsewhere = Client()
    for browser in [client, elsewhere]:
        browser.force_login(alice)
    accounts.leave(person=alice, by=frank)
    for browser in [client, elsewhere]:
        assert browser.get("/desk/me/").status_code == 302
    page = client.post("/desk/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert page.status_code == 200
    row = AuditRow.objects.get(action="accounts.leave")
    assert (row.person_name, row.subject) == ("Frank Fenn", f"person:{alice.pk}")


def test_a_leaver_s_old_session_stays_dead_when_they_come_back(client: Client) -> None:
    alice, frank = person("reporter", password=PASSWORD), person("administrator")
    client.force_login(alice)
    accounts.leave(person=alice, by=frank)
    people.come_back(person=alice, by=frank)
    assert client.get("/desk/me/").status_code == 302
    alice.refresh_from_db()
    assert alice.standing == "invited"
    assert not alice.has_usable_password()
    assert alice.roles == ["reporter"]
    assert Letter.objects.get().to == alice.email


def test_leaving_ends_mailed_links() -> None:
    alice, frank = person("reporter"), person("administrator")
    secret = tokens.make(alice, tokens.Purpose.RESET, cause="reset:1", at=alice.invited_at)
    assert secret
    accounts.leave(person=alice, by=frank)
    people.come_back(person=alice, by=frank)
    with pytest.raises(tokens.LinkRefused):
        tokens.person_for(secret, tokens.Purpose.RESET, at=alice.invited_at)


def test_a_link_made_while_somebody_was_leaving_is_worth_nothing() -> None:
    """The worker that mails a reset may look just before the administrator shuts the person out."""
    gone = person("reporter", is_active=False)
    secret = tokens.make(gone, tokens.Purpose.RESET, cause="reset:1", at=gone.invited_at)
    assert secret
    with pytest.raises(tokens.LinkRefused):
        tokens.use(secret, tokens.Purpose.RESET, at=gone.invited_at)


def test_being_shut_out_is_asked_on_every_request(client: Client) -> None:
    alice = person("reporter")
    client.force_login(alice)
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/desk/me/").status_code == 302


def test_leaving_ends_the_sessions_for_good(client: Client) -> None:
    """Also where somebody is let back in by hand, past the desk."""
    alice, frank = person("reporter"), person("administrator")
    client.force_login(alice)
    accounts.leave(person=alice, by=frank)
    Person.objects.filter(pk=alice.pk).update(is_active=True)
    assert client.get("/desk/me/").status_code == 302


def test_nobody_leaves_twice() -> None:
    alice, frank = person("reporter"), person("administrator")
    accounts.leave(person=alice, by=frank)
    with pytest.raises(people.AlreadyLeft):
        accounts.leave(person=alice, by=frank)
    assert AuditRow.objects.count() == 1


def test_roles_change_with_the_next_click(client: Client) -> None:
    alice, frank = person("reporter"), person("administrator")
    client.force_login(alice)
    assert client.get("/desk/people/").status_code == 403
    accounts.change_roles(person=alice, roles=["administrator", "reporter"], by=frank)
    assert client.get("/desk/people/").status_code == 200
    assert AuditRow.objects.get().facts == {"before": ["reporter"], "after": ["administrator", "reporter"]}


def test_an_unknown_role_is_refused_by_code_form_and_database(client: Client) -> None:
    from django.db import IntegrityError, transaction

    alice, frank = person("reporter"), person("administrator")
    with pytest.raises(ValueError, match="owner"):
        accounts.change_roles(person=alice, roles=["owner"], by=frank)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=alice.pk).update(roles=["owner"])
    client.force_login(frank)
    response = client.post(f"/desk/people/{alice.pk}/", {"roles": ["owner"]})
    assert response.status_code == 200
    assert 'id="id_roles-error"' in response.content.decode()


def test_the_last_administrator_stays(client: Client) -> None:
    frank = person("administrator")
    person("administrator", joined_at=None, name="Invited Only")
    person("administrator", is_active=False, name="Long Gone")
    client.force_login(frank)
    with pytest.raises(people.LastAdministrator):
        accounts.leave(person=frank, by=frank)
    with pytest.raises(people.LastAdministrator):
        accounts.change_roles(person=frank, roles=["reporter"], by=frank)
    page = client.post(f"/desk/people/{frank.pk}/", {"roles": ["editor"]})
    assert "This is the last administrator" in page.content.decode()
    client.post(f"/desk/people/{frank.pk}/leave/")
    frank.refresh_from_db()
    assert (frank.is_active, frank.roles) == (True, ["administrator"])
    second = person("administrator")
    accounts.leave(person=frank, by=second)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["leave", "roles"])
@pytest.mark.parametrize("second", ["leave", "roles"])
def test_two_administrators_who_remove_each_other_at_once_leave_one(first: str, second: str) -> None:
    pair = [person("administrator"), person("administrator", name="Fay Frost")]
    start, results = threading.Barrier(2), []

    def remove(how: str, who: Person, by: Person) -> Callable[[], None]:
        def run() -> None:
            start.wait()
            try:
                if how == "leave":
                    accounts.leave(person=who, by=by)
                else:
                    accounts.change_roles(person=who, roles=["reporter"], by=by)
                results.append("done")
            except people.LastAdministrator:
                results.append("refused")
            finally:
                connection.close()

        return run

    threads = [
        threading.Thread(target=remove(first, pair[0], pair[1])),
        threading.Thread(target=remove(second, pair[1], pair[0])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "refused"]
    assert Person.objects.filter(is_active=True, roles__contains=["administrator"]).count() == 1


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_costs_the_same_for_one_and_for_twenty(client: Client, number: int) -> None:
    client.force_login(person("administrator"))
    for _ in range(number):
        person("reporter")
    client.get("/desk/people/")
    for path in ("/desk/people/", "/desk/people/?q=a"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert len(captured) == 5, [query["sql"] for query in captured]


def test_people_are_found_by_name_or_address(client: Client) -> None:
    client.force_login(person("administrator", name="Frank Field", email="frank@example.org"))
    person("reporter", name="Zoë Ahern", email="z.a@elsewhere.example")
    person("editor", name="Bob Barrow", email="bob@example.org", is_active=False)

    def found(q: str) -> tuple[set[str], str]:
        page = client.get("/desk/people/", {"q": q}).content.decode()
        return {name for name in ("Frank Field", "Zoë Ahern", "Bob Barrow") if f'">{name}</a>' in page}, page

    assert found("zoe")[0] == found("AHERN z.a@")[0] == found("elsewhere")[0] == {"Zoë Ahern"}
    names, page = found("example.org")
    assert names == {"Frank Field", "Bob Barrow"}
    assert "2 of 3 with “example.org”" in page
    assert 'value="example.org"' in page
    assert found("   ")[0] == {"Frank Field", "Zoë Ahern", "Bob Barrow"}
    names, page = found("<zoe> field")
    assert names == set()
    assert "Nobody found" in page
    assert "“&lt;zoe&gt; field”" in page


def test_inviting_over_the_page(client: Client) -> None:
    client.force_login(person("administrator"))
    form = {"name": "Gina Gale", "email": "gina@example.org", "roles": ["reporter", "editor"]}
    assert client.post("/desk/people/invite/", form).status_code == 302
    text = client.get("/desk/people/").content.decode()
    assert "Gina Gale is invited" in text
    assert "Reporter, editor" in text
    again = client.post("/desk/people/invite/", form | {"email": "GINA@example.org"}).content.decode()
    assert "Gina Gale has this address already. Nobody was invited." in again
    assert 'value="Gina Gale"' in again
    for wrong in [
        {"roles": []},
        {"roles": ["owner"]},
        {"email": '"a b"@example.org'},
        {"name": "x" * 121},
        {"name": "\x00"},
    ]:
        assert client.post("/desk/people/invite/", form | {"email": "h@example.org"} | wrong).status_code == 200
    assert Person.objects.count() == 2


def test_a_number_beyond_the_database_is_nobody(client: Client) -> None:
    client.force_login(person("administrator"))
    assert client.get("/desk/people/99999999999999999999999/").status_code == 404
    assert client.post("/desk/people/99999999999999999999999/leave/").status_code == 404


def test_own_settings(client: Client) -> None:
    alice = person("reporter")
    client.force_login(alice)
    assert client.post("/desk/me/", {"theme": "dark"}).status_code == 302
    alice.refresh_from_db()
    assert (alice.theme, alice.single_keys) == ("dark", False)
    text = client.get("/desk/me/").content.decode()
    assert 'data-theme="dark"' in text
    assert 'data-single-keys="off"' in text
    refused = client.post("/desk/me/", {"theme": "puce", "roles": ["administrator"], "email": "x@y.org"})
    assert refused.status_code == 200
    before = (alice.email, alice.roles)
    alice.refresh_from_db()
    assert (alice.email, alice.roles) == before
