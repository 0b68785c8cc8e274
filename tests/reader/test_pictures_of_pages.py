"""Which picture comes first, what keeps its place, and which one other sites show beside a link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Story
from articles.reader.places import author_path
from media_assets.models import Asset, RightsRow, Use
from tests.asserts import Element, meta, page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def block(kind: str, number: int) -> str:
    return f'<div data-block="{kind}" data-id="{number}"></div>'


@pytest.fixture
def story() -> Story:
    """A story with a picture of every kind that a page can have, beside others with pictures."""
    for number in range(6):
        lead = pictures.image_placement(pictures.asset(size=(1600, 1067)), alternative_text=f"Picture {number}")
        make.published_story(lead_image=lead, at=make.AT + timedelta(minutes=number))
    other = make.published_story(lead_image=pictures.image_placement(pictures.asset(size=(1600, 1067))))
    product = make.product_placement(make.product(picture=pictures.asset(size=(800, 800))))
    inside = pictures.image_placement(pictures.asset(size=(1600, 1067)), alternative_text="The far lawn")
    body = f"<p>Words.</p>{block('image', inside.pk)}{block('product', product.pk)}"
    return make.published_story(
        body=body + block("related", make.related_placement(other).pk),
        lead_image=pictures.image_placement(pictures.asset(size=(1600, 1067)), alternative_text="Iron gates"),
        at=timezone.now() - timedelta(hours=1),
    )


def not_social(asset: Asset) -> None:
    RightsRow.objects.filter(asset=asset, use=Use.SOCIAL).delete()
    RightsRow.objects.create(asset=asset, use=Use.SOCIAL, allowed=False, added_by=person("picture_editor"))


def seen_to(root: Element) -> tuple[int, int]:
    """How many pictures come at once and how many when they are scrolled to; each has its place before it is there."""
    images = root.one("main").all("img")
    for image in images:
        assert int(image.attributes["width"]) > 0, image.attributes
        assert int(image.attributes["height"]) > 0, image.attributes
        assert ("loading" in image.attributes) != ("fetchpriority" in image.attributes), image.attributes
    first = [image for image in images if image.attributes.get("fetchpriority") == "high"]
    later = [image for image in images if image.attributes.get("loading") == "lazy"]
    assert len(first) + len(later) == len(images)
    assert not first or images[0] is first[0], "the one that is seen first"
    return len(first), len(later)


def test_the_lead_comes_at_once_and_the_others_wait(client: Client, story: Story) -> None:
    first, later = seen_to(page(client.get(story.path)))
    assert (first, later > 3) == (1, True), "in the text, the product, the related story, what to read next"
    for path in ("/", "/royals/"):
        first, later = seen_to(page(client.get(path)))
        assert (first, later > 0) == (1, True), path


def test_other_sites_show_the_lead_of_a_story_and_of_a_list(client: Client, story: Story) -> None:
    for path in (story.path, "/", "/royals/", author_path(story.owner_id, story.owner.name)):
        root = page(client.get(path))
        assert meta(root, "og:image:alt") == ["Iron gates"], path
        (address,) = meta(root, "og:image")
        assert address.startswith(f"{SITE}/media/")
        assert meta(root, "og:image:width") == ["1200"]
        assert meta(root, "twitter:card") == ["summary_large_image"]


def test_a_picture_that_may_not_go_there_is_passed_over(client: Client, story: Story) -> None:
    lead = story.published_revision.lead_image
    not_social(lead.asset)
    root = page(client.get(story.path))
    assert meta(root, "og:image:alt") == ["The far lawn"], "the next in the text that may"
    for path in ("/", "/royals/"):
        root = page(client.get(path))
        assert meta(root, "og:image:alt") == ["Picture 5"], "the next that may"
    for asset in Asset.objects.exclude(pk=lead.asset_id):
        not_social(asset)
    for path in ("/", story.path):
        root = page(client.get(path))
        assert not meta(root, "og:image"), path
        assert meta(root, "twitter:card") == ["summary"], path
