"""A withdrawn story leaves every exit, and each says so for itself (promise 9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import redis
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import exits, leaving, workflow
from articles.models import Receipt, Story
from media_assets import renditions, storage
from newsletters import issues
from newsletters.models import Issue, ShownStory
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.live import following
from newsroom.outbox.models import Effect
from tests.factories import newsletters as post
from tests.factories.accounts import person
from tests.factories.articles import published_story, receipt, related_placement
from tests.factories.media_assets import asset, image_placement

pytestmark = pytest.mark.django_db(transaction=True)
EXITS = ["page", "open", "lists", "corrections", "feeds", "maps", "search", "related", "pictures", "mail"]


@pytest.fixture
def editor() -> Person:
    return person("editor")


@pytest.fixture
def desk(editor: Person) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def withdraw(shown: Story, by: Person) -> None:
    shown.refresh_from_db()
    at = timezone.now()
    workflow.withdraw(story=shown, person=by, expected_version=shown.version, at=at, reason="Wrong", notice="Gone.")


def page(desk: Client, shown: Story, **headers: str) -> str:
    answer = desk.get(reverse("articles-desk:receipts", args=[shown.pk]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_exit_is_asked_in_the_move_and_acknowledges_with_what_it_found(editor: Person, desk: Client) -> None:
    picture = asset()
    shown = published_story(lead_image=image_placement(picture))
    block = f'<div data-block="related" data-id="{related_placement(shown).pk}"></div>'
    published_story(headline="Its neighbour", body=f"<p>Read on.</p>{block}")
    issue = issues.start(post.newsletter(), person=editor, at=timezone.now())
    ShownStory.objects.create(issue=issue, story=shown)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SENDING)

    following.look(f"story:{shown.pk}")
    withdraw(shown, editor)
    assert [one.exit for one in Receipt.objects.filter(acknowledged_at=None)] == EXITS
    assert f"0 of {len(EXITS)}" in page(desk, shown)
    outbox.relay()
    found = {one.exit: one.found for one in Receipt.objects.exclude(acknowledged_at=None)}
    assert list(found) == EXITS
    assert found["page"] == "Its address answers 410, with the notice."
    assert found["open"] == "Told as version 2; 0 web processes hold open pages."
    assert found["related"] == "1 other story offered it; the link is gone from there."
    assert found["pictures"] == "1 picture of its own taken away."
    assert "1 sending held" in found["mail"]
    issue.refresh_from_db()
    assert issue.state == Issue.State.HELD
    file = renditions.current(picture)[0]
    assert not storage.public(file.digest, file.width, file.format).exists()
    html = page(desk, shown)
    assert f"{len(EXITS)} of {len(EXITS)}" in html
    assert "hx-trigger" not in html  # nothing more to wait for


def test_the_page_refreshes_itself_while_it_waits_and_answers_the_list_alone(editor: Person, desk: Client) -> None:
    shown = published_story()
    withdraw(shown, editor)
    html = page(desk, shown)
    assert 'hx-trigger="every 2s"' in html
    assert 'http-equiv="refresh"' in html  # without script
    assert "<html" not in page(desk, shown, **{"HX-Request": "true"})


def test_an_exit_that_fails_is_tried_again_and_holds_no_other_back(
    editor: Person, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = published_story()

    def away(*tags: str, gone: bool = False) -> None:
        if "feed:sitemap" in tags:
            raise redis.ConnectionError("Valkey is away")

    monkeypatch.setattr(leaving, "purge", away)
    withdraw(shown, editor)
    outbox.relay()
    assert [one.exit for one in Receipt.objects.filter(acknowledged_at=None)] == ["maps"]
    html = page(desk, shown)
    assert f"{len(EXITS) - 1} of {len(EXITS)}" in html
    assert "Try 1 failed: ConnectionError: Valkey is away" in html
    monkeypatch.undo()
    Effect.objects.filter(done_at=None).update(due_at=timezone.now())
    outbox.relay()
    assert not Receipt.objects.filter(acknowledged_at=None).exists()


def test_what_was_given_up_is_tried_again_by_an_editor(editor: Person, desk: Client) -> None:
    shown = published_story()
    withdraw(shown, editor)
    maps = Effect.objects.filter(handler="exits.maps")
    maps.update(dead_at=timezone.now(), last_error="Valkey is away", attempts=8)
    outbox.relay()
    assert "Given up" in page(desk, shown)
    left = Receipt.objects.get(acknowledged_at=None)
    again = reverse("articles-desk:receipt-retry", args=[shown.pk, left.pk])
    assert desk.post(again).status_code == 302
    outbox.relay()
    assert f"{len(EXITS)} of {len(EXITS)}" in page(desk, shown)
    assert desk.post(again).status_code == 302  # pressed twice: nothing more happens
    assert desk.post(reverse("articles-desk:receipt-retry", args=[shown.pk, 10**12])).status_code == 404


def test_a_story_that_never_left_says_so(desk: Client) -> None:
    assert "It never left" in page(desk, published_story())


def test_the_newest_departure_is_shown_and_an_embargo_is_one(editor: Person, desk: Client) -> None:
    shown = published_story()
    withdraw(shown, editor)
    outbox.relay()
    shown.refresh_from_db()
    at = timezone.now()
    workflow.take("reinstate", subject=shown, person=editor, expected_version=shown.version, at=at, reason="Right")
    shown.refresh_from_db()
    until = (at + timedelta(hours=1)).isoformat()
    workflow.take(
        "embargo", subject=shown, person=editor, expected_version=shown.version, at=at, until=until, reason="Asked"
    )
    assert f"0 of {len(EXITS)}" in page(desk, shown)
    outbox.relay()
    assert "Its address answers 404." in page(desk, shown)


def test_a_receipt_is_said_once(editor: Person) -> None:
    made = receipt()
    Receipt.objects.filter(pk=made.pk).update(acknowledged_at=timezone.now(), found="Gone.")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Receipt.objects.filter(pk=made.pk).update(found="Another story.")
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Receipt.objects.filter(pk=made.pk).delete()


def test_no_exit_is_registered_twice() -> None:
    def nothing(story_id: int) -> str:
        return ""

    with pytest.raises(ValueError, match="twice"):
        exits.EXITS.register(exits.Exit("page", "Page", nothing))


def test_queries_do_not_grow_with_the_log(editor: Person, desk: Client) -> None:
    shown = published_story()
    withdraw(shown, editor)

    def queries() -> int:
        page(desk, shown)  # the publication's own row is kept for a second: asked before, not counted
        with CaptureQueriesContext(connection) as ran:
            page(desk, shown)
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    few = queries()
    for _ in range(5):
        withdraw(published_story(), editor)
    assert queries() == few
