"""The story's page as its reader meets it: every part of the typed story, word for word, with its pictures."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import until
from tests.journeys.typed_story import LIVE, TypedStory


def read_page(page: Page, path: str, told: TypedStory) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(told.headline)
    text = page.locator("main article").first.inner_text()
    for paragraph in told.paragraphs:
        assert " ".join(paragraph.split()) in " ".join(text.split()), paragraph
    pictures_load(page, number=sum(part.kind == "image" for part in told.parts))
    credits = page.get_by_text(f"(Image credit: {told.credit})")
    assert credits.count() >= 2
    assert page.evaluate(PAID_LINKS) == [True], "the disclosure stands before every paid link, in its own block"
    product = page.locator("aside", has_text=told.product["title"])
    expect(product).to_contain_text(told.product["maker"])
    expect(product).to_contain_text(f"{told.product['sign']}{told.product['price']} at {told.product['merchant']}")
    expect(product).to_contain_text(told.product["blurb"])
    newsletter = page.locator("aside.newsletter")
    expect(newsletter.get_by_role("heading")).to_have_text(told.box.name)
    expect(newsletter.locator(".promise")).to_have_text(told.box.promise)
    boxes = newsletter.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    for box, wording in zip(boxes.all(), told.box.wordings, strict=True):
        expect(box).to_have_accessible_name(wording)
        expect(box).not_to_be_checked()
    if told.live:
        expect(page.get_by_text(LIVE)).to_be_visible()
    assert page.context.cookies() == []


# For each link that somebody pays for: whether the disclosure stands before it in its own block.
PAID_LINKS = """() => [...document.querySelectorAll("main a[rel~=sponsored], main a[href*='/go/']")].map((link) => {
    const label = [...(link.closest("aside")?.querySelectorAll("p") ?? [])].find((p) => p.innerText.startsWith("Affiliate link"))
    return !!label && !!(label.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING)
})"""


def pictures_load(page: Page, number: int) -> None:
    """Every picture of the story is there over HTTP, in the width that the page promises for its file."""
    waiting = page.locator("main article img[src$='waiting.svg']")
    until(lambda: waiting.count() == 0 or not page.reload(), "the worker has made the pictures' files")
    pictures = page.locator("main article figure img")
    assert pictures.count() >= number
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        until(lambda picture=picture: picture.evaluate("img => img.complete && img.naturalWidth > 0"), "it is shown")
        shown = picture.evaluate("img => img.currentSrc")
        offered = picture.evaluate("img => [...img.parentElement.children].map(each => each.srcset).join(', ')").split(
            ", "
        )
        promised = {urljoin(page.url, path): int(width[:-1]) for path, width in (each.split() for each in offered)}
        for address in {shown, *promised}:
            answer = page.request.get(address)
            assert (answer.status, answer.headers["content-type"].split("/")[0]) == (200, "image"), address
            assert Image.open(BytesIO(answer.body())).width == promised[address], address
