"""Typing on the writing screen in Chromium, on the real site."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.models import Draft
from tests.browser import Site, axe_problems, until
from tests.browser.looking import FACES
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, fill_library, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_type_save_undo(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    page.get_by_label("Headline", exact=True).fill("A headline typed anew")
    page.get_by_label("Headline", exact=True).press("Enter")
    expect(page.get_by_label("Standfirst", exact=True)).to_be_focused()
    caret_at_end(page)
    page.keyboard.press("Enter")
    page.keyboard.type("Then the bells ")
    page.keyboard.press("Control+b")
    page.keyboard.type("rang")
    page.keyboard.press("Control+b")
    page.keyboard.type(" & <stopped>.")
    expect(page.locator("#saved")).to_have_attribute("data-state", "unsaved")
    save(page)
    head = desk.head
    assert head.headline == "A headline typed anew"
    assert head.body.endswith("<p>Then the bells <strong>rang</strong> &amp; &lt;stopped&gt;.</p>")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('writing:'))") == []
    expect(page.locator('[data-count="words"]')).to_have_text(str(head.words))
    # A second save in the same window names the version that came of the first.
    page.keyboard.type(" More.")
    save(page)
    assert desk.head.number == 3
    before = body(page)
    page.keyboard.press("Enter")
    page.keyboard.type("gone")
    assert "gone" in body(page)
    until(lambda: (page.keyboard.press("Control+z"), body(page) == before)[1], "undone", seconds=10)
    page.keyboard.press("Control+y")
    until(lambda: body(page) != before, "done again", seconds=10)
    assert not site.complaints


RULES = {
    "p h2 h3 h4 ul ol li blockquote strong em s sub sup br hr table thead tbody tr caption": True,
    "a[href] q[data-quotation] div[data-block,data-id] th[scope] td[colspan] td[rowspan]": True,
    "div q a span font u script style iframe img video form input svg math object h1 h5 h6": False,
    "p[style] p[class] p[id] a[href,target] a[href,rel] a[href,onclick] q[data-quotation,cite] div[data-block,data-id,data-hx-get]": False,
}


def test_the_editors_filter_allows_what_the_server_keeps(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    check = """([tag, names]) => { const e = new CKEDITOR.htmlParser.element(tag, Object.fromEntries(names.map((n) => [n, n === "href" ? "https://ok.example/" : "3"])));
      e.setHtml("x"); const f = new CKEDITOR.htmlParser.fragment(); f.add(e); writing.editor.filter.applyTo(f, true);
      const out = f.children[0]; return !!(out && out.name === tag && names.every((n) => n in out.attributes)); }"""
    for rules, wanted in RULES.items():
        for rule in rules.split():
            tag, _, rest = rule.partition("[")
            names = rest.rstrip("]").split(",") if rest else []
            allowed = page.evaluate(check, [tag, names])
            if not names and tag not in ("div", "q", "a"):
                assert page.evaluate("(rule) => writing.editor.filter.check(rule)", tag) is wanted, rule
            assert allowed is wanted, rule
    for hostile in (
        '<p onclick="x">a</p>',
        '<a href="javascript:x">a</a>',
        '<img src="x" onerror="x">',
        "<script>x</script>",
    ):
        page.evaluate("(html) => writing.editor.insertHtml(html)", hostile)
    assert not re.search(r"javascript|onclick|onerror|script|<img", body(page))
    assert not site.complaints


def test_keys(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.press("Alt+F10")
    expect(page.locator("#text-style")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-command="bold"]')).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator('[data-command="redo"]')).to_be_focused()
    assert page.locator("#tools [tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator(".body")).to_be_focused()
    page.keyboard.press("Alt+Shift+l")
    expect(page.locator("#link-href")).to_be_focused()
    page.locator("#link-href").fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.locator("#link-dialog [data-error]")).to_be_visible()
    page.locator("#link-href").fill("ok.example/x")
    page.locator("#link-words").fill("a link")
    page.keyboard.press("Enter")
    expect(page.locator("#link-dialog")).to_be_hidden()
    assert '<a href="https://ok.example/x">a link</a>' in body(page)
    page.get_by_role("button", name="Keys").click()
    expect(page.locator("#keys")).to_contain_text("Tie the selected quotation to its source")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Story", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("tab", name="Pictures")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Pictures")).to_be_visible()
    assert not site.complaints


def test_nothing_in_the_way(site: Site) -> None:
    fill_library()
    desk = make_desk(body="<p>One said “we saw the car” and went.</p><h2>Later</h2><p>More.</p>")
    Draft.objects.filter(pk=desk.draft.pk).update(standing="in_review")
    page = site.page(desk.bob)
    wrong: list[str] = []
    for width, dark in FACES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(desk.url)
        page.wait_for_selector("html[data-writing=ready]")
        page.wait_for_function("document.querySelector('[data-dot=sources]').textContent")

        def look(
            what: str, face: str = f"{width}{'-dark' if dark else ''}", only: str = "color-contrast" * dark
        ) -> None:
            wrong.extend(f"{what} at {face}: {line}" for line in axe_problems(page, only))

        look("the text")
        for tab in ("Sources", "Checks"):
            page.get_by_role("tab", name=tab).click()
            look(tab)
        if width == 390:
            page.keyboard.press("Escape")
        page.locator('[data-command="newsimage"]').click()
        page.wait_for_selector("#picker-image .found-row")
        look("the picker")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"scrolled sideways at {width}")
    assert not wrong, "\n".join(wrong)
    assert not site.complaints
