"""The preference centre: a mailed key opens it, each change is a receipt, and a pause is respected at sending."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletters import audience, consent, delivery, preferences, tokens
from newsletters.book import Book
from newsletters.models import (
    AddressChange,
    ConsentReceipt,
    Delivery,
    LinkRequest,
    Subscriber,
    Subscription,
    Suppression,
    Token,
)
from newsroom import limits
from newsroom.mail.models import Letter
from newsroom.outbox.relaying import relay
from tests.factories import newsletters as made
from tests.newsletters.sending import elsewhere, issue_to, now, states

FROM_HERE = {"Origin": "http://testserver"}
ASK = "/newsletters/preferences/"


def ask(client: Client, email: str) -> Any:
    return client.post(ASK, {"email": email}, headers=FROM_HERE)


def opened(person: Subscriber) -> str:
    return f"{ASK}{tokens.make_for_centre(person, at=now())}/"


@pytest.mark.django_db(transaction=True)
def test_known_and_unknown_are_answered_alike_and_only_the_known_are_written_to(client: Client) -> None:
    made.subscriber(made.newsletter(), address="alice@example.org")
    answers, asked = [], []
    for email in ("Alice@example.org", "nobody@example.org"):
        limits_before = Letter.objects.count()
        with CaptureQueriesContext(connection) as captured:
            answers.append(ask(client, email))
        asked.append([query["sql"].split()[0] for query in captured])
        assert Letter.objects.count() == limits_before, "nothing is written while the reader waits"
    assert {(one.status_code, one["Location"]) for one in answers} == {(303, f"{ASK}sent/")}
    assert asked[0] == asked[1], "the same work, so the same time"
    relay()
    letter = Letter.objects.get()
    assert letter.to == "alice@example.org"
    assert not LinkRequest.objects.exists(), "a stranger's address is not kept"
    raw = letter.text.split(ASK)[1].split("/")[0]
    assert Token.objects.get().hash != raw
    assert client.get(f"{ASK}{raw}/").status_code == 200


@pytest.mark.django_db
def test_a_slip_keeps_what_was_typed_and_another_site_is_refused(client: Client) -> None:
    answer = ask(client, "alice@example")
    assert answer.status_code == 422
    assert 'value="alice@example"' in answer.content.decode()
    assert client.post(ASK, {"email": "a@example.org"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(ASK, {"email": "a@example.org", "website": "x"}, headers=FROM_HERE).status_code == 303
    assert not LinkRequest.objects.exists()


@pytest.mark.django_db
def test_a_key_ends_opens_one_thing_and_looking_changes_nothing(client: Client) -> None:
    newsletter = made.newsletter()
    person = made.subscriber(newsletter)
    old = tokens.make_for_centre(person, at=now() - tokens.CENTRE_WITHIN - timedelta(seconds=1))
    assert client.get(f"{ASK}{old}/").status_code == 410
    assert client.get(f"{ASK}nobody/").status_code == 410
    address = opened(person)
    raw = address.split("/")[-2]
    assert client.get(f"/newsletters/address/{raw}/").status_code == 410
    assert client.get(f"/newsletters/confirm/{raw}/").status_code == 404
    before = (ConsentReceipt.objects.count(), Token.objects.count())
    for path in ("", "erase/", "receipts.csv", "receipts.json", "everything.json"):
        answer = client.get(address + path)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert not answer.cookies
    assert client.get(address + "other.txt").status_code == 404
    assert (ConsentReceipt.objects.count(), Token.objects.count()) == before
    person.refresh_from_db()
    assert person.address


@pytest.mark.django_db
def test_each_box_is_by_itself_and_each_change_has_a_receipt(client: Client) -> None:
    first, second = made.newsletter(), made.newsletter(boxes=False)
    person = made.subscriber(first)
    box = first.offers.first().purpose
    address = opened(person)
    page = client.get(address).content.decode()
    assert page.count(" checked") == 1, "only what they agreed to"
    words = {purpose: purpose.wordings.get().pk for purpose in (first.purpose, second.purpose, box)}
    shown = list(words.values())
    answer = client.post(address, {"do": "choose", "shown": shown, "consent": [words[second.purpose], words[box]]})
    assert answer.status_code == 303
    states = dict(Subscription.objects.filter(subscriber=person).values_list("newsletter", "state"))
    assert states == {first.pk: "left", second.pk: "active"}
    assert {receipt.purpose for receipt in consent.standing(person)} == {second.purpose, box}
    newest = ConsentReceipt.objects.filter(purpose=second.purpose).get()
    assert (newest.form, newest.page_path, newest.how) == ("preferences", ASK, "ticked in the preferences")
    assert newest.list_version is not None
    assert newest.list_version.newsletter == second
    count = ConsentReceipt.objects.count()
    client.post(address, {"do": "choose", "shown": shown, "consent": [words[second.purpose], words[box]]})
    assert ConsentReceipt.objects.count() == count, "the same again changes nothing"
    client.post(address, {"do": "choose", "shown": [words[box]], "consent": []})
    assert {receipt.purpose for receipt in consent.standing(person)} == {second.purpose}, "what was not shown stands"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"do": "nonsense"},
        {},
        {"do": "pause", "until": "soon"},
        {"do": "pause", "until": "2020-01-01"},
        {"do": "pause", "until": "9999-12-31"},
        {"do": "pause", "until": "2025-02-30"},
        {"do": "address", "address": "no address"},
        {"do": "address", "address": "alice@example.org"},
        {"do": "address", "address": "x@mailinator.com"},
    ],
)
def test_what_cannot_be_is_said_and_kept(client: Client, fields: dict[str, str]) -> None:
    person = made.subscriber(made.newsletter(), address="alice@example.org")
    answer = client.post(opened(person), fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "field-error" in page
    typed = fields.get("until") or fields.get("address", "")
    assert f'value="{typed}"' in page or not typed
    assert not AddressChange.objects.exists()
    assert client.post(opened(person), {"do": "choose", "shown": ["x", "9" * 40], "consent": "-1"}).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_a_pause_holds_until_its_day_also_in_the_middle_of_a_sending(client: Client, sink: Any) -> None:
    issue = issue_to(3)
    rows = list(issue.deliveries.select_related("subscriber").order_by("pk"))
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    assert client.post(opened(rows[0].subscriber), {"do": "pause", "until": day}).status_code == 303
    assert "Paused until" in client.get(opened(rows[0].subscriber)).content.decode()
    assert audience.size(issue.newsletter, at=now()) == 2
    assert audience.size(issue.newsletter, at=now() + timedelta(days=11)) == 3
    # At the very last moment, too: claimed by a sender that has read the consent before.
    book = Book(issue)
    chunk = delivery.claim(issue, book.claim)
    assert [letter.may for letter in chunk] == [False, True, True]
    elsewhere(lambda: preferences.pause(rows[1].subscriber, timezone.localdate() + timedelta(days=1), at=now()))
    book.begin([row.pk for row in rows])
    assert [book.go(row.pk) for row in rows] == [False, False, True]
    book.close()
    Delivery.objects.update(state="planned", claim=None)
    delivery.deliver(issue.pk)
    assert states(issue) == {"skipped": 2, "sent": 1}
    client.post(opened(rows[0].subscriber), {"do": "go-on"})
    assert audience.size(issue.newsletter, at=now()) == 2


@pytest.mark.django_db(transaction=True)
def test_an_address_moves_by_its_own_button_and_the_old_one_is_told(client: Client) -> None:
    newsletter = made.newsletter()
    person = made.subscriber(newsletter, address="old@example.org")
    address = opened(person)
    assert client.post(address, {"do": "address", "address": "New@example.org"}).status_code == 303
    relay()
    asked = Letter.objects.get()
    assert asked.to == "New@example.org"
    link = "/newsletters/address/" + asked.text.split("/newsletters/address/")[1].split("/")[0] + "/"
    assert client.get(link).status_code == 200
    person.refresh_from_db()
    assert person.address == "old@example.org", "opening the link alone moves nothing"
    assert client.post(link).status_code == 200
    person.refresh_from_db()
    assert (person.address, person.normalised) == ("New@example.org", "new@example.org")
    told = Letter.objects.exclude(pk=asked.pk).get()
    assert told.to == "old@example.org"
    assert "new@example.org" not in told.text.lower(), "whoever reads the old mailbox need not be who moved"
    assert client.get(address).status_code == 410, "keys in the old mailbox have ended"
    assert client.post(link).status_code == 410
    assert consent.standing(person), "what they agreed to stands"
    assert client.get(opened(person) + "everything.json").json()["address_changes"][0]["to"] == "New@example.org"


@pytest.mark.django_db(transaction=True)
def test_an_address_with_preferences_of_its_own_is_not_taken_over(client: Client) -> None:
    newsletter = made.newsletter()
    person = made.subscriber(newsletter, address="old@example.org")
    made.subscriber(newsletter, address="taken@example.org")
    answer = client.post(opened(person), {"do": "address", "address": "taken@example.org"})
    assert answer.status_code == 303, "who asks has not shown that it is theirs, and learns nothing"
    relay()
    link = "/newsletters/address/" + Letter.objects.get().text.split("/newsletters/address/")[1].split("/")[0] + "/"
    assert client.post(link).status_code == 409
    person.refresh_from_db()
    assert person.address == "old@example.org"


@pytest.mark.django_db
def test_receipts_and_everything_can_be_taken_along(client: Client) -> None:
    newsletter = made.newsletter(name="=cmd()")
    person = made.subscriber(newsletter, address="alice@example.org")
    made.grant(person, newsletter.offers.first().purpose)
    address = opened(person)
    table = client.get(address + "receipts.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["wording"] for row in rows] == ["Send me =cmd()", made.BRANDS]
    assert all(not cell.startswith("=") for row in rows for cell in row.values())
    whole = client.get(address + "everything.json").json()
    assert whole["address"] == "alice@example.org"
    assert [receipt["wording"] for receipt in whole["receipts"]] == ["Send me =cmd()", made.BRANDS]
    assert whole["receipts"][1]["companies"] == [{"name": "Homes & Gardens", "address": ""}]
    assert json.loads(client.get(address + "receipts.json").content) == whole["receipts"]


@pytest.mark.django_db(transaction=True)
def test_erasing_from_the_page_asks_once_more_and_ends_the_key(client: Client) -> None:
    person = made.subscriber(made.newsletter(), address="alice@example.org")
    address = opened(person)
    assert "alice@example.org" in client.get(address + "erase/").content.decode()
    answer = client.post(address + "erase/")
    assert (answer.status_code, answer["Location"]) == (303, f"{ASK}erased/")
    assert client.get(address).status_code == 410
    assert Suppression.objects.get().why == "erased"
    assert not Subscriber.objects.exclude(address="").exists()


@pytest.mark.django_db
def test_links_are_mailed_within_the_budget_of_an_address(client: Client) -> None:
    statuses = [ask(client, "alice@example.org").status_code for _ in range(5)]
    assert statuses == [303, 303, 303, 429, 429]
    assert LinkRequest.objects.count() == 3


@pytest.mark.django_db
def test_while_redis_is_away_no_link_is_mailed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "spend_shared", lambda *args, **options: None)
    assert ask(client, "alice@example.org").status_code == 429
    assert not LinkRequest.objects.exists()


@pytest.mark.django_db
def test_the_number_of_queries_stands_still(client: Client) -> None:
    newsletter = made.newsletter()
    person = made.subscriber(newsletter)
    address = opened(person)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client.get(address)
    few = count()
    for number in range(20):
        made.grant(person, made.newsletter().purpose, at=datetime(2025, 9, 1 + number, tzinfo=UTC))
    assert abs(count() - few) <= 1  # the publication's copy lives for a second
