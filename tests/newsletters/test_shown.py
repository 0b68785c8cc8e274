"""Which stories a letter shows: found when it is put together, written down when it is frozen (domain 8 and 9)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from articles.models import Story
from newsletters import issues, preflight
from newsletters.composition import letter
from newsletters.models import Issue, ShownStory
from newsroom.outbox import relay
from tests.factories import articles
from tests.factories import newsletters as made
from tests.factories.accounts import person
from tests.newsletters.sending import at_once, elsewhere, now, waits_for_a_lock, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


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
    with transaction.atomic():
        send(composing)
        thread = at_once(lambda: withdraw(other, told=True))
        waits_for_a_lock()
        assert not Story.objects.filter(pk=other.pk, readers="withdrawn").exists()
    thread.join()
    relay()
    composing.refresh_from_db()
    assert composing.state == Issue.State.HELD


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
