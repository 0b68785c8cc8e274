"""Notes in a browser: on the paragraph of the caret, with a name completed, answered, resolved; nothing half-written lost."""

from __future__ import annotations

from typing import Any

import pytest

from articles.models import Note
from newsroom.notices.models import Notice
from tests.browser import Site, axe_problems, keep_picture, look_over, until
from tests.factories import articles as make
from tests.factories.accounts import person
from tests.writing.screen import hold_answers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BODY = "<p>The gates opened at nine.</p><p>By noon the queue reached the river.</p><p>Nobody counted it.</p>"


def ready(window: Any) -> None:
    window.wait_for_selector("html[data-writing=ready]")


def test_a_question_on_a_paragraph(site: Site) -> None:
    alice, bob = person("reporter"), person("editor")
    person("legal"), person("editor", name="Bobbie Ames"), person("marketing")
    told = make.story(owner=alice, headline="The gates open", body=BODY)
    make.note(told, paragraph="gone", stood_on="A rumour about the river.", words="Out with it?", by=bob)
    make.note(told, words="Run it on Friday.", by=bob, resolved=True)
    window = site.page(alice)
    window.goto(f"/desk/stories/{told.pk}/")
    ready(window)

    # The caret's paragraph, by its key; a name by two letters and Enter.
    window.get_by_role("textbox", name="Body").get_by_text("By noon the queue").click()
    window.keyboard.press("Alt+Shift+N")
    words = window.get_by_label("What should be said")
    assert window.evaluate("document.activeElement.id") == "note-words"
    chosen = window.locator("#note-paragraph")
    assert chosen.input_value() == told.draft.head.paragraph_keys[1]
    words.press_sequentially("@bar")
    window.get_by_role("option", name="Bob Barrow").wait_for()
    assert window.get_by_role("option").filter(has_text="Erin").count() == 0
    look_over(window, "notes-names")
    words.focus()
    words.press_sequentially("r")
    window.get_by_role("option", name="Bob Barrow").wait_for()
    window.keyboard.press("Enter")
    words.press_sequentially("who counted?")
    hold_answers(window, f"/desk/stories/{told.pk}/notes/new/")
    window.keyboard.press("Control+Enter")
    until(lambda: Note.objects.count() == 3, "the note is kept; the page does not know yet")
    window.get_by_role("textbox", name="Body").get_by_text("By noon the queue").click()
    window.evaluate("letGo()")
    window.get_by_text("The note is kept.").wait_for()
    assert window.evaluate("document.activeElement.isContentEditable"), "who writes on is not fetched back to the note"
    note = Note.objects.latest("pk")
    assert note.stood_on == "By noon the queue reached the river."
    assert note.entries.get().words == "@Bob Barrow who counted?"
    assert Notice.objects.get().person == bob
    assert window.locator('[data-dot="notes"]').inner_text() == "2"
    assert window.locator(".note-marks").get_by_text("1 note").count() == 1
    look_over(window, "notes-tab")

    # On a phone the panel opens over the text.
    window.set_viewport_size({"width": 390, "height": 844})
    window.locator("#tab-notes").click()
    window.locator(f"#note-{note.pk}").wait_for()
    keep_picture(window, "notes-phone")
    assert axe_problems(window) == []
    window.set_viewport_size({"width": 1280, "height": 900})

    # Half an answer survives another note's being resolved.
    thread = window.locator(f"#note-{note.pk}")
    thread.locator("summary", has_text="Answer").click()
    thread.get_by_label("Your answer").fill("Half a thought")
    window.locator(".thread", has_text="A rumour about the river").get_by_role("button", name="Resolve").click()
    window.get_by_text("2 resolved").wait_for()
    assert thread.get_by_label("Your answer").input_value() == "Half a thought"
    assert thread.get_by_label("Your answer").is_visible()
    thread.get_by_role("button", name="Keep the answer").click()
    thread.locator(".entry .spoken", has_text="Half a thought").wait_for()
    assert note.entries.count() == 2

    # Her own words: changed in place, the earlier ones a click away; a half-changed one survives another's doing.
    own = thread.locator(".entry").first
    own.locator("summary", has_text="Edit").click()
    own.get_by_label("Your note").fill("@Bob Barrow who counted them?")
    thread.locator("summary", has_text="Answer").click()
    thread.get_by_label("Your answer").fill("A slip")
    thread.get_by_role("button", name="Keep the answer").click()
    thread.locator(".entry .spoken", has_text="A slip").wait_for()
    assert own.get_by_label("Your note").input_value() == "@Bob Barrow who counted them?"
    look_over(window, "notes-editing")
    own.get_by_role("button", name="Keep the new words").click()
    own.get_by_text("Edited").wait_for()
    assert own.locator(".spoken").inner_text() == "@Bob Barrow who counted them?"
    own.locator("summary", has_text="Edited").click()
    assert own.get_by_text("@Bob Barrow who counted?", exact=True).is_visible()
    slip = thread.locator(".entry", has_text="A slip")
    slip.locator("summary", has_text="Delete").press("Enter")
    slip.get_by_role("button", name="Delete the note").press("Enter")
    thread.get_by_text("Note deleted by Alice Ashdown").wait_for()
    assert Notice.objects.filter(person=bob).count() == 1, "told once, and of nothing that was deleted"

    # The notice leads the editor to the note, and from there to the text.
    desk = site.page(bob)
    desk.goto("/desk/notices/")
    desk.get_by_role("link", name="Alice Ashdown named you").click()
    desk.wait_for_url(f"**/notes/#note-{note.pk}")
    look_over(desk, "notes-page")
    desk.locator(f"#note-{note.pk}").get_by_role("button", name="Resolve").click()
    desk.get_by_text("Every note is resolved.").wait_for()
    desk.get_by_role("link", name="Open the story").click()
    ready(desk)
    assert desk.locator("#tab-notes").get_attribute("aria-selected") == "true"
    assert site.complaints == []


def test_without_a_script(site: Site) -> None:
    alice = person("reporter")
    told = make.story(owner=alice, body=BODY)
    window = site.page(alice, java_script_enabled=False)
    window.goto(f"/desk/stories/{told.pk}/")
    window.get_by_label("A note on").select_option(label="Nobody counted it.")
    window.get_by_label("What should be said").fill("Then who says so?")
    window.get_by_role("button", name="Keep the note").click()
    window.locator(".entry .spoken", has_text="Then who says so?").wait_for()
    assert Note.objects.get().stood_on == "Nobody counted it."


def test_what_the_desk_did_not_take_is_still_there(site: Site) -> None:
    alice = person("reporter")
    told = make.story(owner=alice, body=BODY)
    window = site.page(alice)
    window.goto(f"/desk/stories/{told.pk}/")
    ready(window)
    window.locator("#tab-notes").click()
    window.get_by_label("What should be said").fill("A thought")
    window.context.set_offline(True)
    window.get_by_role("button", name="Keep the note").click()
    window.get_by_text("no connection").wait_for()
    window.context.set_offline(False)
    assert window.get_by_label("What should be said").input_value() == "A thought"
    window.get_by_role("button", name="Keep the note").click()
    window.get_by_text("The note is kept.").wait_for()
    assert Note.objects.count() == 1
