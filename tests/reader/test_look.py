"""The pages in a browser: nothing refused by their own policy, nothing for axe to object to, light enough, still."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Story
from newsroom.publication.models import Publication
from tests.browser import look_over, until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters

pytestmark = pytest.mark.browser
WEIGHT = 60_000  # bytes of HTML and CSS, compressed


@pytest.fixture
def story(surroundings: dict[str, str]) -> Story:
    """A live story with every kind of block, notes of every kind, and others beside it."""
    Publication.objects.update_or_create(
        pk=1, defaults={"name": "The Long Walk", "contact_email": "desk@example.org", "tagline": "The households."}
    )
    now = timezone.now()
    lead = pictures.image_placement(pictures.asset(size=(1700, 1062)))
    for number in range(30):
        make.published_story(
            headline=f"What the {number}th day of the tour was for, and who paid for it",
            standfirst="A short note on where they went, and whom they met there.",
            lead_image=lead if number % 3 == 0 else None,
            section=make.section(["Royals", "Houses", "Style", "Books"][number % 4]),
            at=now - timedelta(days=1, minutes=number),
        )
    parts = [
        ("quote", make.quote_placement(make.quotation(chain=[(make.outlet(url="https://mail.example"), False)]))),
        ("quote", make.quote_placement(style="quote")),
        ("image", pictures.image_placement()),
        ("product", make.product_placement(make.product(checked_at=now, picture=pictures.asset()))),
        ("newsletter", letters.box(letters.newsletter())),
        ("related", make.related_placement(make.published_story(lead_image=lead))),
    ]
    body = "<h2>A heading</h2><p>Text with <q>“a quotation”</q> and <a href='/houses/'>a link</a>.</p>" + "".join(
        f'<p>{"The queue went round the corner. " * 6}</p><div data-block="{kind}" data-id="{placed.pk}"></div>'
        for kind, placed in parts
    )
    body += (
        "<ul><li>One</li><li>Two</li></ul><table><tbody><tr><th scope='row'>Year</th><td>2025</td></tr></tbody></table>"
    )
    made = make.published_story(
        headline="Behind closed gates, a first step for the family",
        kicker="Family",
        standfirst="Four days, one meeting, and a visit on one condition.",
        body=body,
        lead_image=lead,
        topics=[make.topic("The King"), make.topic("Windsor")],
        live=True,
        at=now - timedelta(hours=2),
    )
    make.update(made, kind="correction", line="It was four days, not five.")
    make.update(made, kind="update", line="Adds a second account.")
    return made


@pytest.mark.django_db(transaction=True)
def test_every_page_passes_the_look_over(story: Story, site: Any) -> None:
    gone = make.withdrawn_story(section=story.section, notice="It named the wrong person.")
    page = site.page()
    for name, path in {
        "story": story.path,
        "home": "/",
        "section": "/royals/",
        "about": "/about/ethics/",
        "search": "/search/?q=tour+paid",
        "gone": gone.path,
        "not-found": "/royals/nothing-here/",
    }.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, name
        look_over(page, f"reader-{name}")
    assert not site.complaints


@pytest.mark.django_db(transaction=True)
def test_a_story_is_light_whole_without_scripts_and_still(story: Story, site: Any) -> None:
    page = site.page(java_script_enabled=False)
    asked: list[str] = []
    bodies: dict[str, bytes] = {}
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: bodies.update({answer.url: answer.body()} if answer.ok else {}))
    page.goto(story.path, wait_until="networkidle")
    assert all(url.startswith((site.url, "data:")) for url in asked), asked
    assert not [url for url in asked if url.endswith(".js")]
    weight = sum(len(gzip.compress(body)) for url, body in bodies.items() if url.endswith((".css", story.path)))
    assert 1_000 < weight < WEIGHT
    assert page.get_by_role("button", name="Sign up").is_visible()
    assert page.get_by_text("We will continue to update this story.").is_visible()

    page = site.page(width=390)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(one => shifted += one.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(story.path, wait_until="networkidle")
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
    until(lambda: page.evaluate("[...document.images].every(image => image.complete)"), "every picture has come")
    assert page.evaluate("shifted") < 0.01
    assert not site.complaints


@pytest.mark.django_db(transaction=True)
def test_a_finished_page_is_asked_for_once(story: Story, site: Any) -> None:
    """Through the page cache in front: ETag, 304, compressed, no cookie, public; also the feed and a second page."""
    ask = site.page().request
    for path in (story.path, "/", "/royals/?page=1", "/feeds/rss.xml"):
        ask.get(path)  # the cache learns from the first answer that this address is a page
        first = ask.get(path)
        assert first.status == 200, path
        again = ask.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status == 304, path
        assert "set-cookie" not in again.headers | first.headers
        assert first.headers["content-encoding"] in ("br", "gzip")
        assert "cookie" not in first.headers.get("vary", "").lower()
        assert "public" in first.headers["cache-control"]


@pytest.mark.django_db(transaction=True)
def test_keys_alone_reach_the_text(story: Story, site: Any) -> None:
    page = site.page()
    page.goto(story.path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the story"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.django_db(transaction=True)
def test_at_twice_the_size_nothing_is_lost(story: Story, site: Any) -> None:
    page = site.page(width=640)
    for path in (story.path, "/", "/royals/"):
        page.goto(path)
        page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% !important }')")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(story.path)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.locator(".dot").first.evaluate("dot => getComputedStyle(dot).animationDuration") == "0s"
    page.emulate_media(media="print")
    for kept in (
        "h1",
        ".byline .disclosure",
        "figcaption .credit",
        ".note.correction",
        ".product .label",
        ".product .price",
        ".log",
        ".printed",
    ):
        assert page.locator(kept).first.is_visible(), kept
    for left_out in (".nav", ".seek", ".newsletter", ".share", ".report", ".product .act", ".related", ".row"):
        assert page.locator(left_out).count(), left_out
        assert not page.locator(left_out).first.is_visible(), left_out
    page.goto("/")
    assert page.locator(".row").first.is_visible(), "a front page is printed with its rows"
    assert not site.complaints
