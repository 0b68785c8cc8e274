"""What readers saw years ago goes, unless somebody may still ask for it; its files go with the last page that needs them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.urls import reverse

from articles import retention, seen, seen_files
from articles.events import PAGES_ENDED
from articles.models import Complaint, MoveLog, SeenPage, Sighting, Story
from media_assets import storage
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from newsroom.outbox.models import Event
from tests.factories import articles as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4 * 366)


def saw(story: Story, html: str, at: datetime, files: dict[str, str] | None = None) -> Sighting:
    """As ``seen.note`` keeps it, its files gathered."""
    seen.note(story.pk, html.encode(), at=at, known=None)
    sighting = Sighting.objects.filter(story=story).latest("pk")
    SeenPage.objects.filter(pk=sighting.page_id, gathered_at=None).update(files=files or {}, gathered_at=at)
    return sighting


def left() -> list[str]:
    return sorted(page.html.decode() for page in SeenPage.objects.all())


@pytest.fixture
def told() -> Any:
    """Given first four years ago, then otherwise for a day, then otherwise until today."""
    story = make.published_story(at=LONG_AGO)
    for number, html in enumerate(("first", "second", "now")):
        saw(story, html, LONG_AGO + timedelta(days=number))
    return story


def test_what_was_last_given_long_ago_goes_and_what_is_given_now_stays(told: Story) -> None:
    assert retention.sweep(NOW) == 2
    assert left() == ["now"]
    assert retention.sweep(NOW) == 0
    row = AuditRow.objects.get(action="story.seen-removed")
    assert (row.person_id, row.subject, row.facts["years"]) == (None, f"story:{told.pk}", 3)
    assert row.facts["pages"] == {
        (LONG_AGO + timedelta(days=n)).isoformat(): hashlib.sha256(html).hexdigest()
        for n, html in enumerate((b"first", b"second"))
    }
    assert [span.sighting.page.html for span in seen.spans(told)] == [b"now"]


def test_it_counts_from_when_it_was_last_given(told: Story) -> None:
    """The page of four years ago was given until yesterday: nobody may say that it is too old."""
    Story.objects.filter(pk=told.pk).update(readers="published")
    other = make.published_story(at=LONG_AGO)
    saw(other, "long given", LONG_AGO)
    saw(other, "newer", NOW - timedelta(days=1))
    retention.sweep(NOW)
    assert left() == ["long given", "newer", "now"]


@pytest.mark.parametrize("move", ["withdraw", "withdraw-scheduled", "embargo"])
def test_what_left_its_readers_long_ago_goes_to_the_last_page(alice: Person, told: Story, move: str) -> None:
    MoveLog.objects.create(story=told, move=move, person=alice, at=LONG_AGO + timedelta(days=30))
    retention.sweep(NOW)
    assert left() == []


def test_a_setting_says_how_long(told: Story, settings: Any) -> None:
    settings.SEEN_YEARS = 5
    assert retention.sweep(NOW) == 0
    assert retention.kept_since(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2023, 2, 28, tzinfo=UTC)


def test_a_legal_hold_holds_it(told: Story, bob: Person) -> None:
    Story.objects.filter(pk=told.pk).update(held_at=NOW, held_by=bob, held_reason="A letter came.")
    assert retention.sweep(NOW) == 0
    Story.objects.filter(pk=told.pk).update(held_at=None, held_by=None, held_reason="")
    assert retention.sweep(NOW) == 2


@pytest.mark.parametrize(
    ("facts", "gone"),
    [
        ({"state": "new"}, 0),
        ({"state": "looking"}, 0),
        ({"state": "new", "set_aside": True}, 2),  # a robot's holds nothing
        ({"state": "upheld", "decided_at": NOW - timedelta(days=100)}, 0),  # an appeal may come
        ({"state": "upheld", "decided_at": NOW - timedelta(days=200)}, 2),
    ],
)
def test_a_complaint_holds_it(told: Story, bob: Person, facts: dict[str, Any], gone: int) -> None:
    if "decided_at" in facts:
        facts = {**facts, "decided_by": bob, "outcome": "It was so."}
    complaint = make.complaint(told)
    Complaint.objects.filter(pk=complaint.pk).update(**facts)
    assert retention.sweep(NOW) == gone


def test_another_storys_complaint_holds_nothing(told: Story) -> None:
    make.complaint(make.published_story())
    assert retention.sweep(NOW) == 2


def test_the_same_page_given_again_lately_stays(told: Story) -> None:
    saw(told, "first", NOW - timedelta(days=1))
    retention.sweep(NOW)
    assert left() == ["first", "now"]
    assert Sighting.objects.filter(story=told, at__lt=LONG_AGO + timedelta(hours=1)).count() == 0


def test_in_portions(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 1)
    assert retention.sweep(NOW) == 2
    assert AuditRow.objects.filter(action="story.seen-removed").count() == 2


def kept(data: bytes) -> tuple[str, storage.Place]:
    digest = hashlib.sha256(data).hexdigest()
    place = storage.seen(digest)
    storage.write(place, data)
    return digest, place


@pytest.mark.django_db(transaction=True)
def test_files_go_with_the_last_page_that_needs_them() -> None:
    story = make.published_story(at=LONG_AGO)
    (old, old_place), (both, both_place) = kept(b"old picture"), kept(b"picture of both")
    saw(story, "first", LONG_AGO, {"/media/old.webp": old, "/media/both.webp": both})
    saw(story, "now", LONG_AGO + timedelta(days=1), {"/media/both.webp": both})
    retention.sweep(NOW)
    assert old_place.exists(), "not before it is certain that the rows are gone"
    outbox.relay()
    assert not old_place.exists()
    assert both_place.exists()
    assert Event.objects.get(kind=PAGES_ENDED.name).payload == {"digests": sorted([old, both])}


def test_files_are_moved_about_in_transactions_alone(db: None) -> None:
    if connection.in_atomic_block:
        connection.in_atomic_block = False
        try:
            with pytest.raises(TransactionManagementError):
                seen_files.remove_unneeded(["x"])
        finally:
            connection.in_atomic_block = True


def test_the_database_refuses_it_to_everybody_else(told: Story) -> None:
    young = saw(make.published_story(), "young", datetime.now(UTC))

    def run(statement: str, params: list[int]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    for statement, params in (
        ("DELETE FROM articles_sighting", []),
        ("DELETE FROM articles_seenpage", []),
        ("SET LOCAL newsroom.retention = 'over'; DELETE FROM articles_sighting WHERE id = %s", [young.pk]),
        ("SET LOCAL newsroom.retention = 'over'; DELETE FROM articles_seenpage", []),
    ):
        with pytest.raises(IntegrityError):
            run(statement, params)
    assert retention.sweep(NOW) == 2
    with pytest.raises(IntegrityError), transaction.atomic():  # and the sweep's word holds for its transaction alone
        Sighting.objects.filter(pk=young.pk)._raw_delete("default")


def test_the_help_says_how_long(client: Client, alice: Person, settings: Any) -> None:
    client.force_login(alice)
    assert "for 3 years after readers were last given it" in client.get(reverse("deskui:help")).content.decode()
