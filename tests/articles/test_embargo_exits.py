"""Promise 8, exit by exit: a published story that is put under embargo is nowhere until it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import access, handlers, leaving, workflow
from articles.models import Draft, Product, Story
from media_assets import renditions, storage
from media_assets.models import Asset, Rendition
from newsletters import issues
from newsletters.composition import letter
from newsletters.models import IssueStory
from newsroom import outbox
from newsroom.accounts.models import Person
from newsroom.outbox.models import Effect, Event
from tests.factories import newsletters as post
from tests.factories.accounts import person
from tests.factories.articles import product, product_placement, published_story, related_placement, section, story
from tests.factories.media_assets import asset, image_placement

HEADLINE = "Nobody may know this yet"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor() -> Person:
    return person("editor")


@pytest.fixture
def picture() -> Asset:
    return asset()


@pytest.fixture
def secret(picture: Asset) -> Story:
    at = timezone.now() - timedelta(hours=1)
    return published_story(headline=HEADLINE, lead_image=image_placement(picture), at=at, section=section("Court"))


@pytest.fixture
def neighbour(secret: Story) -> Story:
    """Another story that offers the first between its paragraphs."""
    block = f'<div data-block="related" data-id="{related_placement(secret).pk}"></div>'
    at = timezone.now() - timedelta(minutes=30)
    return published_story(headline="Its neighbour", body=f"<p>Read on.</p>{block}", at=at, section=secret.section)


def move(name: str, made: Story, by: Person, **answers: str) -> None:
    made.refresh_from_db()
    workflow.take(name, subject=made, person=by, expected_version=made.version, at=timezone.now(), **answers)
    outbox.relay()


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).isoformat()


def exits(secret: Story, neighbour: Story) -> Iterator[tuple[str, str]]:
    """Every public address that can show a story, with what it answers."""
    reader = Client()
    for path in (
        "/",
        f"{secret.section.get_absolute_url()}",
        f"{secret.section.get_absolute_url()}feed.xml",
        "/feeds/rss.xml",
        f"/sitemaps/{secret.first_published_at:%Y-%m}-{secret.pk // 20_000 + 1}.xml",
        "/news-sitemap.xml",
        neighbour.path,
        secret.path,
        f"/live/story/{secret.pk}/",
    ):
        yield path, reader.get(path).content.decode()


def shows(html: str, made: Story) -> bool:
    return HEADLINE in html or made.path in html


def test_it_leaves_every_page_feed_and_map_and_comes_back(editor: Person, secret: Story, neighbour: Story) -> None:
    assert all(shows(html, secret) for _, html in exits(secret, neighbour))
    move("embargo", secret, editor, until=in_an_hour(), reason="The palace asks.")
    assert [path for path, html in exits(secret, neighbour) if HEADLINE in html or secret.path in html] == []
    assert Client().get(secret.path).status_code == 404
    assert Client().get(f"/live/story/{secret.pk}/events/").status_code == 404
    move("lift-embargo", secret, editor, reason="Others have it.")
    assert all(shows(html, secret) for _, html in exits(secret, neighbour))


def test_not_even_the_notice_of_a_withdrawn_one_is_shown(editor: Person, secret: Story) -> None:
    move("withdraw", secret, editor, reason="Wrong", notice=HEADLINE)
    assert Client().get(secret.path).status_code == 410
    move("embargo", secret, editor, until=in_an_hour(), reason="The palace asks.")
    answer = Client().get(secret.path)
    assert answer.status_code == 404
    assert HEADLINE not in answer.content.decode()


def test_its_kept_pages_may_not_even_stand_in(editor: Person, secret: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[set[str], bool]] = []
    for module in (handlers, leaving):
        monkeypatch.setattr(module, "purge", lambda *tags, gone=False: calls.append((set(tags), gone)))
    move("embargo", secret, editor, until=in_an_hour(), reason="The palace asks.")
    maps = {"feed:sitemap", f"sitemap:{secret.first_published_at:%Y-%m}"}
    assert all((tags, True) in calls for tags in ({f"story:{secret.pk}"}, maps))
    assert any({"home", f"section:{secret.section_id}"} <= tags for tags, _ in calls)
    # And when it ends, by itself, the pages are drawn anew.
    calls.clear()
    ended = Event.objects.get(kind="story.embargo-ended")
    assert Effect.objects.filter(event=ended, due_at__gt=timezone.now()).exists()
    Effect.objects.filter(event=ended).update(due_at=timezone.now())
    outbox.relay()
    assert any({"home", f"story:{secret.pk}"} <= tags for tags, _ in calls)


def plain_file(picture: Asset) -> Rendition:
    """One that is made again at once; AVIF follows."""
    return next(file for file in renditions.current(picture) if file.format == Rendition.Format.JPEG)


def test_its_pictures_go_with_it_unless_another_story_shows_them(editor: Person, secret: Story, picture: Asset) -> None:
    file = plain_file(picture)
    address, place = renditions.address(file), storage.public(file.digest, file.width, file.format)
    assert Client().get(address).status_code == 200
    move("embargo", secret, editor, until=in_an_hour(), reason="The palace asks.")
    assert not place.exists()
    assert Client().get(address).status_code == 410
    move("lift-embargo", secret, editor, reason="Others have it.")
    assert Client().get(address).status_code == 200

    published_story(lead_image=image_placement(picture))
    move("withdraw", secret, editor, reason="Wrong")
    assert place.exists()
    assert Client().get(address).status_code == 200


def test_a_picture_stays_that_a_story_took_with_a_product(editor: Person, secret: Story, picture: Asset) -> None:
    made = product(picture=picture)
    product_placement(made)
    Product.objects.filter(pk=made.pk).update(picture=None)
    file = plain_file(picture)
    move("withdraw", secret, editor, reason="Wrong")
    assert Client().get(renditions.address(file)).status_code == 200


def test_a_picture_that_went_away_comes_back_with_the_next_story_that_shows_it(
    editor: Person, secret: Story, picture: Asset
) -> None:
    move("withdraw", secret, editor, reason="Wrong")
    file = plain_file(picture)
    assert Client().get(renditions.address(file)).status_code == 410
    draft: Draft = story(standing="approved", lead_image=image_placement(picture)).draft  # type: ignore[attr-defined]
    workflow.publish(draft=draft, person=editor, expected_version=1, at=timezone.now())
    outbox.relay()
    assert Client().get(renditions.address(file)).status_code == 200


def test_no_letter_takes_it_along(editor: Person, secret: Story) -> None:
    issue = _issue(secret, editor)
    move("embargo", secret, editor, until=in_an_hour(), reason="The palace asks.")
    at = timezone.now()
    composed = letter.compose(issue, at=at)
    assert HEADLINE not in composed.html + composed.text
    assert composed.missing == [HEADLINE]
    assert not issues.candidates(_issue(None, editor), "", at=at).exists()


def _issue(made: Story | None, by: Person) -> Any:
    issue = issues.start(post.newsletter(), person=by, at=timezone.now())
    if made is not None:
        IssueStory.objects.create(issue=issue, story=made, position=1)
    return issue


def test_one_way_out(secret: Story) -> None:
    """Every exit asks access.published; whoever asks the table itself would forget the embargo."""
    until = timezone.now() + timedelta(hours=1)
    Story.objects.filter(pk=secret.pk).update(embargo_until=until)
    assert not access.published(until - timedelta(microseconds=1)).exists()
    assert access.published(until).exists()
