"""What waits for an administrator: shown without names in full, decided once, each decision in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from newsroom import mail, outbox
from newsroom.audit.models import AuditRow
from newsroom.deskui import context
from newsroom.mail import posting
from newsroom.mail.models import Letter
from newsroom.outbox import relaying
from newsroom.outbox.models import Effect, Event
from newsroom.publication.current import forget
from newsroom.undelivered import deciding, listing
from tests.factories.accounts import person
from tests.undelivered.waiting import failed_work, uncertain_letter

PAGE = "/desk/undelivered/"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("newsroom.outbox.doorbell.ring", rung.append)
    return rung


@pytest.fixture
def frank(client: Client) -> Client:
    client.force_login(person("administrator"))
    return client


def said(answer: Any) -> str:
    return str(answer.content.decode())


# ---- the page ----


@pytest.mark.django_db
def test_it_says_what_when_and_why(frank: Client) -> None:
    failed_work(kind="story.withdrawn", handler="newsletters.hold-embargoed", payload={"story_id": 40})
    page = said(frank.get(PAGE))
    for words in ["Newsletters: hold embargoed", "Story: withdrawn", "story 40", "8 tries", "Error 111"]:
        assert words in page


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


def stuck_letter(**facts: Any) -> Letter:
    values = {"state": Letter.State.PLANNED, "attempts": 0, "answer": "530 5.7.0 Authentication required", **facts}
    made = uncertain_letter(**values)
    Letter.objects.filter(pk=made.pk).update(created_at=datetime.now(UTC) - timedelta(minutes=6))
    return made


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


# ---- follow-up work ----


@pytest.mark.django_db
def test_work_is_tried_again_once_with_all_its_tries(frank: Client, bells: list[str]) -> None:
    effect = failed_work()
    address = f"{PAGE}work/{effect.pk}/again/"
    assert "tried again now" in said(frank.post(address, follow=True))
    effect.refresh_from_db()
    assert (effect.dead_at, effect.attempts) == (None, 0)
    assert effect.due_at <= datetime.now(UTC)
    assert "does not wait any more" in said(frank.post(address, follow=True))
    row = AuditRow.objects.get(action="undelivered.try-again")
    assert (row.subject, row.facts) == (f"effect:{effect.pk}", {"work": "story.published articles.purge"})
    assert row.person_name


@pytest.mark.django_db(transaction=True)
def test_the_relay_is_woken_when_work_is_tried_again(frank: Client, bells: list[str]) -> None:
    frank.post(f"{PAGE}work/{failed_work().pk}/again/")
    assert bells == ["newsroom.outbox.relay"]


@pytest.mark.django_db
def test_all_work_is_tried_again_and_what_was_let_go_is_not(frank: Client, bells: list[str]) -> None:
    gone = failed_work(given_up_at=datetime.now(UTC))
    for _ in range(3):
        failed_work()
    assert "3 tried again now" in said(frank.post(f"{PAGE}work/again/", follow=True))
    assert not outbox.dead_letters().exists()
    gone.refresh_from_db()
    assert gone.dead_at is not None
    assert AuditRow.objects.get(action="undelivered.try-all-again").facts["number"] == 3
    assert "Nothing waits any more" in said(frank.post(f"{PAGE}work/again/", follow=True))
    assert AuditRow.objects.filter(action="undelivered.try-all-again").count() == 1


@pytest.mark.django_db
def test_work_is_let_go_with_a_reason_that_the_log_keeps(frank: Client) -> None:
    effect = failed_work()
    address = f"{PAGE}work/{effect.pk}/give-up/"
    page = said(frank.get(address))
    assert "Articles: purge" in page
    assert "optional" not in page
    assert "The log keeps why" in said(frank.post(address, {"reason": "  The story\nis gone. "}, follow=True))
    assert not outbox.dead_letters().exists()
    row = AuditRow.objects.get(action="undelivered.give-up")
    assert row.facts == {"work": "story.published articles.purge", "reason": "The story is gone."}
    assert frank.get(address).status_code == 404
    assert "does not wait any more" in said(frank.post(address, {"reason": "Again"}, follow=True))
    assert not outbox.retry(effect.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_reason_that_will_not_do_is_refused_beside_the_field_with_what_was_typed(frank: Client, reason: str) -> None:
    effect = failed_work()
    answer = frank.post(f"{PAGE}work/{effect.pk}/give-up/", {"reason": reason})
    assert answer.status_code == 422
    page = said(answer)
    assert 'aria-invalid="true"' in page
    assert reason in page
    assert outbox.dead_letters().get() == effect
    assert not AuditRow.objects.filter(action="undelivered.give-up").exists()


@pytest.mark.django_db
def test_work_that_was_let_go_is_tidied_with_its_event_and_what_waits_is_not() -> None:
    old = datetime.now(UTC) - timedelta(days=40)
    failed_work()
    failed_work(given_up_at=datetime.now(UTC))
    Event.objects.update(created_at=old)
    assert relaying.tidy(datetime.now(UTC) - timedelta(days=30)) == 1
    assert outbox.dead_letters().count() == Event.objects.count() == 1


@pytest.mark.django_db
def test_a_decision_and_its_row_in_the_log_come_together(monkeypatch: pytest.MonkeyPatch, bells: list[str]) -> None:
    def broken(*args: Any, **facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(deciding, "note", broken)
    frank = person("administrator")
    effect, letter = failed_work(), uncertain_letter()
    for decide in (
        lambda: deciding.try_again(effect.pk, person=frank),
        lambda: deciding.try_all_again(person=frank),
        lambda: deciding.give_up(effect.pk, reason="No.", person=frank),
        lambda: deciding.send_again(letter.pk, person=frank),
        lambda: deciding.arrived(letter.pk, person=frank),
    ):
        with pytest.raises(RuntimeError):
            decide()
    assert outbox.dead_letters().get() == effect
    assert mail.uncertain().get() == letter


# ---- uncertain letters ----


@pytest.mark.django_db
def test_a_letter_counts_as_arrived_once_and_its_words_are_forgotten(frank: Client) -> None:
    letter = uncertain_letter()
    address = f"{PAGE}letters/{letter.pk}/arrived/"
    assert "Counted as arrived" in said(frank.post(address, follow=True))
    letter.refresh_from_db()
    assert (letter.state, bytes(letter.content)) == (Letter.State.SENT, b"")
    assert letter.sent_at
    assert "does not wait any more" in said(frank.post(address, follow=True))
    assert "does not wait any more" in said(frank.post(f"{PAGE}letters/{letter.pk}/again/", follow=True))
    row = AuditRow.objects.get(action="undelivered.arrived")
    assert row.subject == f"letter:{letter.pk}"
    assert AuditRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_sent_again_as_the_same_letter(frank: Client, bells: list[str], settings: Any) -> None:
    """By the real road: posted once more, with the bytes and the Message-ID that it had."""
    from tests.mail.servers import Sink

    sink = Sink()
    settings.MAIL_URL = sink.url
    try:
        letter = uncertain_letter(content=b"Message-ID: <1@example.org>\r\n\r\nPress here.\r\n", claimed_by=None)
        assert posting.post() == 0
        address = f"{PAGE}letters/{letter.pk}/again/"
        assert "goes out again now" in said(frank.post(address, follow=True))
        assert bells == ["newsroom.mail.post"]
        assert "does not wait any more" in said(frank.post(address, follow=True))
        assert posting.post() == 1
        assert posting.post() == 0
        assert [one.content for one in sink.letters] == [b"Message-ID: <1@example.org>\r\n\r\nPress here.\r\n"]
    finally:
        sink.stop()
    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert AuditRow.objects.filter(action="undelivered.send-again").count() == 1


@pytest.mark.django_db
def test_a_letter_whose_words_are_gone_is_not_sent_empty(frank: Client) -> None:
    letter = uncertain_letter(content=b"")
    assert "does not wait any more" in said(frank.post(f"{PAGE}letters/{letter.pk}/again/", follow=True))
    letter.refresh_from_db()
    assert letter.state == Letter.State.UNCERTAIN


@pytest.mark.django_db
def test_what_nobody_decided_in_time_leaves_the_list_with_its_words(frank: Client) -> None:
    letter = uncertain_letter()
    Letter.objects.update(created_at=datetime.now(UTC) - timedelta(days=31))
    posting.tidy(datetime.now(UTC) - timedelta(days=30))
    letter.refresh_from_db()
    assert (letter.state, bytes(letter.content)) == (Letter.State.FAILED, b"")
    assert "Uncertain letters <" not in said(frank.get(PAGE))


@pytest.mark.django_db
@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**30])
def test_no_number_in_an_address_is_answered_500(frank: Client, pk: int) -> None:
    for path in ("work/{}/again/", "work/{}/give-up/", "letters/{}/again/", "letters/{}/arrived/"):
        assert frank.post(PAGE + path.format(pk), {"reason": "No."}).status_code == 302
    assert frank.get(f"{PAGE}work/{pk}/give-up/").status_code == 404


# ---- how it looks ----


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_how_it_looks(site: Any) -> None:
    from tests.browser import look_over

    frank = person("administrator")
    page = site.page(frank)
    page.goto(PAGE)
    look_over(page, "undelivered-empty")
    failed_work()
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
    page.get_by_role("link", name="Give up: Articles: purge").click()
    page.get_by_role("button", name="Give up").click()
    page.get_by_text("Say why it is not needed any more").wait_for()
    look_over(page, "undelivered-give-up")
    page.get_by_label("Why it is not needed any more").fill("The page is gone.")
    page.get_by_role("button", name="Give up").click()
    page.get_by_text("Let go. The log keeps why.").wait_for()
    page.get_by_role("button", name="Try again: Newsletters: answer").click()
    page.get_by_text("It is tried again now").wait_for()
    page.get_by_role("button", name="It arrived: A new password").click()
    page.get_by_text("Counted as arrived.").wait_for()
    assert not site.complaints
