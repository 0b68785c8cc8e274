"""Every key in the list of the writing screen works, and none works that is not in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from articles.desk.writing_keys import KEYS
from articles.models import Note
from newsroom.deskui.keys import EVERYWHERE
from tests.browser import Site, until
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.writing.conftest import Desk, make_desk
from tests.writing.screen import body, caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What CKEditor listens to beside its own typing, as our list prints it.
LISTENS = """() => Object.entries(writing.editor.keystrokeHandler.keystrokes).filter(([, command]) => command).map(([code]) => {
  const key = code & 0xFFFF, name = { 13: "Enter", 38: "↑", 40: "↓", 121: "F10" }[key] || String.fromCharCode(key);
  return [code & CKEDITOR.CTRL && "Ctrl", code & CKEDITOR.ALT && "Alt", code & CKEDITOR.SHIFT && "Shift", name].filter(Boolean).join(" "); })"""
BY_SCREEN = "[...document.querySelectorAll('#keys dt')].map((one) => one.textContent.trim().replace(/\\s+/g, ' '))"


def dialog_opens(page: Any, key: str, name: str) -> None:
    page.keyboard.press(key)
    expect(page.locator(name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(name)).to_be_hidden()


class Hands:
    """One method for each key, in the order of the list where one prepares the next."""

    def __init__(self, page: Any, desk: Desk) -> None:
        self.page, self.desk, self.type = page, desk, page.keyboard.type

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, look: Callable[[], object], what: str) -> None:
        until(look, f"{what}: {body(self.page)}", seconds=10)

    def line(self, words: str) -> None:
        caret_at_end(self.page)
        self.press("Enter")
        self.type(words)

    def select_block(self) -> None:
        self.page.locator("[data-block=image]").click(position={"x": 60, "y": 12})
        expect(self.page.locator(".cke_widget_focused")).to_have_count(1)
        expect(self.page.locator(".body")).to_be_focused()

    def save(self) -> None:
        self.line("Saved by key.")
        save(self.page)

    def undo(self) -> None:
        self.line("Undone.")
        self.until(lambda: (self.press("Control+z"), "Undone." not in body(self.page))[1], "undone")

    def redo(self, key: str) -> None:
        self.line("Again.")
        self.press("Control+z", "Control+z", "Control+z")
        self.until(lambda: "Again." not in body(self.page), "undone")
        self.until(lambda: (self.press(key), "Again." in body(self.page))[1], "done again")

    def style(self, key: str, tag: str) -> None:
        self.line("Plain ")
        self.press(key)
        self.type(tag)
        self.press(key)
        self.until(lambda: f"<{tag}>{tag}</{tag}>" in body(self.page), tag)

    def paste_words(self) -> None:
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.evaluate(
            """() => navigator.clipboard.write([new ClipboardItem({ "text/html": new Blob(["<b>Bare</b> words"], { type: "text/html" }), "text/plain": new Blob(["Bare words"], { type: "text/plain" }) })])"""
        )
        self.line("Pasted: ")
        self.press("Control+Shift+v")
        self.until(lambda: "Bare words" in body(self.page), "the words alone")

    def tie(self) -> None:
        caret_at_end(self.page)
        dialog_opens(self.page, "Alt+Shift+s", "#picker-quotation")

    def link(self) -> None:
        caret_at_end(self.page)
        dialog_opens(self.page, "Alt+Shift+l", "#link-dialog")

    def note(self) -> None:
        caret_at_end(self.page)
        save(self.page)
        expect(self.page.locator("#note-paragraph")).to_contain_text("Pasted", timeout=15_000)
        self.press("Alt+Shift+n")
        expect(self.page.locator("#note-words")).to_be_focused()

    def keep_note(self) -> None:
        self.type("A note by key.")
        self.press("Control+Enter")
        until(lambda: Note.objects.filter(story=self.desk.story).exists(), "the note is kept", seconds=10)

    def edit_block(self) -> None:
        self.select_block()
        dialog_opens(self.page, "Alt+Shift+e", "#picker-image")

    def move_block(self, key: str, step: int) -> None:
        before = body(self.page).index("data-block")
        self.select_block()
        self.press(key)
        self.until(lambda: (body(self.page).index("data-block") - before) * step > 0, "moved")

    def beside(self) -> None:
        self.page.locator(".body > p").first.click()
        self.press("Home", "ArrowLeft")
        self.page.locator(".body > p").first.click()
        self.press("End", "ArrowRight")
        expect(self.page.locator(".cke_widget_focused")).to_have_count(1)

    def enter(self) -> None:
        self.select_block()
        self.press("Enter")
        self.type("Below.")
        assert body(self.page).index("Below.") > body(self.page).index("data-block")
        self.page.get_by_label("Headline", exact=True).press("Enter")
        expect(self.page.get_by_label("Standfirst", exact=True)).to_be_focused()

    def shift_enter(self) -> None:
        self.select_block()
        self.press("Shift+Enter")
        self.type("Above.")
        assert body(self.page).index("Above.") < body(self.page).index("data-block")
        self.line("One")
        self.press("Shift+Enter")
        self.type("two")
        self.until(lambda: "One<br />two" in "".join(body(self.page).splitlines()), "a new line")

    def list_step(self, key: str, inner: bool) -> None:
        if inner:
            self.line("point")
            self.page.locator("[data-command=bulletedlist]").click()
            self.press("Enter")
            self.type("inner")
        self.press(key)
        nested = ".body li li"
        self.until(lambda: bool(self.page.locator(nested).count()) == inner, "a step")

    def toolbar(self) -> None:
        caret_at_end(self.page)
        self.press("Alt+F10")
        expect(self.page.locator("#text-style")).to_be_focused()
        self.press("ArrowRight")
        expect(self.page.locator("[data-command=bold]")).to_be_focused()
        self.press("Escape")
        expect(self.page.locator(".body")).to_be_focused()

    def tabs(self) -> None:
        self.page.get_by_role("tab", name="Story", exact=True).click()
        self.page.get_by_role("tab", name="Story", exact=True).focus()
        for key, name in (("ArrowDown", "Pictures"), ("ArrowUp", "Story")):
            self.press(key)
            expect(self.page.get_by_role("tab", name=name, exact=name == "Story")).to_be_focused()
        if not self.page.locator("#rail-story").is_visible():
            self.press("Space")

    def name(self, key: str, first: str) -> None:
        rows = self.page.locator("[data-bylines] > li:has(:checked)")
        row = rows.filter(has_text="Bob Barrow")
        row.get_by_role("checkbox").focus()
        self.press(key)
        expect(rows.first).to_contain_text(first)


def test_each_key(site: Site) -> None:
    desk = make_desk(
        body=f'<p>First.</p><div data-block="image" data-id="{pictures.image_placement().pk}"></div><p>Last.</p>'
    )
    desk.story.bylines.create(person=desk.bob, position=1)
    person("reporter", name="Eve Eccles")
    page = open_desk(site, desk)
    page.wait_for_selector("[data-block=image]")
    hands = Hands(page, desk)
    presses: dict[str, Callable[[], None]] = {
        "Ctrl S": hands.save,
        "Ctrl Z": hands.undo,
        "Ctrl Y": lambda: hands.redo("Control+y"),
        "Ctrl Shift Z": lambda: hands.redo("Control+Shift+z"),
        "Ctrl B": lambda: hands.style("Control+b", "strong"),
        "Ctrl I": lambda: hands.style("Control+i", "em"),
        "Ctrl Shift V": hands.paste_words,
        "Alt Shift L": hands.link,
        "Alt Shift S": hands.tie,
        "Alt Shift N": hands.note,
        "Ctrl Enter": hands.keep_note,
        "Alt Shift E": hands.edit_block,
        "Alt Shift ↑": lambda: hands.move_block("Alt+Shift+ArrowUp", -1),
        "Alt Shift ↓": lambda: hands.move_block("Alt+Shift+ArrowDown", 1),
        "← →": hands.beside,
        "Enter": hands.enter,
        "Shift Enter": hands.shift_enter,
        "Tab": lambda: hands.list_step("Tab", True),
        "Shift Tab": lambda: hands.list_step("Shift+Tab", False),
        "Alt F10": hands.toolbar,
        "↑ ↓": hands.tabs,
        "Alt ↑": lambda: hands.name("Alt+ArrowUp", "Bob Barrow"),
        "Alt ↓": lambda: hands.name("Alt+ArrowDown", "Alice Ashdown"),
    }
    assert [key.keys for key in KEYS] == list(presses)
    for press in presses.values():
        press()
    dialog_opens(page, "Control+k", "#palette")
    assert set(page.evaluate(LISTENS)) <= set(presses)
    page.get_by_role("button", name="Keys").click()
    shown = page.evaluate(BY_SCREEN)
    assert shown[: len(EVERYWHERE) + len(KEYS)] == [key.keys for key in (*EVERYWHERE, *KEYS)]
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Story", exact=True).focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not site.complaints
