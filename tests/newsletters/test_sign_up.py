"""Signing up from a kept page: one answer for everybody, nothing lost, nobody bombed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from newsletters.models import ConsentReceipt, SignUp, Subscriber, Token
from newsroom.mail.models import Letter
from newsroom.outbox import relay
from newsroom.outbox.models import Event
from tests.factories import newsletters as made

HERE = {"HTTP_ORIGIN": "http://testserver"}


def post(client: Client, newsletter: Any, **fields: Any) -> Any:
    data = {"email": "alice@example.org", "page": "/royals/a-visit/", **fields}
    return client.post(f"/newsletters/{newsletter.slug}/sign-up/", data, **HERE)


@pytest.mark.django_db
def test_a_sign_up_makes_a_pending_row_and_nobody_a_subscriber(client: Client) -> None:
    newsletter = made.newsletter()
    box = made.box(newsletter)
    boxes = [offer.purpose.wordings.get() for offer in newsletter.offers.all()]
    own = newsletter.purpose.wordings.get()
    answer = post(client, newsletter, consent=[boxes[1].pk], wording=own.pk, placement=box.pk)
    assert answer.status_code == 303
    assert answer["Location"] == f"/newsletters/{newsletter.slug}/check-your-mail/"
    sign_up = SignUp.objects.get()
    assert (sign_up.address, sign_up.wording, sign_up.placement) == ("alice@example.org", own, box)
    assert (sign_up.page_path, sign_up.form) == ("/royals/a-visit/", f"story-box:{box.pk}")
    assert list(sign_up.ticks.all()) == [boxes[1]]
    assert not Subscriber.objects.exists()
    assert Event.objects.get().payload == {"sign_up_id": sign_up.pk}
    assert not answer.cookies


@pytest.mark.django_db
def test_ticking_no_box_is_fine(client: Client) -> None:
    newsletter = made.newsletter()
    assert post(client, newsletter).status_code == 303
    assert not SignUp.objects.get().ticks.exists()


@pytest.mark.django_db
def test_the_receipts_will_name_the_version_that_the_form_showed(client: Client) -> None:
    newsletter = made.newsletter()
    shown = newsletter.purpose.wordings.get()
    made.wording(newsletter.purpose, "Other words since")
    post(client, newsletter, wording=shown.pk)
    assert SignUp.objects.get().wording == shown


@pytest.mark.django_db
def test_a_box_of_another_newsletter_counts_for_nothing(client: Client) -> None:
    newsletter, other = made.newsletter(), made.newsletter()
    foreign = other.offers.first().purpose.wordings.get()
    post(client, newsletter, consent=[foreign.pk], wording=other.purpose.wordings.get().pk)
    sign_up = SignUp.objects.get()
    assert not sign_up.ticks.exists()
    assert sign_up.wording == newsletter.purpose.wordings.get()


@pytest.mark.django_db
def test_a_bad_address_gets_a_message_beside_the_field_and_loses_nothing(client: Client) -> None:
    newsletter = made.newsletter()
    box = newsletter.offers.first().purpose.wordings.get()
    answer = post(client, newsletter, email="alice<b>@example", consent=[box.pk])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="alice&lt;b&gt;@example"' in page
    assert f'value="{box.pk}" checked' in page
    assert 'aria-invalid="true" aria-describedby="newsletter-error"' in page
    assert 'id="newsletter-error"' in page
    assert not SignUp.objects.exists()


class Fields(HTMLParser):
    """What a browser would send with the sign-up form of a page, ticked boxes and hidden fields included."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.inside = "/sign-up/" in (values.get("action") or "")
        if not self.inside or tag != "input" or not values.get("name"):
            return
        if values.get("type") != "checkbox" or "checked" in values:
            self.found.setdefault(str(values["name"]), []).append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


@pytest.mark.django_db(transaction=True)
def test_a_slip_keeps_the_box_and_the_story_for_the_receipt(client: Client) -> None:
    """From the box in a story, over the page that says what is wrong, to the receipt: each form sent as it came."""
    newsletter = made.newsletter()
    box = made.box(newsletter)
    tick = newsletter.offers.first().purpose.wordings.get()
    answer = post(client, newsletter, email="alice@nowhere", placement=box.pk, consent=[tick.pk])
    assert answer.status_code == 422
    again = Fields(answer.content.decode()).found
    again["email"] = ["alice@example.org"]
    answer = client.post(f"/newsletters/{newsletter.slug}/sign-up/", again, **HERE)
    assert answer.status_code == 303
    sign_up = SignUp.objects.get()
    assert (sign_up.placement, sign_up.form, sign_up.page_path) == (box, f"story-box:{box.pk}", "/royals/a-visit/")
    relay()
    key = Letter.objects.get().text.split("/newsletters/confirm/")[1].split("/")[0]
    assert client.post(f"/newsletters/confirm/{key}/").status_code == 200
    receipts = set(ConsentReceipt.objects.values_list("wording", "form", "page_path"))
    own = newsletter.purpose.wordings.get()
    assert receipts == {(one.pk, f"story-box:{box.pk}", "/royals/a-visit/") for one in (own, tick)}


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["of another newsletter", "of nobody", "no number"])
def test_a_receipt_names_no_box_that_is_not_this_newsletters(client: Client, named: str) -> None:
    newsletter = made.newsletter()
    foreign = made.box(made.newsletter()).pk
    placement = {"of another newsletter": foreign, "of nobody": foreign + 1000, "no number": "0x10"}[named]
    page = post(client, newsletter, email="alice", placement=placement).content.decode()
    assert 'name="placement"' not in page
    post(client, newsletter, placement=placement)
    sign_up = SignUp.objects.get()
    assert (sign_up.placement, sign_up.form) == (None, "newsletter-page")


def queries(client: Client, newsletter: Any, email: str, count: Any) -> tuple[int, bytes, str]:
    with count() as captured:
        answer = post(client, newsletter, email=email)
    return len(captured), answer.content, answer["Location"]


@pytest.mark.django_db
def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(client: Client) -> None:
    """Domain 21: the number of queries stands for the time; what differs happens in the worker."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    newsletter = made.newsletter()
    made.subscriber(newsletter, address="known@example.org")
    post(client, newsletter, email="warm@example.org")

    def count() -> CaptureQueriesContext:
        return CaptureQueriesContext(connection)

    known = queries(client, newsletter, "known@example.org", count)
    unknown = queries(client, newsletter, "unknown@example.org", count)
    assert known == unknown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://testserver"},
        {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_ORIGIN": "http://testserver"},
        {"HTTP_REFERER": "https://evil.example/http://testserver/"},
        {"HTTP_ORIGIN": "http://[broken"},
        {},
    ],
)
def test_another_site_cannot_sign_people_up(client: Client, headers: dict[str, str]) -> None:
    newsletter = made.newsletter()
    answer = client.post(f"/newsletters/{newsletter.slug}/sign-up/", {"email": "alice@example.org"}, **headers)
    assert answer.status_code == 403
    assert 'value="alice@example.org"' in answer.content.decode()
    assert not SignUp.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"HTTP_REFERER": "http://testserver/a/"}, {"HTTP_SEC_FETCH_SITE": "same-origin"}])
def test_browsers_say_in_several_ways_that_the_form_is_ours(client: Client, headers: dict[str, str]) -> None:
    newsletter = made.newsletter()
    answer = client.post(f"/newsletters/{newsletter.slug}/sign-up/", {"email": "alice@example.org"}, **headers)
    assert answer.status_code == 303


@pytest.mark.django_db
def test_a_robot_that_fills_in_everything_is_answered_and_forgotten(client: Client) -> None:
    newsletter = made.newsletter()
    assert post(client, newsletter, website="https://spam.example").status_code == 303
    assert not SignUp.objects.exists()


@pytest.mark.django_db
def test_nobody_is_bombed_with_confirmations_and_the_bomber_learns_nothing(client: Client) -> None:
    newsletter = made.newsletter()
    answers = {post(client, newsletter, email=f"{'A' * (n % 2)}lice@example.org"[-17:]).status_code for n in range(8)}
    assert answers == {303}
    assert SignUp.objects.filter(normalised="alice@example.org").count() <= 3


@pytest.mark.django_db
def test_one_network_cannot_sign_up_the_whole_town(client: Client) -> None:
    newsletter = made.newsletter()
    statuses = [post(client, newsletter, email=f"reader{n}@example.org").status_code for n in range(40)]
    assert statuses[0] == 303
    assert statuses[-1] == 429
    assert SignUp.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_the_letter_carries_the_key_once_and_no_word_that_was_typed(client: Client) -> None:
    newsletter = made.newsletter()
    tick = newsletter.offers.first().purpose.wordings.get()
    post(client, newsletter, email="buy-at-evil.example+x@example.org", page="/evil-words/", consent=[tick.pk])
    relay()
    letter = Letter.objects.get()
    assert letter.subject == f"Confirm your sign-up to {newsletter.name}"
    assert "/newsletters/confirm/" in letter.text
    assert tick.text in letter.text
    assert "buy-at-evil" not in letter.text
    assert "evil-words" not in letter.text
    raw = letter.text.split("/newsletters/confirm/")[1].split("/")[0]
    assert Token.objects.get().hash != raw
    assert b"List-Unsubscribe" not in bytes(letter.content)


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_runs_twice_writes_one_letter(client: Client) -> None:
    from newsletters import letters

    newsletter = made.newsletter()
    post(client, newsletter)
    relay()
    letters.answer(SignUp.objects.get().pk, at=SignUp.objects.get().requested_at)
    assert Letter.objects.count() == 1
    assert Token.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_somebody_on_the_list_already_is_told_so_gently(client: Client) -> None:
    newsletter = made.newsletter()
    made.subscriber(newsletter, address="alice@example.org")
    post(client, newsletter, email="ALICE@example.org")
    relay()
    assert Letter.objects.get().subject.startswith("You are on the list already")
    assert not Token.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_somebody_on_the_list_who_ticks_a_new_box_is_asked_to_confirm_it(client: Client) -> None:
    newsletter = made.newsletter()
    made.subscriber(newsletter, address="alice@example.org")
    tick = newsletter.offers.first().purpose.wordings.get()
    post(client, newsletter, consent=[tick.pk])
    relay()
    assert Letter.objects.get().subject.startswith("Confirm your sign-up")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"consent": ["x", "9" * 40, "-1", "1.5", "²"]},
        {"wording": "9" * 30},
        {"placement": "0x10"},
        {"page": "//evil.example/"},
        {"page": "javascript:alert(1)"},
        {"page": "/" + "a" * 4000},
        {"page": "/a\x00b"},
        {"email": "a\x00b@example.org"},
        {"email": "x" * 100_000},
    ],
)
def test_no_form_however_odd_is_answered_500(client: Client, fields: dict[str, Any]) -> None:
    newsletter = made.newsletter()
    assert post(client, newsletter, **fields).status_code in {303, 422}
    assert not SignUp.objects.exclude(page_path__startswith="/").exclude(page_path="").exists()


@pytest.mark.django_db
def test_a_closed_newsletter_takes_nobody(client: Client) -> None:
    newsletter = made.newsletter(open=False)
    answer = post(client, newsletter)
    assert answer.status_code == 422
    assert not SignUp.objects.exists()
