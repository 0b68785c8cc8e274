"""The cleaner before a real browser: the page's policy allows everything, so that nothing but the cleaning protects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsroom import blocks
from tests.blocks.hostile import VECTORS
from tests.blocks.test_clean import ALLOWED

pytestmark = pytest.mark.browser
ORIGIN = "http://desk.example"

# Puts each text into the document three ways: as the page itself wrote it, by innerHTML and into a shadow root; then
# touches everything that is there, as a person or a script of the page would.
TRY = """
async (bodies) => {
  const report = [];
  for (const [name, html] of bodies) {
    window.__hit = 0;
    const before = new Set(Object.keys(window));
    const places = [document.createElement("div"), document.createElement("div")];
    document.body.append(...places);
    places[0].innerHTML = html;
    places[1].attachShadow({ mode: "open" }).innerHTML = html;
    const made = [...places[0].querySelectorAll("*")];
    for (const element of made) {
      for (const type of ["click", "mouseover", "mouseenter", "focus", "focusin", "toggle", "pointerover", "input", "load", "error"]) {
        element.dispatchEvent(new Event(type, { bubbles: false, cancelable: true }));
      }
      if (element.tagName === "A") {
        if (element.protocol === "javascript:") { element.click(); window.__hit += 1; }
        element.addEventListener("click", (event) => event.preventDefault(), { once: true });
        element.click();
      }
    }
    await new Promise((done) => setTimeout(done, 4));
    report.push({
      name, hit: window.__hit,
      tags: [...new Set(made.map((element) => element.localName))],
      foreign: made.some((element) => element.namespaceURI !== "http://www.w3.org/1999/xhtml"),
      attributes: [...new Set(made.flatMap((element) => [...element.attributes].map((one) => `${element.localName} ${one.name}`)))],
      links: made.filter((element) => element.localName === "a").map((element) => [element.protocol, element.hostname, element.username]),
      clobbered: Object.keys(window).filter((key) => !before.has(key)),
      same: blockless(places[0].innerHTML) === blockless(html),
    });
    places.forEach((place) => place.remove());
  }
  return report;
  function blockless(text) { return text.replace(/&quot;/g, '"').replace(/\\u00a0|&nbsp;/g, " "); }
}
"""


def open_page(chromium: Any, html: str = "") -> tuple[Any, list[str]]:
    """A page without any policy. Every request but the page itself is written down and refused."""
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []

    def answer(route: Any) -> None:
        if route.request.url == f"{ORIGIN}/":
            body = f"<!doctype html><meta charset=utf-8><title>x</title><body><main>{html}</main></body>"
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(f"{ORIGIN}/")
    return page, asked


def test_no_cleaned_text_acts(chromium: Any) -> None:
    cleaned = [(name, blocks.clean(html)) for name, html in VECTORS.items()]
    page, asked = open_page(chromium)
    report = page.evaluate(TRY, cleaned)
    assert len(report) == len(VECTORS)
    for found in report:
        assert found["hit"] == 0, found
        assert set(found["tags"]) <= ALLOWED.keys(), found
        assert not found["foreign"], found
        assert set(found["attributes"]) <= {f"{tag} {name}" for tag in ALLOWED for name in ALLOWED[tag]}, found
        assert not found["clobbered"], found
        assert found["same"], f"the browser reads it otherwise than the server wrote it: {found['name']}"
        for protocol, host, user in found["links"]:
            assert protocol in ("http:", "https:", "mailto:", "tel:"), found
            assert "evil" not in host, found
            assert not user, found
    assert asked == []
    page.context.close()


def test_no_cleaned_text_acts_as_part_of_the_page(chromium: Any) -> None:
    """Not by a script: parsed with the page, one after another, so that nothing may stay open behind it."""
    cleaned = [blocks.clean(html) for html in VECTORS.values()]
    html = "".join(f'<section data-end="{number}">{body}</section>' for number, body in enumerate(cleaned))
    page, asked = open_page(chromium, html)
    assert page.evaluate("window.__hit") is None
    assert page.evaluate("document.querySelectorAll('main > section[data-end]').length") == len(VECTORS)
    assert asked == []
    page.context.close()


def test_the_page_sees_what_acts(chromium: Any) -> None:
    """The same page with the texts as they came: if nothing acted there, the tests above could not fail."""
    page, asked = open_page(chromium)
    acting, asking = 0, 0
    for name in ("img-onerror", "p-onclick", "javascript", "details", "video", "image-alias", "svg-animate", "custom"):
        acting += page.evaluate(TRY, [(name, VECTORS[name])])[0]["hit"] > 0
    for name in ("img", "iframe", "style", "link", "object", "style-attribute"):
        before = len(asked)
        page.evaluate(TRY, [(name, VECTORS[name])])
        for _ in range(40):
            if len(asked) > before:
                break
            page.wait_for_timeout(50)  # some never ask
        asking += len(asked) > before
    assert acting >= 6
    assert asking >= 4, json.dumps(asked)
    clobbering = page.evaluate(TRY, [("clobber-id", VECTORS["clobber-id"])])[0]
    assert "p id" in clobbering["attributes"]
    page.context.close()
