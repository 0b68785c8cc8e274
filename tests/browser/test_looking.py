"""What the look over finds: it is the guard of every page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import glance, look_over

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="en"><title>A page</title><meta name="viewport" content="width=device-width">
<style>:root { color-scheme: light dark } body { color: #111; background: #fff; margin: 0 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #111 } } %s</style>
<main><h1>A page</h1><p class="words">Words.</p>%s</main></html>"""
SMALL = '<style>.dense a { display: inline-block; font-size: 8px; line-height: 9px }</style><nav class="dense"><a href="/a">a</a><a href="/b">b</a></nav>'


@pytest.mark.parametrize(
    ("style", "more", "found"),
    [
        ("", '<img src="data:,">', "image-alt"),
        (".words { color: #999 }", "", "page-1280: color-contrast"),
        ("@media (prefers-color-scheme: dark) { .words { color: #444 } }", "", "page-390-dark: color-contrast"),
        ("@media (max-width: 500px) { .words { color: #bbb } }", "", "page-390: color-contrast"),
        ("", SMALL, "page-1280: target-size"),
        (".words { width: 350px }", "", "page at 320 px scrolls sideways by 30 px"),
    ],
)
def test_what_is_wrong_is_found(chromium: Any, style: str, more: str, found: str) -> None:
    page = chromium.new_page()
    try:
        page.set_content(PAGE % ("", ""))
        look_over(page, "page")
        page.set_content(PAGE % (style, more))
        with pytest.raises(AssertionError, match=found):
            look_over(page, "page")
    finally:
        page.close()


def test_a_glance_finds_as_much(chromium: Any) -> None:
    page = chromium.new_page()
    try:
        page.set_content(PAGE % ("", ""))
        glance(page, "page")
        for style, more, found in (
            ("", '<img src="data:,">', "page-390: image-alt"),
            ("@media (prefers-color-scheme: dark) { .words { color: #444 } }", "", "page-1280-dark: color-contrast"),
            (".words { width: 350px }", "", "page at 320 px scrolls sideways by 30 px"),
            ("", SMALL, "page-390: target-size"),
        ):
            page.set_content(PAGE % (style, more))
            with pytest.raises(AssertionError, match=found):
                glance(page, "page")
    finally:
        page.close()
