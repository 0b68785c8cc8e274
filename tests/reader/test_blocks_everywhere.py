"""Every kind of block, on every exit of a story: its page, the feed and a letter that brings it whole."""

from __future__ import annotations

import html
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from articles.models import Story
from articles.products import undisclosed
from newsletters import issues
from newsletters.composition import letter
from newsletters.models import IssueStory
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters

pytestmark = pytest.mark.django_db
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture
def other() -> Story:
    return make.published_story(headline="What came before")


@pytest.fixture
def story(other: Story) -> Story:
    """A story with one block of each kind."""
    scoop = make.outlet("ShutterScoop", columnist="Rob Shuter")
    said = make.quotation(
        "It stays private", source=make.source(kind="unnamed", description="a source"), chain=[(scoop, True)]
    )
    blocks = [
        ("image", pictures.image_placement(caption="At the gate.", alternative_text="A gate").pk),
        ("quote", make.quote_placement(said, style="quote").pk),
        ("product", make.product_placement(make.product(checked_at=timezone.now())).pk),
        ("related", make.related_placement(other).pk),
        ("newsletter", newsletters.box(newsletters.newsletter(name="The Royal Letter")).pk),
    ]
    body = "".join(f'<div data-block="{kind}" data-id="{pk}"></div>' for kind, pk in blocks)
    return make.published_story(headline="What came after", body=f"<p>Words.</p>{body}")


def on_its_page(story: Story) -> str:
    markup = Client().get(story.path).content.decode()
    return markup[markup.index("<article") : markup.index("</article>")]


def in_the_feed(story: Story) -> str:
    items = ElementTree.fromstring(Client().get("/feeds/rss.xml").content).findall("channel/item")
    return next(str(item.findtext(CONTENT)) for item in items if str(item.findtext("link")).endswith(story.path))


def in_a_letter(story: Story) -> str:
    issue = newsletters.issue()
    issues.pick(issue.pk, story.pk, at=timezone.now())
    IssueStory.objects.filter(issue=issue).update(shape=IssueStory.Shape.WHOLE)
    return letter.compose(issue, at=timezone.now()).html


@pytest.mark.parametrize("exit", [on_its_page, in_the_feed, in_a_letter])
def test_each_block_is_whole_on_each_exit(exit: object, story: Story, other: Story) -> None:
    markup = exit(story)  # type: ignore[operator]
    words = " ".join(html.unescape(strip_tags(markup)).split())
    assert "At the gate. (Image credit: Getty Images)" in words
    assert 'alt="A gate"' in markup
    assert "It stays private" in words  # the page’s marks are its style’s
    assert "A source, via Rob Shuter’s ShutterScoop" in words, "the quotation’s source, and through whom it came"
    for part in ("Harrow & Vale", "Wool riding coat", "£240.00 at Example Shop", "Yorkshire"):
        assert part in words, part
    assert markup.count("/go/") == markup.count('rel="sponsored nofollow noopener"') == 1
    assert undisclosed(markup) == []
    assert "The Royal Letter" in words
    assert "Read also" in words
    own = "" if exit is on_its_page else settings.ORIGIN
    assert f'href="{own}{other.path}"' in markup, "nobody knows the site’s address outside of it"


def test_a_second_paid_link_needs_a_disclosure_of_its_own() -> None:
    label, link = (
        "<p>Affiliate link. We earn a commission.</p>",
        '<a href="/go/1/" rel="sponsored nofollow noopener">See it</a>',
    )
    assert undisclosed(label + link + "<a href='/houses/'>Houses</a>" + label + link) == []
    assert undisclosed(label + link + link) == [link[: link.index(">") + 1]]
    assert undisclosed(link + label)
