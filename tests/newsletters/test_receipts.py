"""Receipts: what each says, the chain that PostgreSQL writes over all of them, and the walk that finds what was changed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from newsletters import chain, consent, tasks, tokens
from newsletters.models import ChainCheck, ConsentReceipt, ListVersion, NewsletterPurpose, SignUp, Subscriber, Wording
from newsroom.notices.models import Notice
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import at_once, now, waits_for_a_lock

TABLE = "newsletters_consentreceipt"


def past_the_guard(sql: str, values: list[Any] | None = None) -> None:
    """Change the table as somebody would who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def verify(*heads: str) -> str:
    said = StringIO()
    call_command("verify_receipts", head=list(heads), stdout=said, stderr=said)
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_receipt_says_story_box_wording_list_how_when_and_whose(client: Client) -> None:
    newsletter = made.newsletter(name="The Letter")
    placement = made.box(newsletter)
    story = articles.published_story(body=f'<p>Words.</p><div data-block="newsletter" data-id="{placement.pk}"></div>')
    offered = ListVersion.objects.filter(newsletter=newsletter).order_by("-version")[0]
    fields = {
        "email": "Alice@example.org",
        "wording": newsletter.purpose.wordings.get().pk,
        "consent": newsletter.offers.first().purpose.wordings.get().pk,
        "placement": placement.pk,
        "page": story.path,
        "list": offered.pk,
    }
    # The newsletter changes while the page lies open: the receipt names what was read, not what is offered by then.
    newsletter.promise = "Something else altogether."
    newsletter.save()
    answer = client.post(f"/newsletters/{newsletter.slug}/sign-up/", fields, headers={"Origin": "http://testserver"})
    assert answer.status_code == 303
    client.post(f"/newsletters/confirm/{tokens.make(SignUp.objects.get(), at=now())}/")
    receipts = list(ConsentReceipt.objects.order_by("seq"))
    assert len(receipts) == 2
    for receipt in receipts:
        assert (receipt.story, receipt.form, receipt.page_path) == (story, f"story-box:{placement.pk}", story.path)
        assert receipt.list_version == offered
        assert receipt.list_version.promise != "Something else altogether."
        assert receipt.how == "confirmed by button"
        assert receipt.address_hash
        assert "alice" not in receipt.address_hash
    assert [receipt.seq for receipt in receipts] == [1, 2]
    assert receipts[1].previous == receipts[0].digest


@pytest.mark.django_db
def test_whatever_changes_of_what_is_offered_makes_a_version_and_nothing_else_does() -> None:
    newsletter = made.newsletter()
    versions = ListVersion.objects.filter(newsletter=newsletter).order_by("version")
    begun = versions.count()
    assert len(versions.last().boxes) == 2
    newsletter.open = False
    newsletter.save()
    assert versions.count() == begun
    newsletter.promise = "New."
    newsletter.save()
    NewsletterPurpose.objects.filter(newsletter=newsletter).first().delete()
    assert versions.count() == begun + 2
    assert (versions.last().promise, len(versions.last().boxes)) == ("New.", 1)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        versions.update(promise="Old.")
    newsletter.delete()
    assert not versions.exists()


@pytest.mark.django_db
def test_the_walk_finds_the_chain_whole_and_no_writer_chooses_a_link() -> None:
    newsletter = made.newsletter()
    made.subscribers(newsletter, 5)
    one = made.subscriber(newsletter)
    ConsentReceipt.objects.create(
        subscriber=one, purpose=newsletter.purpose, wording=newsletter.purpose.wordings.get(), act="withdraw",
        at=now(), asked_at=now(), page_path='/ä "quoted", 😀\\', form="x", how="y", seq=1, digest="f" * 64, previous="f" * 64,
    )  # fmt: skip
    found = chain.walk()
    assert (found.broken, found.receipts) == ("", 7)
    head = f"{found.receipts}:{found.head}"
    assert f"7 receipts, whole. Head: {head}" in verify()
    assert "whole" in verify(head)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "says", "whole"),
    [
        (f"UPDATE {TABLE} SET act = 'grant' WHERE seq = 4", "Receipt 4 (id ", 3),
        (f"UPDATE {TABLE} SET at = at - interval '1 day' WHERE seq = 2", "says something else", 1),
        (f"UPDATE {TABLE} SET address_hash = 'x' WHERE seq = 1", "Receipt 1 (id ", 0),
        (f"DELETE FROM {TABLE} WHERE seq = 3", "Receipt 3 is missing", 2),
        (f"DELETE FROM {TABLE} WHERE seq = 4", "Receipt 4 was there once", 3),
        (f"UPDATE {TABLE} SET digest = repeat('0', 64) WHERE seq = 2", "not its own", 1),
        (f"UPDATE {TABLE} SET seq = NULL WHERE seq = 2", "never joined", 0),
        ("UPDATE newsletters_wording SET text = 'Send me anything'", "Receipt 1 (id ", 0),
        ('UPDATE newsletters_wording SET companies = \'[{"name": "Evil Ltd", "address": ""}]\'', "Receipt 1 (id ", 0),
    ],
)
def test_the_first_broken_link_is_named(sql: str, says: str, whole: int) -> None:
    newsletter = made.newsletter()
    readers = [made.subscriber(newsletter) for _ in range(3)]
    consent.withdraw(readers[0], newsletter.purpose, at=now(), page_path="", form="x", how="y")
    before = chain.walk()
    past_the_guard(sql)
    with pytest.raises(CommandError) as told:
        verify(f"{before.receipts}:{before.head}")
    assert says in str(told.value)
    assert chain.walk(expected=[f"{before.receipts}:{before.head}"]).receipts == whole


@pytest.mark.django_db
def test_a_whole_new_chain_is_found_by_a_head_that_was_noted_elsewhere() -> None:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    head = f"1:{chain.walk().head}"
    past_the_guard(f"DELETE FROM {TABLE}")
    made.subscriber(newsletter)
    assert chain.walk().whole, "by itself it looks well"
    assert "not the one that was noted" in chain.walk(expected=[head]).broken
    with pytest.raises(CommandError, match="number:digest"):
        verify("one:two")


@pytest.mark.django_db(transaction=True)
def test_the_nightly_walk_remembers_earlier_heads_and_tells_people() -> None:
    marketing = person("marketing")
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    tasks.look_at_receipts()
    assert ChainCheck.objects.get().broken == ""
    with transaction.atomic():
        past_the_guard(f"DELETE FROM {TABLE}")
    tasks.look_at_receipts()
    assert ChainCheck.objects.first().broken.startswith("Receipt 1 was there once")
    assert Notice.objects.filter(person=marketing, kind="newsletters.receipts").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_connections_write_one_chain() -> None:
    newsletter = made.newsletter()
    readers = [made.subscriber(newsletter) for _ in range(4)]
    gate = threading.Barrier(4, timeout=60)

    def agree(reader: Subscriber) -> None:
        for box in newsletter.offers.all():
            gate.wait()
            with transaction.atomic():
                made.grant(reader, box.purpose)
                made.grant(reader, newsletter.purpose)

    threads = [at_once(lambda reader=reader: agree(reader)) for reader in readers]  # type: ignore[misc]
    for thread in threads:
        thread.join()
    found = chain.walk()
    assert (found.broken, found.receipts) == ("", 20)


@pytest.mark.django_db(transaction=True)
def test_a_receipt_waits_for_the_one_that_is_being_written() -> None:
    newsletter = made.newsletter()
    one, two = made.subscriber(newsletter), made.subscriber(newsletter)
    with transaction.atomic():
        made.grant(one, newsletter.purpose)
        other = at_once(lambda: made.grant(two, newsletter.purpose))
        waits_for_a_lock()
        assert ConsentReceipt.objects.count() == 3
    other.join()
    assert list(ConsentReceipt.objects.order_by("seq").values_list("subscriber", flat=True))[2:] == [one.pk, two.pk]
    assert chain.walk().whole


@pytest.mark.django_db
def test_a_receipt_that_is_rolled_back_leaves_no_gap() -> None:
    newsletter = made.newsletter()
    reader = made.subscriber(newsletter)
    with transaction.atomic():
        made.grant(reader, newsletter.purpose)
        transaction.set_rollback(True)
    made.grant(reader, newsletter.purpose)
    assert chain.walk().whole
    assert ConsentReceipt.objects.count() == 2


def test_both_recipes_write_a_moment_alike() -> None:
    assert chain.moment(datetime(2025, 9, 11, 8, 0, 0, 5, tzinfo=UTC)) == "2025-09-11T08:00:00.000005Z"


@pytest.mark.django_db
def test_both_recipes_hash_a_wording_alike() -> None:
    wording = made.wording(made.purpose(), 'Ä "quoted" text', companies=["Bell & Co", "Ćevapi, Ltd"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT newsletters_words(%s)", [wording.pk])
        assert cursor.fetchone()[0] == chain.words_of(Wording.objects.get(pk=wording.pk))
