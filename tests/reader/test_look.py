"""The pages in a browser: nothing refused by their own policy, nothing for axe to object to, light enough, still."""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from articles.models import Story
from newsletters import guard
from newsletters.models import Newsletter
from newsroom import pagecache
from tests.browser import axe_problems, glance, keep_picture, until
from tests.browser.looking import RINGED, sideways
from tests.reader import public

pytestmark = pytest.mark.browser
WEIGHT = 60_000  # bytes of HTML and CSS, compressed


@pytest.fixture
def story(surroundings: dict[str, str]) -> Story:
    public.publication()
    return public.story(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_every_page_passes_the_look_over(site: Any) -> None:
    """Each page that a reader can meet, in one window; also those that only a site that is not well shows."""
    page = site.page()
    public.publication()
    page.goto("/")
    glance(page, "reader-home-empty")
    world = public.world()
    pagecache.purge("home")
    time.sleep(1.1)  # as long as a process may be behind
    for one in public.pages(world):
        answer = page.goto(one.path)
        assert page.get_by_text("Nothing is published yet").count() == 0, one
        assert answer.status == one.status, one
        assert page.locator("h1").count() == 1, one
        glance(page, f"reader-{one.name}")
    for name, html in public.unmet():
        page.route("**/unmet/", given(html))
        page.goto("/unmet/")
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith(
            ("Georgia", "ui-", "system", '"Iowan')
        )
        glance(page, f"reader-{name}")
        page.unroute("**/unmet/")

    # What forms say when something is missing, and where the ways through them end.
    page.goto("/complaints/")
    page.get_by_role("button", name="Send the report").click()
    page.get_by_text("Not sent yet. Everything").wait_for()
    glance(page, "reader-complain-mend")
    page.goto(f"/newsletters/{world.newsletter.slug}/")
    page.get_by_label("Email address").fill("alice@example")
    page.eval_on_selector("form[action*=sign-up]", "form => form.noValidate = true")
    until(lambda: page.evaluate("performance.now()") > guard.HASTY, "nobody is sooner: that is a robot's form")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_selector("[aria-invalid=true]")
    glance(page, "reader-sign-up-mend")
    ways = {one.name: one.path for one in public.pages(world)}
    for name, button, end in (
        ("confirm", "Confirm my sign-up", "You"),
        ("leave", "Leave The Long Walk letter", "You have left"),
    ):
        page.goto(ways[name])
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name=end).wait_for()
        glance(page, f"reader-{name}-done")
    page.goto(world.story.path)
    page.emulate_media(media="print")
    assert axe_problems(page, "color-contrast") == []
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
    for path in (story.path, "/", "/royals/"):
        page.goto(path, wait_until="networkidle")
        for image in page.locator("img").all():
            image.scroll_into_view_if_needed()
        until(lambda: page.evaluate("[...document.images].every(image => image.complete)"), "every picture has come")
        assert page.evaluate("shifted") < 0.01, path
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


def given(html: str) -> Callable[[Any], None]:
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")


# Words that others stand on, or that are cut off: each line of text with its box, those of one element together.
CROWDED = """() => {
  const boxes = [], said = [];
  const hidden = (one) => one.closest("details:not([open]) > :not(summary), .unseen, .skip, [hidden], svg, script, style");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const of = text.parentElement;
    if (!text.data.trim() || hidden(of) || !of.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.width < 2) continue;
      if (box.left < -1 || box.right > innerWidth + 1) {
        const around = of.closest("ul, table, pre");
        if (!around || getComputedStyle(around).overflowX === "visible") said.push(`off the page: ${text.data.trim().slice(0, 50)}`);
      }
      boxes.push({ of, text, box });
    }
  }
  for (const one of document.querySelectorAll("body *")) {
    const style = getComputedStyle(one);
    if (hidden(one) || !/hidden|clip/.test(style.overflowX + style.overflowY) || !one.textContent.trim()) continue;
    if (one.scrollHeight > one.clientHeight + 3 || one.scrollWidth > one.clientWidth + 3) said.push(`cut off: ${one.outerHTML.slice(0, 90)}`);
  }
  boxes.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length && boxes[j].box.top < boxes[i].box.bottom; j++) {
    const a = boxes[i], b = boxes[j];
    if (a.of === b.of || a.of.contains(b.of) || b.of.contains(a.of)) continue;
    const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    if (wide > 2 && high > 0.35 * Math.min(a.box.height, b.box.height))
      said.push(`“${a.text.data.trim().slice(0, 40)}” and “${b.text.data.trim().slice(0, 40)}” stand on each other`);
  }
  return said;
}"""


def inked(page: Any, box: Any) -> bool:
    """Say whether anything is drawn there on the paper. By its pixels: styles say what was meant, not what is shown."""
    with Image.open(io.BytesIO(page.screenshot(clip=box))) as picture:
        return len(picture.convert("RGB").getcolors(100_000)) > 1


def seen_in_forced_colours(page: Any) -> None:
    """Whatever was told by a colour or a ground alone is told by a line or by words here."""
    line = """one => { const style = getComputedStyle(one), paper = getComputedStyle(document.body).backgroundColor;
      return parseFloat(style.borderBlockEndWidth) > 0 && style.borderBlockEndStyle !== "none" && style.borderBlockEndColor !== paper; }"""
    page.evaluate("document.querySelector('.fresh-bar').hidden = false")
    for drawn in (".button", ".newsletter", ".live-notice", ".fresh-bar button"):
        assert page.locator(drawn).first.evaluate(line), f"{drawn} has no edge"
    dot = page.locator(".dot").first
    dot.scroll_into_view_if_needed()
    assert inked(page, dot.bounding_box()), "the dot has the paper's colour"
    first = page.locator("#text > p").first
    first.evaluate("part => part.classList.add('fresh')")
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    assert inked(page, {**box, "x": box["x"] - 14, "width": 10}), "the mark has the paper's colour"
    keep_picture(page, "reader-forced-colours")
    for reached in (".button", ".card .head a", ".nav a", "input[type=email]", "input[type=checkbox]", ".note summary"):
        one = page.locator(reached).first
        if one.count():
            one.focus()
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Tab")
            assert page.evaluate(RINGED), f"{reached} has no ring"


@pytest.mark.django_db(transaction=True)
def test_at_twice_the_size_in_forced_colours_and_on_paper_nothing_is_lost(story: Story, site: Any) -> None:
    page = site.page(width=640)
    letter = Newsletter.objects.get()
    for path in (
        story.path,
        "/",
        "/royals/",
        "/search/?q=tour",
        f"/newsletters/{letter.slug}/",
        "/complaints/",
        "/corrections/",
        "/about/who-we-are/",
        "/royals/nothing-here/",
    ):
        page.goto(path)
        page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% !important }')")
        keep_picture(page, f"reader-twice-{path.strip('/').replace('/', '-')[:20].partition('?')[0] or 'home'}")
        assert sideways(page, path, 640) == []
        assert page.evaluate(CROWDED) == [], path
    page.goto(story.path)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.locator(".dot").first.evaluate("dot => getComputedStyle(dot).animationDuration") == "0s"
    seen_in_forced_colours(page)
    page.emulate_media(media="print", forced_colors="none")
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
