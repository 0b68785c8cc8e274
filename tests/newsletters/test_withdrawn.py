"""A story that readers may no longer see leaves the mail as well (domain 8 and 9): before, in the middle, and after."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.access import published
from articles.models import Story
from newsletters import book, delivery, issues, recalling, resolving, shown
from newsletters.models import Delivery, Issue
from newsroom.outbox import relay
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import (
    at_once,
    elsewhere,
    issue_to,
    now,
    sending,
    showing,
    states,
    uncertain,
    waits_for_a_lock,
    withdraw,
)

pytestmark = pytest.mark.django_db(transaction=True)


def reinstate(story: Story) -> None:
    Story.objects.filter(pk=story.pk).update(readers=Story.Readers.PUBLISHED)


@pytest.fixture
def issue(sink: Sink) -> Issue:
    """An issue with one story and five planned letters."""
    begun = issue_to(5)
    showing(begun, articles.published_story(headline="The visit"))
    return begun


def story_of(issue: Issue) -> Story:
    return issue.stories.get()


# ---- in the middle of a sending ----


def test_the_event_holds_every_sending_that_shows_the_story(publication: Any) -> None:
    """By the real relay. Once at a place of its own, once in a block alone."""
    begun, other, untouched = sending(), sending(), sending()
    story = showing(begun, articles.published_story(headline="The visit"))
    shown.keep(other, [story.pk])
    withdraw(story, told=True)
    relay()
    for one in (begun, other):
        one.refresh_from_db()
        assert one.state == Issue.State.HELD
        assert "“The visit”" in one.held_why
        assert "left the readers" in one.held_why
        with pytest.raises(issues.Refused, match="The visit"):
            issues.go_on(one.pk, person=one.made_by, at=now())
    untouched.refresh_from_db()
    assert untouched.state == Issue.State.SENDING
    reinstate(story)
    issues.go_on(begun.pk, person=begun.made_by, at=now())
    begun.refresh_from_db()
    assert begun.state == Issue.State.SENDING


def test_the_receipt_says_what_the_mail_had_of_it(publication: Any) -> None:
    """By the sentence that the page of receipts shows: held, out already, in the making."""
    story = articles.published_story(headline="The visit")
    begun, done, other = sending(), sending(), sending()
    showing(begun, story)
    shown.keep(done, [story.pk])
    Issue.objects.filter(pk=done.pk).update(state="sent")
    for number, one in enumerate((begun, done, done, other)):
        reader = made.subscriber(one.newsletter, address=f"reader-{number}@example.org")
        Delivery.objects.create(issue=one, subscriber=reader, state="sent")
    issues.pick(made.issue().pk, story.pk, at=now())
    withdraw(story)
    assert recalling.queued(story.pk) == (
        "1 sending held: nobody else gets it. 3 letters with it were out before. "
        "1 issue in the making cannot be sent with it."
    )
    assert recalling.queued(articles.published_story().pk) == "It stands in no letter that is still to go."


def test_a_withdrawal_stops_the_very_next_letter_without_waiting_for_any_event(issue: Issue, sink: Sink) -> None:
    """Nobody relays: the statement that sends asks by itself, and the issue is held with a sentence."""
    story = story_of(issue)

    def answer(to: str) -> str:
        if len(sink.kept) == 1:
            elsewhere(lambda: withdraw(story))
        return "250 OK"

    sink.answer = answer
    delivery.deliver(issue.pk)
    assert len(sink.to()) == 2  # the one whose content was on its way, and no other
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD
    assert "“The visit”" in issue.held_why
    assert states(issue) == {"sent": 2, "planned": 3}
    assert set(Delivery.objects.filter(state="planned").values_list("attempts", flat=True)) == {0}
    reinstate(story)
    sink.answer = lambda to: "250 OK"
    issues.go_on(issue.pk, person=issue.made_by, at=now())
    delivery.deliver(issue.pk)
    assert len(set(sink.to())) == len(sink.to()) == 5


def test_a_story_that_is_not_due_yet_stops_the_letter(issue: Issue, sink: Sink) -> None:
    showing(issue, articles.published_story(at=now() + timedelta(hours=1)))
    delivery.deliver(issue.pk)
    assert sink.to() == []
    assert states(issue) == {"planned": 5}


def test_whatever_hides_a_story_from_readers_stops_its_letter_too(
    issue: Issue, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement is made of ``published`` itself: a reason that is added there cannot be forgotten here."""
    whole = type(Story.objects.all()).published

    def without_live_ones(self: Any, at: datetime) -> Any:
        return whole(self, at).exclude(live=True)

    monkeypatch.setattr(type(Story.objects.all()), "published", without_live_ones)
    Story.objects.update(live=True)
    assert not published(now()).exists()
    delivery.deliver(issue.pk)
    assert sink.to() == []


def test_who_left_is_skipped_and_stops_nobody_else(issue: Issue, sink: Sink) -> None:
    from newsletters.models import Subscription

    Subscription.objects.filter(subscriber=Delivery.objects.order_by("pk")[0].subscriber).update(state="left")
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 4, "skipped": 1}


# ---- letters that a person sends again ----


def test_an_uncertain_letter_with_a_withdrawn_story_is_not_sent_again(issue: Issue, sink: Sink) -> None:
    row = uncertain(issue)
    withdraw(story_of(issue))
    with pytest.raises(resolving.Refused, match="The visit"):
        resolving.resolve(row.pk, as_="again", person=issue.made_by, at=now())
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    assert states(issue) == {"sent": 4, "uncertain": 1}
    resolving.resolve(row.pk, as_="arrived", person=issue.made_by, at=now())
    assert states(issue) == {"sent": 5}


def test_the_desk_says_why_it_is_not_sent_again(issue: Issue, sink: Sink, publication: Any, client: Client) -> None:
    row = uncertain(issue)
    withdraw(story_of(issue))
    client.force_login(person("marketing"))
    address = f"/desk/newsletters/issues/{issue.pk}/deliveries/{row.pk}/resolve/"
    page = client.post(address, {"as": "again"}, follow=True).content.decode()
    assert "Readers may no longer see “The visit”" in page
    assert states(issue) == {"sent": 4, "uncertain": 1}


def test_a_withdrawal_waits_for_a_person_who_sends_again(issue: Issue, sink: Sink) -> None:
    """The lock on the stories: the withdrawal comes wholly after, when the issue is being sent and can be held."""
    row = uncertain(issue)
    story = story_of(issue)

    with transaction.atomic():
        resolving.resolve(row.pk, as_="again", person=issue.made_by, at=now())
        thread = at_once(lambda: withdraw(story, told=True))
        waits_for_a_lock()
    thread.join()
    relay()
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD


# ---- the statement itself ----


def test_the_statement_is_planned_once_for_a_sender_and_forgotten_after(issue: Issue, sink: Sink) -> None:
    """One statement a letter and one for several, whatever they ask: EXECUTE, with a plan that is there already."""
    with CaptureQueriesContext(connection) as captured:
        assert delivery.deliver(issue.pk).sent == 5
    said = [query["sql"] for query in captured.captured_queries]
    assert sorted(sql.split("_")[0] for sql in said if sql.startswith("PREPARE")) == ["PREPARE begin", "PREPARE still"]
    assert len([sql for sql in said if sql.startswith("EXECUTE still_")]) == 5
    assert len([sql for sql in said if sql.startswith("EXECUTE begin_")]) <= 5
    assert not [sql for sql in said if "articles_story" in sql and not sql.startswith("PREPARE")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)


def test_a_pooler_that_changes_the_connection_stops_nothing(issue: Issue, sink: Sink) -> None:
    """The statement is gone with the connection that it was prepared on; withdrawals are still found."""
    story = story_of(issue)

    def answer(to: str) -> str:
        if len(sink.kept) == 3:
            elsewhere(lambda: withdraw(story))
        return "250 OK"

    def recipient(to: str) -> str:
        if len(sink.kept) >= 1:
            gate.set()
        return "250 OK"

    gate = threading.Event()
    sink.answer, sink.recipient = answer, recipient
    begin = book.Book.begin

    def pooled(self: book.Book, delivery_id: int) -> bool:
        if gate.is_set():
            with connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
        return begin(self, delivery_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book.Book, "begin", pooled)
        delivery.deliver(issue.pk)
    assert len(sink.to()) == 4
    assert states(issue) == {"sent": 4, "planned": 1}


def test_the_question_before_each_letter_uses_indexes(issue: Issue) -> None:
    """One statement a letter, no table read from end to end for the stories that it shows."""
    gone = shown.gone(issue.pk, at=Now()).order_by().values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        plan = gone.explain()
        cursor.execute("RESET enable_seqscan")
    assert "Seq Scan" not in plan
