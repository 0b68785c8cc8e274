"""The evidence of one address, for a regulator: whole, proved, written down, and only for marketing."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from newsletters import chain, consent, erasing, keyed, preferences, tokens
from newsletters.models import AddressChange, Delivery, Suppression
from newsroom.audit.models import AuditRow
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import now, sending

ADDRESS = "/desk/newsletters/consent/evidence/"
ALICE = "alice@example.org"


@pytest.fixture
def erin(client: Client) -> Client:
    client.force_login(person("marketing"))
    return client


def whole(erin: Client, address: str = ALICE) -> Any:
    answer = erin.post(ADDRESS, {"address": address, "format": "json"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    return answer.json()


def follows(found: Any) -> bool:
    """Work the proof out as somebody else would: from the receipts' own words to the head."""
    links = {link["receipt"]: link for link in found["proof"]["links"]}
    for someone in found["people"]:
        for receipt in someone["receipts"]:
            if {chain.sha256(*receipt["hashed"]), links[receipt["receipt"]]["content"]} != {receipt["content"]}:
                return False
            if chain.sha256(receipt["receipt"], receipt["previous"], receipt["content"]) != receipt["digest"]:
                return False
    before = ""
    for number, link in sorted(links.items()):
        if before and chain.sha256(number, before, link["content"]) != link["digest"]:
            return False
        before = link["digest"]
    return bool(before == found["proof"]["head"]["digest"])


@pytest.mark.django_db
def test_it_is_whole_and_can_be_followed_to_the_head(erin: Client) -> None:
    issue = sending()
    newsletter = issue.newsletter
    made.subscriber(newsletter)
    alice = made.subscriber(newsletter, address=ALICE)
    box = made.purpose(companies=["Acme Travel Ltd"])
    made.grant(alice, box)
    made.subscriber(newsletter)
    Delivery.objects.create(issue=issue, subscriber=alice, state="sent", sent_at=now())
    found = whole(erin, " Alice@EXAMPLE.org ")
    (row,) = found["people"]
    assert [receipt["wording"] for receipt in row["receipts"]] == [newsletter.purpose.wordings.get().text, made.BRANDS]
    assert row["receipts"][1]["companies"] == [{"name": "Acme Travel Ltd", "address": ""}]
    assert [(letter["issue"], letter["state"]) for letter in row["letters"]] == [(issue.frozen_subject, "sent")]
    assert len(found["proof"]["links"]) == 3, "from their first receipt to the head"
    assert follows(found)
    found["people"][0]["receipts"][1]["hashed"][0] = "withdraw"
    assert not follows(found)


@pytest.mark.django_db
def test_the_erased_are_found_by_the_fingerprint_and_the_moved_under_both(erin: Client) -> None:
    newsletter = made.newsletter()
    alice = made.subscriber(newsletter, address=ALICE)
    preferences.ask_change(alice, "new@example.org", network="x", at=now())
    change = AddressChange.objects.get()
    key = tokens.find_for(tokens.make_for_move(change, at=now()), "move", at=now())  # type: ignore[arg-type]
    assert key is not None
    preferences.confirm_change(key, at=now())
    for address in (ALICE, "new@example.org"):
        assert len(whole(erin, address)["people"][0]["receipts"]) == 1
    erasing.erase(alice.pk, why=Suppression.Why.ERASED, how="x", at=now())
    for address in (ALICE, "new@example.org"):
        (row,) = whole(erin, address)["people"]
        assert row["address"] == ""
        assert [receipt["act"] for receipt in row["receipts"]] == ["granted", "withdrawn"]
    assert whole(erin, "new@example.org")["suppressed"]["why"] == "asked to be erased"
    assert whole(erin, "nobody@example.org")["people"] == []


@pytest.mark.django_db
def test_each_look_is_written_down_without_the_address(erin: Client) -> None:
    made.subscriber(made.newsletter(name="=cmd()"), address=ALICE)
    page = erin.post(ADDRESS, {"address": ALICE}).content.decode()
    assert "Send me =cmd()" in page
    table = erin.post(ADDRESS, {"address": ALICE, "format": "csv"}).content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(table)))["purpose"].startswith("Purpose")
    rows = list(AuditRow.objects.filter(action="newsletters.evidence"))
    assert {row.subject for row in rows} == {f"address:{keyed.one(ALICE)}"}
    assert len(rows) == 2
    assert "alice" not in f"{[row.facts for row in rows]}"
    slip = erin.post(ADDRESS, {"address": "alice@"})
    assert slip.status_code == 422
    assert 'value="alice@"' in slip.content.decode()


@pytest.mark.django_db
def test_a_receipt_names_the_story(erin: Client) -> None:
    newsletter = made.newsletter()
    story = articles.published_story(headline="The gates open")
    alice = made.subscriber(newsletter, address=ALICE)
    wording = newsletter.offers.first().purpose.wordings.get()
    consent.grant(
        alice, wording, at=now(), asked_at=now(), page_path=story.path, form="story-box:1", how="x", story_id=story.pk
    )
    assert whole(erin)["people"][0]["receipts"][1]["story"]["headline"] == "The gates open"
    assert "The gates open" in erin.post(ADDRESS, {"address": ALICE}).content.decode()
