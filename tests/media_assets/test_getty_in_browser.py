"""A picture editor finds a picture at Getty Images and takes it in, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from media_assets.models import Asset
from newsroom.demo import getty
from tests.browser import look_over
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.getty import open_getty

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def surroundings(surroundings: dict[str, str]) -> Iterator[dict[str, str]]:
    """The site's processes know the local Getty Images."""
    with open_getty(note=True, codes=("ROYALS", "SPORT")):
        named = {"GETTY_URL": settings.GETTY.address, "GETTY_KEY": getty.KEY, "GETTY_SECRET": getty.SECRET}
        yield surroundings | named


def test_from_getty_to_the_library(site: Any) -> None:
    known = make.asset(agency=make.agency())
    Asset.objects.filter(pk=known.pk).update(supplier_id=getty.PICTURES[0].id)
    window = site.page(person("picture_editor"), width=1280)
    window.goto("/desk/pictures/")
    window.get_by_role("link", name="Find pictures at Getty Images").click()
    window.get_by_label("Words, or Getty’s number of a picture").fill("england")
    window.keyboard.press("Enter")
    window.get_by_role("button", name="Take in Garden party at the castle").wait_for()
    window.wait_for_load_state("networkidle")
    seen = window.evaluate("[...document.querySelectorAll('.supplied img')].slice(0, 3).map((one) => one.naturalWidth)")
    assert min(seen) > 0, "the thumbnails have come through our own address"
    look_over(window, "getty")
    window.get_by_role("button", name="Take in Garden party at the castle").click()
    window.get_by_text("asks for a note with each download").wait_for()
    look_over(window, "getty-note")
    window.get_by_label("Note for Getty").fill("For Monday’s story")
    window.get_by_label("Project code").select_option("ROYALS")
    window.get_by_role("button", name="Take in Garden party at the castle").click()
    window.get_by_text("Taken in from Getty Images.").wait_for()
    assert window.get_by_label("Credit", exact=True).input_value() == "Getty Images"
    look_over(window, "getty-taken-in")
    assert Asset.objects.filter(supplier_id="1690000102").count() == 1
    assert site.complaints == [], site.complaints
