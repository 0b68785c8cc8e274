"""What waits for an administrator: shown without names in full, and counted in the menu."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from newsroom import outbox
from newsroom.deskui import context
from newsroom.mail.models import Letter
from newsroom.outbox import events
from newsroom.outbox.models import Effect
from newsroom.publication.current import forget
from newsroom.undelivered import listing
from tests.factories.accounts import person
from tests.undelivered.waiting import failed_work, said, stuck_letter, uncertain_letter

PAGE = "/desk/undelivered/"


# ---- the page ----


@pytest.mark.django_db
def test_it_says_what_when_and_why(frank: Client) -> None:
    failed_work(kind="story.withdrawn", handler="newsletters.hold-embargoed", payload={"story_id": 40})
    page = said(frank.get(PAGE))
    for words in ["Newsletters: hold embargoed", "Story: withdrawn", "story 40", "8 tries", "Error 111"]:
        assert words in page


@pytest.mark.django_db
def test_work_is_named_by_what_it_does(frank: Client) -> None:
    work = failed_work(handler="articles.ping-hub")
    for page in (said(frank.get(PAGE)), said(frank.get(f"{PAGE}work/{work.pk}/give-up/"))):
        assert "Tell the feeds’ subscribers of what is new" in page
        assert "articles.ping-hub" in page, "the name that the log knows"
        assert "Articles: ping hub" not in page


def test_every_handler_of_the_product_says_what_it_does_and_no_two_say_the_same() -> None:
    names = [name for kind in events._kinds.values() for name in events.handlers_of(kind)]
    told = {name: outbox.does(name) or "" for name in names}
    assert len(names) > 40
    assert {name for name, words in told.items() if not words[:1].isupper() or "." in words or len(words) > 70} == set()
    assert len(set(told.values())) == len(told)


@pytest.mark.django_db
def test_no_address_stands_there_in_full(frank: Client) -> None:
    """Readers' and people's addresses: in the letter's own row, and in whatever an error or an answer repeats."""
    secret = "alice.ashdown@example.org"
    uncertain_letter(to=secret, subject=f"For {secret}", answer=f"250? <{secret}>: hung up")
    failed_work(error=f"MailError: Not an address: '{secret}'", payload={"address": secret})
    stuck_letter(to=secret, answer=f"550 5.1.8 <{secret}> rejected")
    page = said(frank.get(PAGE))
    assert "alice.ashdown" not in page
    assert page.count("a…@example.org") >= 6
    page = said(frank.get(f"{PAGE}work/{Effect.objects.get().pk}/give-up/"))
    assert "alice.ashdown" not in page


@pytest.mark.django_db
def test_nothing_waits_and_the_page_says_so(frank: Client) -> None:
    assert "Everything got through" in said(frank.get(PAGE))


@pytest.mark.django_db
def test_errors_are_shown_as_text(frank: Client) -> None:
    failed_work(error="<script>alert(1)</script>")
    assert "&lt;script&gt;" in said(frank.get(PAGE))


@pytest.mark.django_db
def test_the_page_costs_the_same_for_one_and_for_many(frank: Client) -> None:
    def queries() -> int:
        forget()  # kept in the process for a second: asked for in one count and not in the other
        with CaptureQueriesContext(connection) as captured:
            frank.get(PAGE)
        return len(captured)

    failed_work()
    uncertain_letter()
    few = queries()
    for _ in range(19):
        failed_work()
        uncertain_letter()
    assert queries() == few


@pytest.mark.django_db
def test_a_flood_is_cut_and_counted(frank: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SHOWN", 3)
    for _ in range(5):
        failed_work()
    page = said(frank.get(PAGE))
    assert "3 of 5" in page
    assert page.count(">Try again<") == 3


@pytest.mark.django_db
def test_an_outage_of_the_mail_server_is_an_alarm(frank: Client) -> None:
    stuck_letter()
    page = said(frank.get(PAGE))
    assert "The mail server takes no mail from us" in page
    assert "1 letter waits since" in page
    assert "530 5.7.0 Authentication required" in page
    stuck_letter()
    assert "2 letters wait since" in said(frank.get(PAGE))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts", [{"attempts": 1}, {"answer": ""}, {"state": Letter.State.SENT}, {"state": Letter.State.FAILED}]
)
def test_one_letter_that_waits_for_its_own_reader_is_no_outage(frank: Client, facts: dict[str, Any]) -> None:
    stuck_letter(**facts)
    assert "takes no mail from us" not in said(frank.get(PAGE))


@pytest.mark.django_db
def test_a_letter_just_written_is_no_outage_yet(frank: Client) -> None:
    stuck_letter()
    Letter.objects.update(created_at=datetime.now(UTC))
    assert "takes no mail from us" not in said(frank.get(PAGE))


# ---- the menu ----


@pytest.mark.django_db
def test_the_menu_counts_what_waits_and_is_silent_otherwise(frank: Client) -> None:
    assert "waiting</span>" not in said(frank.get("/desk/me/"))
    failed_work()
    uncertain_letter()
    page = said(frank.get("/desk/me/"))
    assert 'Undelivered<span class="vh">, 2 waiting</span>' in page
    assert '<b class="badge" aria-hidden="true">2</b>' in page
    assert "something waits" in page
    stuck_letter()
    stuck_letter()
    assert listing.count() == 3  # an outage is one thing, however many letters wait for it


@pytest.mark.django_db
def test_others_neither_see_it_nor_pay_for_the_count(client: Client) -> None:
    failed_work()
    for role in ["reporter", "editor", "picture_editor", "legal", "marketing"]:
        somebody = person(role)
        client.force_login(somebody)
        assert "Undelivered" not in said(client.get("/desk/me/"))


@pytest.mark.django_db
def test_the_count_is_one_query_a_page_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    for _ in range(6):
        failed_work()
        uncertain_letter()
    request = RequestFactory().get("/desk/me/")
    request.user, request.resolver_match = person("administrator"), None  # type: ignore[assignment]
    with CaptureQueriesContext(connection) as captured:
        desk = context.desk(request)["desk"]
        assert desk is not None
        assert [entry.count for entry in desk.menu if entry.label == "Undelivered"] == [8]
        assert desk.waiting in (True, False)
    assert len(captured) == 1


# ---- how it looks ----


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_how_it_looks(site: Any) -> None:
    from tests.browser import look_over

    frank = person("administrator")
    page = site.page(frank)
    page.goto(PAGE)
    look_over(page, "undelivered-empty")
    failed_work(handler="articles.purge-published")
    failed_work(
        kind="newsletters.sign_up_requested",
        handler="newsletters.answer",
        payload={"sign_up_id": 1204},
        error="TemplateBroken: emails/confirm.mjml: MRML does not know <mj-spacerr>. " * 3,
    )
    uncertain_letter()
    uncertain_letter(subject="A new password for the desk", to="bob.bell@newsroom.example")
    stuck_letter(answer="530 5.7.0 Authentication required")
    page.goto(PAGE)
    look_over(page, "undelivered")
    page.get_by_role("link", name="Give up: Show a published story").click()
    page.get_by_role("button", name="Give up").click()
    page.get_by_text("Say why it is not needed any more").wait_for()
    look_over(page, "undelivered-give-up")
    page.get_by_label("Why it is not needed any more").fill("The page is gone.")
    page.get_by_role("button", name="Give up").click()
    page.get_by_text("Let go. The log keeps why.").wait_for()
    page.get_by_role("button", name="Try again: Answer a sign-up").click()
    page.get_by_text("It is tried again now").wait_for()
    page.get_by_role("button", name="It arrived: A new password").click()
    page.get_by_text("Counted as arrived.").wait_for()
    assert not site.complaints
