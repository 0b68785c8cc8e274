"""The shell in a browser: keys, palette, toasts, menus, the bar of a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import Site, look_over
from tests.factories.accounts import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_shell_by_keyboard_and_on_a_phone(site: Site) -> None:
    frank = person("administrator", "editor", "marketing")
    page = site.page(frank)
    page.goto("/desk/help/")
    look_over(page, "help")

    # The first stop of the Tab key skips the menu.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    # Ctrl+K, some letters, Enter: there. Escape gives the focus back.
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").wait_for()
    look_over(page, "palette")
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("your sett")
    assert active_option(page) == "You and your settings"
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/me/")
    page.keyboard.press("Control+k")
    page.keyboard.type("nothing has this name")
    page.get_by_text("Search for “nothing has this name”").wait_for()  # the way to every word; nothing else is found
    page.keyboard.press("Escape")

    # ? shows the keys, but not to somebody who is typing a question mark.
    page.goto("/desk/me/password/")
    page.get_by_label("Current password").press("?")
    assert not page.get_by_role("dialog").is_visible()
    page.goto("/desk/me/")
    page.get_by_role("heading", name="You and your settings").click()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    look_over(page, "keys")
    page.keyboard.press("Escape")

    # The person's menu: arrows walk, Escape closes and gives the focus back.
    summary = page.locator(".nav > .me summary")
    summary.click()
    page.keyboard.press("ArrowDown")
    assert "You and your settings" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="How the desk works").first.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    # A toast says that it is done, and can be dismissed. The keys are gone where they were switched off.
    page.get_by_label("Dark").check()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_label("Single-letter keys").uncheck()
    page.get_by_role("button", name="Save").click()
    toast = page.get_by_text("Your settings are saved")
    toast.wait_for()
    look_over(page, "toast")
    page.get_by_role("button", name="Dismiss").click()
    assert not toast.is_visible()
    page.keyboard.press("?")
    assert not page.get_by_role("dialog", name="Keys").is_visible()

    # The colours stay for the pages in front of the desk.
    phone = page
    phone.set_viewport_size({"width": 390, "height": 800})
    phone.get_by_text("More").click()
    phone.locator(".more").get_by_role("button", name="Sign out").wait_for()
    look_over_open_menu(phone)
    phone.locator(".more").get_by_role("button", name="Sign out").click()
    phone.get_by_role("heading", name="You are signed out").wait_for()
    assert phone.evaluate("document.documentElement.dataset.theme") == "dark"
    assert not site.complaints


def active_option(page: Any) -> str:
    return str(page.locator('[role=option][aria-selected="true"] .what').text_content())


def look_over_open_menu(page: Any) -> None:
    from tests.browser import axe_problems, keep_picture

    keep_picture(page, "more-390")
    assert axe_problems(page) == []


def test_a_form_is_sent_once_however_often_it_is_pressed(site: Site) -> None:
    from newsroom.accounts.models import Person

    page = site.page(person("administrator"))
    page.goto("/desk/people/invite/")
    page.get_by_label("Name").fill("Gina Gale")
    page.get_by_label("Email address").fill("gina@example.org")
    page.get_by_label("Reporter").check()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate("""() => { const button = document.querySelector('[form=invite]');
        button.click(); button.click(); button.click(); }""")
    page.get_by_text("Gina Gale is invited").wait_for()
    assert len(sent) == 1
    assert Person.objects.count() == 2
    assert not site.complaints


def test_a_page_is_readable_enlarged_in_forced_colours_and_on_paper(site: Site) -> None:
    page = site.page(person("administrator"), width=640, forced_colors="active")
    page.goto("/desk/people/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    assert not page.locator(".nav").is_visible()
    assert page.get_by_role("heading", name="People").is_visible()
