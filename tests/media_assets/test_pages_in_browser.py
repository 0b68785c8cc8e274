"""A picture editor's errand in a real browser: bring pictures in, give them credit and words, find them again."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from media_assets.models import Asset
from tests.browser import axe_problems
from tests.browser.looking import look_over
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looked_at(page: Any, width: int) -> None:
    assert axe_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page is wider than the window"


def test_from_the_file_to_the_library(site: Any) -> None:
    make.agency()
    good = quirky.jpeg(quirky.iim({110: b"Photo by Anna Meyer/Getty Images"}), size=(900, 600))
    window = site.page(person("picture_editor"), width=1280)
    window.goto("/desk/pictures/")
    window.get_by_role("link", name="Upload pictures").first.click()
    window.set_input_files(
        "#files",
        [
            {"name": "good.jpg", "mimeType": "image/jpeg", "buffer": good},
            {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": good[:500]},
            {"name": "same.jpg", "mimeType": "image/jpeg", "buffer": good},
        ],
    )
    window.get_by_text("3 of 3 done.").wait_for()
    lines = window.locator("ul.lines li")
    assert [lines.nth(number).locator(".chip").inner_text() for number in range(3)] == [
        "same.jpg",
        "broken.jpg",
        "good.jpg",
    ]
    looked_at(window, 1280)

    form = window.locator(".waiting-picture form")
    assert form.get_by_label("Credit", exact=True).input_value() == "Getty Images"
    form.get_by_role("button", name="Save and make it usable").click()
    window.get_by_text("Describe what is to be seen, for readers who cannot see the picture.").wait_for()
    window.get_by_label("Alternative text").fill("A castle under a morning sun")
    window.get_by_label("Caption").fill("Balmoral opens in September")
    looked_at(window, 1280)
    window.get_by_role("button", name="Save", exact=True).click()
    window.get_by_text("It is credited as (Image credit: Getty Images).").wait_for()

    phone = site.page(person("reporter"), width=390, height=800, dark=True)
    phone.goto("/desk/pictures/?q=balm")
    looked_at(phone, 390)
    phone.get_by_role("link", name="Balmoral opens in September").click()
    phone.get_by_text("(Image credit: Getty Images)").wait_for()
    looked_at(phone, 390)
    assert Asset.objects.get().credit == "Getty Images"
    assert site.complaints == []


def test_dropping(site: Any) -> None:
    window = site.page(person("reporter"))
    window.goto("/desk/pictures/upload/")
    window.evaluate(
        """async (data) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          const files = new DataTransfer();
          files.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        b64encode(make.picture_bytes()).decode(),
    )
    window.get_by_text("1 of 1 done.").wait_for()
    assert window.locator(".waiting-picture").count() == 1
    assert site.complaints == []


def test_the_focal_point_is_set_on_the_picture(site: Any) -> None:
    asset = make.asset(size=(1200, 800))
    window = site.page(person("picture_editor"), width=1280)
    window.goto(f"/desk/pictures/{asset.pk}/")
    picture = window.get_by_role("application", name="Focal point")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    assert [window.get_by_label(name).input_value() for name in ("From the left, %", "From the top, %")] == ["25", "75"]
    picture.press("ArrowRight")
    picture.press("Shift+ArrowUp")
    window.get_by_text("26 % from the left, 65 % from the top").wait_for()
    assert {crop.get_attribute("src").partition("?")[2] for crop in window.locator("ul.crops img").all()} == {
        "x=26&y=65"
    }
    look_over(window, "picture-focal-point")
    window.get_by_role("button", name="Save the focal point").click()
    window.get_by_text("Lists and other sites show the new crops within seconds.").wait_for()
    asset.refresh_from_db()
    assert (asset.focus_x, asset.focus_y, asset.focus_from) == (26, 65, "person")
    assert site.complaints == []
