"""From many files to a published story, as a picture editor, a reporter and an editor do it: upload, filling in one after
another, the grid by keyboard, changing together, twins, a collection, and the picker of the writing screen."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles import workflow
from articles.models import Story
from media_assets import making
from media_assets.models import Asset, Collection
from newsroom.demo import drawings
from tests.browser import Site, look_over
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.writing.conftest import make_desk
from tests.writing.screen import caret_at_end, open_desk, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DRAWN = (drawings.avenue, drawings.chapel, drawings.garden, drawings.oaks, drawings.banquet)


def drawn() -> list[bytes]:
    """Pictures as different as photographs are, and one cut a little smaller than the first."""
    pictures = []
    for number, draw in enumerate(DRAWN):
        picture = draw().convert("RGB")
        picture.thumbnail((1400, 1400))
        if number == 1:
            picture = picture.crop((300, 0, 800, picture.height))
        pictures.append(picture)
    first = pictures[0]
    pictures.append(first.crop((15, 10, first.width - 15, first.height - 10)).resize((900, 560)))
    out = []
    for picture in pictures:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=85)
        out.append(file.getvalue())
    return out


def files(pictures: list[bytes]) -> list[dict[str, Any]]:
    return [
        {"name": f"IMG_{4000 + number}.jpg", "mimeType": "image/jpeg", "buffer": data}
        for number, data in enumerate(pictures)
    ]


def test_upload_to_published(site: Site) -> None:
    make.agency()
    pictures = drawn()
    window = site.page(person("picture_editor"), width=1280)
    window.goto("/desk/pictures/upload/")
    window.locator("#all_credit").fill("Getty Images")
    window.locator("#all_event").fill("Garden party 2026")
    broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": pictures[0][:900]}
    window.set_input_files("#files", [*files(pictures[:5]), broken])
    window.get_by_text("6 of 6 done. 5 of 5 still need a credit or an alternative text.").wait_for()
    window.set_input_files("#files", files(pictures)[5:])
    window.get_by_text("It looks like a picture that is here already.").wait_for()
    look_over(window, "shelf-upload")

    window.get_by_role("link", name="Fill them in one after another").click()
    expect(window.locator("h1")).to_have_text("IMG_4000.jpg")
    window.get_by_text("6 of 6 still need a credit or an alternative text").wait_for()
    look_over(window, "shelf-fill")
    for number in range(5):
        expect(window.locator("[name=alternative_text]")).to_be_focused()
        window.keyboard.type(f"The garden party, number {number}")
        window.keyboard.press("Control+Enter")
        window.get_by_text(f"{5 - number} of 6 still need").wait_for()
    # The sixth is the first one again: both stand side by side, and a person decides.
    window.get_by_text("It looks like another picture").wait_for()
    window.get_by_role("button", name="The same: set the newer one aside").click()
    window.get_by_text("The newer one is withdrawn. This is the one to use.").wait_for()
    look_over(window, "shelf-twin")

    window.goto("/desk/pictures/?state=usable")
    expect(window.locator(".thumb")).to_have_count(5)
    look_over(window, "shelf-grid")
    window.locator("body").press("ArrowRight")
    window.keyboard.press("ArrowRight")
    expect(window.locator(".thumb").nth(1)).to_be_focused()
    window.keyboard.press("x")
    window.keyboard.press("ArrowRight")
    window.keyboard.press("ArrowRight")
    window.keyboard.press("Shift+X")
    expect(window.locator("[data-count]")).to_have_text("3 selected")
    look_over(window, "shelf-selected")
    window.get_by_label("Name of the new collection").fill("Garden candidates")
    window.get_by_role("button", name="Add", exact=True).click()
    window.get_by_text("3 added.").wait_for()
    assert Collection.objects.get().items.count() == 3
    window.keyboard.press("/")
    expect(window.locator("#q")).to_be_focused()

    window.get_by_role("link", name="Collections").click()
    look_over(window, "shelf-collections")
    window.get_by_role("link", name="Garden candidates").click()
    for tick in window.locator(".cell-tick input").all():
        tick.check()
    window.get_by_role("button", name="Change together").click()
    window.get_by_label("People to add").fill("Ann Hale\nSophie, Duchess of Edinburgh")
    look_over(window, "shelf-together")
    window.get_by_role("button", name="Show what will change").first.click()
    window.get_by_text("3 will change.").wait_for()
    look_over(window, "shelf-preview")
    window.get_by_role("button", name="Change 3").click()
    window.get_by_text("Done.").wait_for()
    window.goto("/desk/pictures/?q=duchess+hale")
    expect(window.locator(".thumb")).to_have_count(3)
    window.get_by_label("Shape").first.evaluate("one => one.closest('details').open = true")
    window.get_by_label("Shape").select_option("landscape")
    window.wait_for_url("**/desk/pictures/?q=duchess+hale&shape=landscape")
    look_over(window, "shelf-filters")
    assert site.complaints == [], site.complaints

    # A reporter pastes one more into the writing screen, fills it in there, and the story goes out with both.
    making_all()
    desk = make_desk(body="<p>First words.</p>")
    page = open_desk(site, desk)
    caret_at_end(page)
    page.locator('[data-command="newsimage"]').click()
    dialog = page.locator("#picker-image")
    expect(dialog.locator(".found-row")).to_have_count(6)
    withdrawn = dialog.locator(".found-row:has(:disabled)")
    expect(withdrawn).to_contain_text("It was withdrawn: The same picture as number")
    look_over(page, "shelf-picker")
    dialog.get_by_label("State").select_option("withdrawn")
    expect(dialog.locator(".found-row")).to_have_count(1)
    dialog.get_by_label("State").select_option("")
    expect(dialog.locator(".found-row")).to_have_count(6)
    page.evaluate(
        """async (data) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)), files = new DataTransfer();
          files.items.add(new File([bytes], "pasted.jpg", { type: "image/jpeg" }));
          document.querySelector("#picker-image [data-search]").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true }));
        }""",
        b64encode(quirky.jpeg(quirky.iim({110: b"Photo by Anna Meyer/Getty Images"}), size=(900, 600))).decode(),
    )
    new = dialog.locator("[data-new]")
    expect(new.get_by_label("Credit", exact=True)).to_have_value("Getty Images")
    look_over(page, "shelf-picker-new")
    new.get_by_role("button", name="Save and make it usable").click()
    new.get_by_text("Describe what is to be seen").wait_for()
    new.get_by_label("Alternative text").fill("The gate of the garden")
    new.get_by_role("button", name="Save and make it usable").click()
    expect(new).to_be_hidden()
    expect(dialog.locator(".found-row:has(:checked)")).to_contain_text("The gate of the garden")
    expect(dialog.locator("[name=alternative_text]")).to_have_value("The gate of the garden")
    dialog.locator("[data-place]").click()
    expect(dialog).to_be_hidden()
    save(page)
    asset = Asset.objects.get(alternative_text="The gate of the garden", withdrawn_at=None)
    making_all()

    # What the editors then do is other tests' errand; a reader has the picture, with its credit.
    bob = person("editor")
    for move, who in ((workflow.submit, desk.alice), (workflow.approve, bob), (workflow.publish, bob)):
        move(draft=desk.draft, person=who, expected_version=desk.draft.version, at=timezone.now())
    reader = site.page(width=390, height=800)
    reader.goto(Story.objects.get().path)
    shown = reader.get_by_alt_text("The gate of the garden")
    shown.scroll_into_view_if_needed()
    reader.wait_for_function("document.querySelector('img[alt=\"The gate of the garden\"]').naturalWidth > 0")
    reader.get_by_text("(Image credit: Getty Images)").wait_for()
    window.goto(f"/desk/pictures/{asset.pk}/")
    expect(window.locator("ul.used").last).to_contain_text("until now")
    assert site.complaints == [], site.complaints


def making_all() -> None:
    for asset in Asset.objects.filter(files_due_at__isnull=False):
        making.make(asset.pk, at=asset.files_due_at)
