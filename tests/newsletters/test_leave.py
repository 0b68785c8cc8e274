"""Leaving: one click, at once, by RFC 8058; opening the link changes nothing."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from newsletters import leaving, tokens
from newsletters.models import ConsentReceipt, Subscription
from tests.factories import newsletters as made


def on_the_list() -> tuple[Subscription, int]:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    return Subscription.objects.get(newsletter=newsletter), made.issue(newsletter).pk


@pytest.mark.django_db
def test_the_mail_apps_one_click_leaves_at_once_without_cookie_or_redirect(client: Client) -> None:
    subscription, issue_id = on_the_list()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        f"/newsletters/leave/{tokens.leave_token(subscription.pk, issue_id)}/", {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert not answer.cookies
    subscription.refresh_from_db()
    assert (subscription.state, subscription.left_by, subscription.left_issue_id) == (
        "left",
        leaving.ONE_CLICK,
        issue_id,
    )
    receipt = ConsentReceipt.objects.order_by("-id")[0]
    assert (receipt.act, receipt.purpose, receipt.form) == (
        "withdraw",
        subscription.newsletter.purpose,
        f"letter:{issue_id}",
    )


@pytest.mark.django_db
def test_opening_the_link_shows_a_button_and_changes_nothing(client: Client) -> None:
    subscription, issue_id = on_the_list()
    answer = client.get(f"/newsletters/leave/{tokens.leave_token(subscription.pk, issue_id)}/")
    assert answer.status_code == 200
    assert '<form method="post">' in answer.content.decode()
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("same-origin", "no-store")
    subscription.refresh_from_db()
    assert subscription.state == "active"


@pytest.mark.django_db
def test_leaving_twice_is_calm(client: Client) -> None:
    subscription, issue_id = on_the_list()
    address = f"/newsletters/leave/{tokens.leave_token(subscription.pk, issue_id)}/"
    assert [client.post(address).status_code for _ in range(2)] == [200, 200]
    assert ConsentReceipt.objects.filter(act="withdraw").count() == 1
    assert "You have left" in client.get(address).content.decode()


@pytest.mark.django_db
def test_leaving_one_list_leaves_the_other_and_the_boxes_alone(client: Client) -> None:
    one, other = made.newsletter(), made.newsletter()
    subscriber = made.subscriber(one)
    box = one.offers.first().purpose
    made.grant(subscriber, box)
    Subscription.objects.create(subscriber=subscriber, newsletter=other, confirmed_at=datetime.now(UTC))
    place = leaving.find(tokens.leave_token(Subscription.objects.get(newsletter=one).pk, 1))
    assert place is not None
    leaving.leave(place, how=leaving.BUTTON, at=datetime.now(UTC))
    assert Subscription.objects.get(newsletter=other).state == "active"
    assert ConsentReceipt.objects.filter(purpose=box).order_by("-id")[0].act == "grant"


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.integers(0, 27), st.integers(1, 255))
def test_a_key_names_what_it_was_made_for_and_a_changed_one_names_nothing(
    subscription: int, issue: int, place: int, change: int
) -> None:
    token = tokens.leave_token(subscription, issue)
    assert len(token) == tokens.LEAVE_LENGTH
    assert tokens.read_leave_token(token) == tokens.Leaving(subscription, issue)
    raw = bytearray(base64.urlsafe_b64decode(token + "=="))
    raw[place] ^= change
    assert tokens.read_leave_token(base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()) is None


def test_keys_of_an_earlier_secret_stay_good(settings: Any) -> None:
    token = tokens.leave_token(5, 6)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-fifty-characters-and-more-than-that"
    assert tokens.read_leave_token(token) == tokens.Leaving(5, 6)
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.read_leave_token(token) is None


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a" * 38, "é" * 38, "-" * 5000])
def test_any_other_key_is_told_so_politely(client: Client, token: str) -> None:
    assert client.get(f"/newsletters/leave/{token}/").status_code == 404
    assert client.post(f"/newsletters/leave/{token}/").status_code == 404
