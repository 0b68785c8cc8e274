"""A story that readers may no longer see leaves the mail as well (domain 8 and 9): before, in the middle, and after."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.access import published
from articles.events import STORY_LEFT
from articles.models import Story
from newsletters import book, delivery, issues, preflight, recalling, resolving, shown
from newsletters.composition import letter
from newsletters.models import Delivery, Issue, ShownStory
from newsroom.outbox import record, relay
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.conftest import Sink
from tests.newsletters.sending import sending, showing, states

pytestmark = pytest.mark.django_db(transaction=True)


def now() -> datetime:
    return datetime.now(UTC)


def withdraw(story: Story, *, told: bool = False) -> None:
    with transaction.atomic():
        Story.objects.filter(pk=story.pk).update(readers=Story.Readers.WITHDRAWN)
        if told:
            record(STORY_LEFT, story_id=story.pk, log_id=0)


def reinstate(story: Story) -> None:
    Story.objects.filter(pk=story.pk).update(readers=Story.Readers.PUBLISHED)


def elsewhere(act: Callable[[], object]) -> None:
    """Do it on a connection of its own, committed when this returns."""

    def work() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def issue(sink: Sink) -> Issue:
    """An issue with one story and five planned letters."""
    begun = sending()
    showing(begun, articles.published_story(headline="The visit"))
    made.subscribers(begun.newsletter, 5)
    delivery.plan(begun.pk)
    return begun


def story_of(issue: Issue) -> Story:
    return issue.stories.get()


# ---- which stories a letter shows ----


@pytest.fixture
def beside(publication: Any) -> tuple[Issue, Story, Story]:
    """A composed issue with one whole story, and another story that only a block in it shows."""
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    other = articles.published_story(headline="The other one")
    placement = articles.related_placement(other)
    body = f'<p>Words.</p>\n<div data-block="related" data-id="{placement.pk}"></div>\n<p>More.</p>'
    whole = articles.published_story(headline="The long one", body=body)
    composing = made.issue(newsletter)
    issues.pick(composing.pk, whole.pk, at=now())
    issues.shape(composing.pk, whole.pk, "whole", at=now())
    composing.refresh_from_db()
    return composing, whole, other


def send(issue: Issue) -> Issue:
    issue.refresh_from_db()
    return issues.send(issue.pk, person=issue.made_by, expected_version=issue.version, at=now())


def shown_by(issue: Issue) -> set[int]:
    return set(ShownStory.objects.filter(issue=issue).values_list("story_id", flat=True))


def test_a_frozen_letter_knows_the_stories_in_its_blocks_too(beside: tuple[Issue, Story, Story]) -> None:
    composing, whole, other = beside
    assert "The other one" in send(composing).frozen_html
    assert shown_by(composing) == {whole.pk, other.pk}


def test_a_card_shows_no_block_of_its_story(beside: tuple[Issue, Story, Story]) -> None:
    composing, whole, _ = beside
    issues.shape(composing.pk, whole.pk, "card", at=now())
    send(composing)
    assert shown_by(composing) == {whole.pk}


def test_a_related_story_that_was_gone_before_is_left_out_and_marketing_is_told(
    beside: tuple[Issue, Story, Story],
) -> None:
    composing, whole, other = beside
    withdraw(other)
    at = now()
    composed = letter.compose(composing, at=at)
    assert "The other one" not in composed.html
    warned = [check.message for check in preflight.checks(composing, composed, at=at) if check.warns]
    assert any("“The other one” is left out" in sentence for sentence in warned)
    send(composing)
    assert shown_by(composing) == {whole.pk}


def test_issues_frozen_by_an_earlier_release_are_read_once(beside: tuple[Issue, Story, Story]) -> None:
    """The migration finds what freezing writes down: no block that was left out, and nothing of an open issue."""
    composing, whole, other = beside
    gone = articles.withdrawn_story(headline="Never in it")
    block = '<div data-block="related" data-id="{}"></div>'
    body = "<p>Words.</p>\n" + "\n".join(block.format(articles.related_placement(one).pk) for one in (gone, other))
    second = articles.published_story(headline="The second", body=body)
    issues.pick(composing.pk, second.pk, at=now())
    issues.shape(composing.pk, second.pk, "whole", at=now())
    issues.pick(made.issue(composing.newsletter).pk, whole.pk, at=now())
    send(composing)
    before = shown_by(composing)
    ShownStory.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("newsletters.migrations.0003_shown_stories").FILL)
    assert shown_by(composing) == before == {whole.pk, second.pk, other.pk}
    assert ShownStory.objects.count() == 3


def test_a_withdrawal_between_the_look_and_the_freezing_is_found(
    beside: tuple[Issue, Story, Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter is put together, then the related story goes: it may not be frozen with it."""
    composing, _, other = beside
    checks = preflight.checks

    def then_withdrawn(*args: Any, **rest: Any) -> Any:
        found = checks(*args, **rest)
        elsewhere(lambda: withdraw(other))
        return found

    monkeypatch.setattr(preflight, "checks", then_withdrawn)
    with pytest.raises(issues.Refused, match="The other one"):
        send(composing)
    composing.refresh_from_db()
    assert composing.state == Issue.State.COMPOSING
    assert shown_by(composing) == set()


def test_an_update_between_the_look_and_the_freezing_is_found(
    beside: tuple[Issue, Story, Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    composing, whole, _ = beside
    newer = articles.revision(whole.draft, author=whole.owner, headline="Corrected", number=9)  # type: ignore[attr-defined]
    checks = preflight.checks

    def then_updated(*args: Any, **rest: Any) -> Any:
        found = checks(*args, **rest)
        elsewhere(lambda: Story.objects.filter(pk=whole.pk).update(published_revision=newer))
        return found

    monkeypatch.setattr(preflight, "checks", then_updated)
    with pytest.raises(issues.Late, match="updated at this moment"):
        send(composing)


def test_a_withdrawal_waits_for_a_freezing_and_then_holds_it(beside: tuple[Issue, Story, Story]) -> None:
    """The lock on the story that only a block shows: the withdrawal comes wholly after, and its event holds the issue."""
    composing, _, other = beside
    began = threading.Event()

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '30s'")
            began.set()
            withdraw(other, told=True)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        send(composing)
        thread.start()
        assert began.wait(30)
        waits_for_a_lock()
        assert not Story.objects.filter(pk=other.pk, readers="withdrawn").exists()
    thread.join()
    relay()
    composing.refresh_from_db()
    assert composing.state == Issue.State.HELD


def waits_for_a_lock() -> None:
    """Return when another connection to this database waits for a lock."""
    from tests.browser import until

    def asked() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps its first look at it
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return bool(cursor.fetchone()[0])

    until(asked, "somebody waits for a lock", seconds=30)


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


def uncertain(issue: Issue) -> Delivery:
    row = Delivery.objects.filter(issue=issue).order_by("pk")[0]
    Delivery.objects.filter(pk=row.pk).update(state="uncertain", why=delivery.KILLED, claimed_at=now())
    delivery.deliver(issue.pk)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    return row


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


def test_the_results_name_the_stories_in_blocks_too(beside: tuple[Issue, Story, Story], client: Client) -> None:
    composing, _, other = beside
    send(composing)
    withdraw(other)
    client.force_login(person("marketing"))
    page = client.get(f"/desk/newsletters/issues/{composing.pk}/results/").content.decode()
    assert "The long one" in page
    assert "The other one" in page
    assert "in a related block" in page
    assert page.count("Withdrawn</span>") == 1


def test_a_withdrawal_waits_for_a_person_who_sends_again(issue: Issue, sink: Sink) -> None:
    """The lock on the stories: the withdrawal comes wholly after, when the issue is being sent and can be held."""
    row = uncertain(issue)
    story = story_of(issue)

    def work() -> None:
        try:
            withdraw(story, told=True)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        resolving.resolve(row.pk, as_="again", person=issue.made_by, at=now())
        thread.start()
        waits_for_a_lock()
    thread.join()
    relay()
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD


# ---- closing an issue while a person decides ----


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_an_issue_is_not_closed_over_a_letter_that_a_person_sends_again(issue: Issue, sink: Sink, state: str) -> None:
    """Two connections: the closing asks while the person's transaction is open, and gets its turn when that commits.

    Asked in one statement, it would judge by the letters as they stood before, and close the issue over a planned one.
    """
    row = uncertain(issue)
    Issue.objects.filter(pk=issue.pk).update(state=state)
    closed: list[bool] = []

    def close() -> None:
        try:
            closed.append(delivery.finish(issue.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=close)
    with transaction.atomic():
        resolving.resolve(row.pk, as_="again", person=issue.made_by, at=now())
        thread.start()
        if state == "sending":
            waits_for_a_lock()
        else:
            thread.join()
    thread.join()
    assert closed == [False]
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING
    assert delivery.sweep().to_send == [issue.pk]
    delivery.deliver(issue.pk)
    assert states(issue) == {"sent": 5}


def test_an_issue_closes_once_when_two_find_it_finished(issue: Issue, sink: Sink) -> None:
    delivery.deliver(issue.pk)
    version = Issue.objects.get(pk=issue.pk).version
    assert not delivery.finish(issue.pk)
    assert Issue.objects.get(pk=issue.pk).version == version


# ---- the statement itself ----


def test_the_statement_is_planned_once_for_a_sender_and_forgotten_after(issue: Issue, sink: Sink) -> None:
    """One statement a letter, whatever it asks: EXECUTE, with a plan that is there already."""
    with CaptureQueriesContext(connection) as captured:
        assert delivery.deliver(issue.pk).sent == 5
    said = [query["sql"] for query in captured.captured_queries]
    assert len([sql for sql in said if sql.startswith("PREPARE begin_")]) == 1
    assert len([sql for sql in said if sql.startswith("EXECUTE begin_")]) == 5
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
