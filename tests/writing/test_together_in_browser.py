"""Two people in one story, and words that must survive whatever happens to the page, in Chromium on the real site."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from articles import workflow
from articles.models import Clash, Draft
from tests.browser import Site, axe_problems, look_over, until
from tests.factories import articles as stories
from tests.factories import media_assets as pictures
from tests.writing.conftest import AT, make_desk
from tests.writing.screen import body, caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THREE = "<p>The gates opened at nine.</p>\n<p>By noon the queue reached the river.</p>\n<p>Then the rain came.</p>"


def saved(page: Any) -> None:
    """By itself: nobody presses anything."""
    until(lambda: not page.evaluate("writing.dirty()"), "the page saves by itself", seconds=10)
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")


def into(page: Any, words: str) -> None:
    """The caret to the end of the paragraph with these words."""
    page.locator(".body > *", has_text=words).click()
    page.keyboard.press("End")


def test_saved_by_itself_within_two_seconds(site: Site) -> None:
    desk = make_desk()
    page = open_desk(site, desk)
    caret_at_end(page)
    page.keyboard.type(" And the band played.")
    until(lambda: "band played" in desk.head.body, "the words are on the desk", seconds=4)
    saved(page)
    first = desk.head.number
    for words in (" On.", " And on."):
        page.keyboard.type(words)
        until(lambda words=words: words.strip() in desk.head.body, "saved again", seconds=6)
    assert desk.head.number == first, "a state amended, no noise in the history"
    assert not desk.head.by_hand
    save(page)
    assert (desk.head.number, desk.head.by_hand) == (first, True)
    assert not site.complaints


def test_two_people_write_in_different_paragraphs(site: Site) -> None:
    desk = make_desk(body=THREE)
    hers, his = open_desk(site, desk), open_desk(site, desk, desk.bob)
    into(hers, "gates")
    hers.keyboard.type(" Hers.")
    into(his, "rain")
    his.keyboard.press("Enter")
    his.keyboard.type("His own paragraph.")
    his.get_by_label("Headline", exact=True).fill("His headline")
    for page in (hers, his):
        until(lambda page=page: "Hers." in body(page) and "His own" in body(page), "each has the other's", seconds=20)
    saved(hers)
    saved(his)
    expect(hers.get_by_label("Headline", exact=True)).to_have_value("His headline")
    assert desk.head.body == (
        "<p>The gates opened at nine. Hers.</p>\n<p>By noon the queue reached the river.</p>\n"
        "<p>Then the rain came.</p>\n<p>His own paragraph.</p>"
    )
    assert body(hers) == body(his)
    assert not Clash.objects.exists()
    # Each sees the other, and where: he is in the headline, she goes to the second paragraph.
    expect(his.locator("#faces")).to_have_attribute("aria-label", "Also here: Alice Ashdown")
    into(hers, "noon")
    there = "([bar, text]) => Math.abs(bar.getBoundingClientRect().top - text.getBoundingClientRect().top) < 4"

    def beside() -> bool:
        bars = his.locator("#heres .at").element_handles()
        noon = his.locator(".body > *", has_text="noon").element_handle()
        return len(bars) == 1 and his.evaluate(there, [bars[0], noon])

    until(beside, "a bar beside her paragraph", seconds=15)
    expect(his.locator("#heres .tag")).to_have_text("Alice")
    expect(hers.locator(".line.peer")).to_have_count(1)
    # An undo takes out one's own words, never the other's.
    hers.keyboard.type("x")
    hers.keyboard.press("Control+z")
    hers.keyboard.press("Control+z")
    assert "His own" in body(hers)
    hers.close()
    until(lambda: his.locator("#faces").is_hidden(), "she has gone", seconds=45)
    assert not site.complaints


def test_the_same_paragraph_shows_both_and_a_choice(site: Site) -> None:
    desk = make_desk(body=THREE)
    hers, his = open_desk(site, desk), open_desk(site, desk, desk.bob)
    hers.context.set_offline(True)
    into(hers, "gates")
    hers.keyboard.type(" Hers.")
    into(his, "gates")
    his.keyboard.type(" His.")
    saved(his)
    hers.context.set_offline(False)
    panel = hers.locator("#clashes")
    expect(panel).to_contain_text("One place was changed by two people at once.", timeout=30_000)
    assert "nine. Hers.</p>" in body(hers), "what she types in stays before her eyes"
    assert "nine. His.</p>" in desk.head.body, "and the story says his until somebody chooses"
    assert axe_problems(hers) == []
    hers.keyboard.type(" And more of hers.")
    until(lambda: "more of hers" in Clash.objects.get().yours, "her words are kept on the desk", seconds=10)
    assert "Hers" not in desk.head.body
    panel.get_by_role("button", name="Use both").click()
    saved(hers)
    expect(panel.locator("form")).to_have_count(0)
    wanted = "<p>The gates opened at nine. His.</p>\n<p>The gates opened at nine. Hers. And more of hers.</p>"
    until(
        lambda: desk.head.body.startswith(wanted),
        f"both, one after the other: {desk.head.body} / {body(hers)}",
        seconds=10,
    )
    assert Clash.objects.get().choice == "both"
    until(lambda: body(his) == body(hers), "he sees it too", seconds=20)
    assert not site.complaints


@pytest.mark.parametrize(("choice", "words"), [("yours", "nine. Hers."), ("theirs", "nine. His.")])
def test_a_choice_after_the_laptop_was_closed(site: Site, choice: str, words: str) -> None:
    """A new page shows the clash of the old one, and settles it by the same buttons."""
    desk = make_desk(body=THREE)
    hers, his = open_desk(site, desk), open_desk(site, desk, desk.bob)
    into(hers, "gates")
    hers.evaluate("clearTimeout")  # both have read the same beginning
    into(his, "gates")
    his.keyboard.type(" His.")
    hers.keyboard.type(" Hers.")
    until(lambda: Clash.objects.exists(), "they clash", seconds=15)
    late = Clash.objects.get()
    page = hers if late.person == desk.alice else his
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("html[data-writing=ready]")
    page.locator("#clashes").get_by_role("button", name="Use this").nth(
        0 if (choice == "yours") == (late.person == desk.alice) else 1
    ).click()
    until(lambda: not Clash.objects.filter(choice="").exists(), "chosen", seconds=10)
    assert words in desk.head.body
    assert desk.head.body.count("gates") == 1
    assert not site.complaints


def test_the_laptop_is_closed_in_mid_sentence(site: Site) -> None:
    desk = make_desk(body=THREE)
    page = open_desk(site, desk)
    page.context.set_offline(True)
    into(page, "rain")
    page.keyboard.type(" And nobody ran, bec")
    page.wait_for_timeout(500)
    kept = page.context.storage_state()["origins"]
    page.context.close()
    # Meanwhile a colleague changes something else.
    other = open_desk(site, desk, desk.bob)
    into(other, "noon")
    other.keyboard.type(" Of Bob.")
    saved(other)
    again = site.page(desk.alice, storage_state={"cookies": [], "origins": kept})
    again.goto(desk.url)
    again.wait_for_selector("html[data-writing=ready]")
    again.get_by_role("button", name="Look at it").click()
    again.get_by_role("button", name="Put it back into the form").click()
    until(lambda: "nobody ran, bec" in desk.head.body, "the words are back on the desk", seconds=10)
    assert "Of Bob." in desk.head.body
    until(lambda: "Of Bob." in body(again), "and both are on the page", seconds=10)
    assert not Clash.objects.exists()
    assert not site.complaints


def test_the_network_comes_and_goes(site: Site) -> None:
    desk = make_desk(body=THREE)
    page = open_desk(site, desk)
    page.context.set_offline(True)
    into(page, "rain")
    page.keyboard.type(" Under cover.")
    expect(page.locator("#trouble")).to_contain_text("saved as soon as the desk is there again", timeout=10_000)
    expect(page.locator("#saved")).to_have_attribute("data-state", "trouble")
    page.keyboard.type(" More.")
    page.context.set_offline(False)
    until(lambda: "Under cover. More." in desk.head.body, "saved without a press", seconds=15)
    saved(page)
    expect(page.locator("#trouble")).to_be_empty()


def test_signed_out_and_in_again_in_another_tab(site: Site) -> None:
    desk = make_desk(body=THREE)
    page = open_desk(site, desk)
    page.context.clear_cookies()
    into(page, "rain")
    page.keyboard.type(" Still here.")
    expect(page.locator("#trouble")).to_contain_text("you are signed out", timeout=10_000)
    site.sign_in(page.context, desk.alice)
    until(lambda: "Still here." in desk.head.body, "saved by itself after the sign-in", seconds=20)


def test_an_approved_draft_is_not_changed_by_a_stray_key(site: Site) -> None:
    desk = make_desk(body=THREE, lead_image=pictures.image_placement())
    draft = desk.draft
    page = open_desk(site, desk)
    workflow.submit(draft=desk.draft, person=desk.alice, expected_version=desk.draft.version, at=AT)
    workflow.approve(draft=desk.draft, person=desk.bob, expected_version=desk.draft.version, at=AT)
    into(page, "rain")
    page.keyboard.type(" A stray key.")
    alarm = page.locator("#trouble")
    expect(alarm).to_contain_text("Bob Barrow approved this draft", timeout=10_000)
    page.keyboard.type(" Another.")
    page.wait_for_timeout(2500)
    assert desk.draft.standing == Draft.Standing.APPROVED
    assert "stray" not in desk.head.body
    alarm.get_by_role("button", name="Save and ask for a new approval").click()
    until(lambda: "A stray key. Another." in desk.head.body, "saved", seconds=10)
    draft.refresh_from_db()
    assert (draft.standing, draft.approved_by) == (Draft.Standing.IN_REVIEW, None)
    assert not [one for one in site.complaints if "409" not in one]


def test_how_it_looks_and_what_an_idle_page_is_told(site: Site) -> None:
    """A clash in the making, pictures in dispute, a colleague's choice before an idle page's eyes, and the history."""
    desk = make_desk(body=THREE, lead_image=pictures.image_placement(caption="The queue at the river gate."))
    hers, his = open_desk(site, desk), open_desk(site, desk, desk.bob)
    hers.context.set_offline(True)
    into(hers, "gates")
    hers.keyboard.type(" Hers, and quite a few words more.")
    into(his, "gates")
    his.keyboard.type(" His.")
    saved(his)
    into(his, "noon")
    stories.clash(
        desk.draft,
        place="lead_image",
        yours=str(pictures.image_placement(caption="The gates, an hour before.").pk),
        theirs=str(desk.head.lead_image_id),
    )
    stories.clash(
        desk.draft,
        place=desk.head.paragraph_keys[2],
        position=3,
        yours='<p>Then the <strong>rain</strong> <a href="/weather/">came</a>.</p>',
        theirs=desk.head.body.split("\n")[2],
    )
    hers.context.set_offline(False)
    expect(hers.locator("#clashes form")).to_have_count(3, timeout=30_000)
    until(lambda: hers.locator("#heres .at").count() == 1, "he is shown", seconds=20)
    look_over(hers, "writing-two")
    # He chooses his own; her page, in which she types nothing more, goes on in it and says who chose.
    paragraph = his.locator("#clashes form", has_text="Hers, and quite")
    expect(paragraph).to_have_count(1, timeout=20_000)
    paragraph.get_by_role("button", name="Use this").nth(1).click()
    until(lambda: Clash.objects.filter(choice="theirs").exists(), "he has chosen", seconds=10)
    expect(hers.get_by_text("Paragraph 1: Bob Barrow chose their own text.")).to_be_visible(timeout=20_000)
    until(lambda: body(hers) == body(his), f"she sees it: {body(hers)}", seconds=20)
    into(hers, "rain")
    hers.keyboard.type(" Later.")
    saved(hers)
    assert "nine. His.</p>" in desk.head.body
    assert not Clash.objects.filter(choice="", published=None, pen__gt="").exists(), "settled is settled"
    expect(hers.locator("#rail-checks")).to_contain_text("two texts wait for a choice")
    editor = site.page(desk.bob)
    for name, address in (("history-clash", f"{desk.url}history/"), ("board-clash", "/desk/stories/")):
        editor.goto(f"{site.url}{address}" if address.startswith("/") else address)
        look_over(editor, name)
    assert not site.complaints
