"""What a page looks like, and whom it shuts out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

FACES = [(1280, False), (390, False), (390, True), (1280, True)]


def look_over(page: Any, name: str) -> None:
    """Look at the page that is open: on a phone and a desk, light and dark, and on the narrowest screen of all.

    Fails with one line for each thing that axe objects to, and when the page must be scrolled sideways. Dark differs
    from light by its colours alone, so only contrast is asked again there. Where ``PICTURES`` names a folder, each face
    is kept there as ``<name>-<width>[-dark].png``.
    """
    before = page.viewport_size
    problems: list[str] = []
    for width, dark in FACES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        face = f"{name}-{width}{'-dark' if dark else ''}"
        keep_picture(page, face)
        problems += [f"{face}: {line}" for line in axe_problems(page, "color-contrast" if dark else "")]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if over := page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            problems.append(f"{name} at {width} px scrolls sideways by {over} px: {page.evaluate(WIDEST)}")
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")
    assert not problems, "\n".join(problems)


WIDEST = """[...document.body.querySelectorAll("*")].filter(one => !one.closest("details:not([open]) > :not(summary)") && one.getBoundingClientRect().right > innerWidth + 1)
    .slice(-3).map(one => one.outerHTML.slice(0, 120)).join(" | ")"""


def axe_problems(page: Any, only: str = "") -> list[str]:
    """Return what axe objects to on this page, one line each; an empty list is the goal. Frames are pages of their own."""
    from axe_playwright_python.base import AXE_SCRIPT

    # Without "iframes" axe waits half a second for each frame, in which it is not.
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if only:
        options["runOnly"] = [only]
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [
        f"{problem['id']} ({problem['impact']}): {node['target']} {node['html'][:160]}"
        f" {node.get('failureSummary', '')[:300]}"
        for problem in found
        for node in problem["nodes"]
    ]


def keep_picture(page: Any, name: str) -> None:
    """Keep a picture of the whole page where ``PICTURES`` names a folder, to be looked at; otherwise do nothing."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
