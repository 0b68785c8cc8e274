"""The preview is the reader's page of words that readers may not see yet: for the desk, and kept by nobody."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from newsroom.accounts.models import Person
from tests.factories.accounts import person
from tests.factories.articles import published_story, story


def desk(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def test_it_shows_the_newest_words_and_is_kept_by_nobody(alice: Person) -> None:
    made = story(owner=alice, headline="Not for readers yet", body="<p>Words in the making.</p>")
    url = reverse("articles-desk:preview", args=[made.pk])
    response = desk(alice).get(url)
    assert "Words in the making." in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not hasattr(response, "page_tags"), "a kept page would be served to readers"
    assert Client().get(made.path).status_code == 404


def test_of_a_running_story_as_well(alice: Person) -> None:
    made = published_story(owner=alice, live=True, body="<p>As it stands.</p>")
    html = desk(alice).get(reverse("articles-desk:preview", args=[made.pk]), {"revision": made.published_revision_id})
    assert "As it stands." in html.content.decode()
    assert "data-live" not in html.content.decode()  # it follows nobody


def test_another_revision_of_this_story_and_of_no_other(alice: Person) -> None:
    made, other = published_story(owner=alice, body="<p>As published.</p>"), story(owner=alice)
    url = reverse("articles-desk:preview", args=[made.pk])
    client = desk(alice)
    assert "As published." in client.get(url, {"revision": made.published_revision_id}).content.decode()
    for wrong in (other.draft.head_id, "x", "9" * 30, ""):  # type: ignore[attr-defined]
        assert client.get(url, {"revision": wrong}).status_code == 404


def test_marketing_reads_no_draft(alice: Person) -> None:
    made = story(owner=alice)
    for name in ("preview", "history", "write"):
        assert desk(person("marketing")).get(reverse(f"articles-desk:{name}", args=[made.pk])).status_code == 403
