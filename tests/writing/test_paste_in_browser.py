"""What is pasted from Word, Google Docs and web pages arrives clean, by a real paste in Chromium, kept by the real site."""

from __future__ import annotations

import re

import pytest

from newsroom import blocks
from tests.browser import Site, until
from tests.writing.clipboards import ALL
from tests.writing.conftest import make_desk
from tests.writing.screen import body, caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOREIGN = re.compile(
    r"style=|class=|mso|javascript|evil|alert|file:|<span|<o:|docs-internal|<img|onclick", re.IGNORECASE
)
PASTE = """([html, plain]) => { const data = new DataTransfer(); if (html) data.setData("text/html", html); data.setData("text/plain", plain);
  document.querySelector(".body").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""


def test_pasted(site: Site) -> None:
    desk = make_desk(body="<p>Before.</p>")
    page = open_desk(site, desk)
    wrong = []
    for clipboard in ALL:
        page.evaluate("writing.editor.setData('<p>Before.</p>')")
        until(lambda: body(page).strip() == "<p>Before.</p>", "the text is as it was", seconds=15)
        caret_at_end(page)
        page.keyboard.press("Enter")
        page.evaluate(PASTE, [clipboard.html, clipboard.plain])
        until(lambda: "Before.</p>" in body(page) and len(body(page)) > 30, f"pasted from {clipboard.name}", seconds=20)
        save(page)
        stored = desk.head.body
        if stored != f"<p>Before.</p>\n{clipboard.stored}":
            wrong.append(f"{clipboard.name}:\n{stored}\n!=\n<p>Before.</p>\n{clipboard.stored}")
        assert not FOREIGN.search(stored), stored
        assert blocks.clean(body(page)) == stored, "the server took away nothing that the writer saw"
    assert not wrong, "\n\n".join(wrong)
    assert not site.complaints
