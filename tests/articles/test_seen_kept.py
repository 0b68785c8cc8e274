"""Keeping a page while a reader waits for it: one statement, whoever else keeps the same page at that moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from articles import seen
from articles.events import PAGE_SEEN
from articles.models import SeenPage, Sighting
from newsroom import outbox
from newsroom.outbox.models import Effect, Event
from tests.factories import articles as make
from tests.flush import flush_by_delete  # noqa: F401

pytestmark = pytest.mark.django_db


def test_a_page_goes_out_even_where_it_cannot_be_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And whoever draws it inside a transaction of their own goes on with that."""
    told = make.published_story()
    monkeypatch.setattr(seen, "_NOTE", seen._NOTE.replace("articles_seenpage", "articles_nowhere"))
    assert client.get(told.path).status_code == 200
    assert "could not be kept" in caplog.text
    assert Sighting.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_keep_the_same_page_at_once_both_keep_their_sighting(client: Client) -> None:
    """The second waits for the first one's row, and then sees it only with another statement."""
    told, html, at = make.published_story(), b"<html>the same</html>", timezone.now()
    with ThreadPoolExecutor(1) as beside:

        def other() -> None:
            try:
                seen.note(told.pk, html, at=at, known=None)
            finally:
                connection.close()

        with transaction.atomic():
            seen.note(told.pk, html, at=at, known=None)
            second = beside.submit(other)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        second.result(timeout=20)
    assert SeenPage.objects.count() == 1
    assert Sighting.objects.count() == 2
    assert Event.objects.filter(kind=PAGE_SEEN.name).count() == 1
    assert Effect.objects.filter(event__kind=PAGE_SEEN.name).count() == 1


def test_what_is_promised_beside_a_statement_has_the_names_of_its_kind() -> None:
    with pytest.raises(outbox.OutboxError, match="carries"):
        outbox.clauses(PAGE_SEEN, of="made", page="id")
