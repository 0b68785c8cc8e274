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
    What is pressed must be large enough (24 px) or stand apart, light at both widths.
    """
    before = page.viewport_size
    problems: list[str] = []
    for width, dark in FACES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        face = f"{name}-{width}{'-dark' if dark else ''}"
        keep_picture(page, face)
        problems += [
            f"{face}: {line}" for line in axe_problems(page, "color-contrast" if dark else "", targets=not dark)
        ]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        problems += sideways(page, name, width)
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")
    assert not problems, "\n".join(problems)


def glance(page: Any, name: str) -> None:
    """Look at the page that is open once: everything on a phone in light, colours on a desk in the dark, and whether it
    must be scrolled sideways on the narrowest screen. For pages that are the same components again and again; pictures
    are kept as by ``look_over``.
    """
    problems: list[str] = []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 900})
        problems += sideways(page, name, width)
    keep_picture(page, f"{name}-390")
    problems += [f"{name}-390: {line}" for line in axe_problems(page, targets=True)]
    page.set_viewport_size({"width": 1280, "height": 900})
    keep_picture(page, f"{name}-1280")
    page.emulate_media(color_scheme="dark")
    keep_picture(page, f"{name}-1280-dark")
    problems += [f"{name}-1280-dark: {line}" for line in axe_problems(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    assert not problems, "\n".join(problems)


def sideways(page: Any, name: str, width: int) -> list[str]:
    """Say by how much the page must be scrolled sideways at this width, and for what."""
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{name} at {width} px scrolls sideways by {over} px: {page.evaluate(WIDEST)}"] if over else []


WIDEST = """[...document.body.querySelectorAll("*")].filter(one => !one.closest("details:not([open]) > :not(summary)") && one.getBoundingClientRect().right > innerWidth + 1)
    .slice(-3).map(one => one.outerHTML.slice(0, 120)).join(" | ")"""


def axe_problems(page: Any, only: str = "", *, targets: bool = False) -> list[str]:
    """Return what axe objects to on this page, one line each; an empty list is the goal. Frames are pages of their own.

    targets: also that what is pressed is large enough or stands apart (WCAG 2.2), which axe leaves out by itself.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    # Without "iframes" axe waits half a second for each frame, in which it is not.
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if targets:
        options["rules"] = {"target-size": {"enabled": True}}
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


# Whether what has the focus shows it: a ring of its own or around what it stands in, in a colour that is not the ground's,
# on the screen, and with nothing on top.
RINGED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return false;
  for (let each = one; each && each !== document.body; each = each.parentElement) {
    const style = getComputedStyle(each);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) continue;
    if (each !== one && !each.matches(":has(:focus-visible)")) continue;
    const box = one.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return false;
    const top = document.elementFromPoint(Math.min(Math.max(x, 0), innerWidth - 1), Math.min(Math.max(y, 0), innerHeight - 1));
    return !top || one.contains(top) || top.contains(one) || one.labels?.[0]?.contains(top);
  }
  return false;
}"""
