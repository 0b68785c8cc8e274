"""The kind of a picture is asked where it comes in, and may be left for later; what is still to be said is to be seen."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from media_assets import feeds, rights
from media_assets.blocks import ImageBlock
from media_assets.models import Asset, RightsRow, Use
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.media_assets.at_desk import at_desk, sound
from tests.media_assets.test_feeds import folder, lay, looked  # noqa: F401  (folder is a fixture)

pytestmark = pytest.mark.django_db


def bring(category: str) -> str:
    """Upload one picture with this kind; the page that follows."""
    client, _ = at_desk("reporter")
    answer = client.post("/desk/pictures/upload/", {"files": make.upload(), "category": category})
    return sound(answer).one("ul", id="waiting-list").text if Asset.objects.exists() else sound(answer, 422).text


def test_it_may_be_left_for_later_and_is_seen_to_be_missing() -> None:
    assert "Kind not said" in bring("")
    assert Asset.objects.get().category == ""


def test_one_that_asks_for_nothing_is_said_at_once() -> None:
    assert "Kind" not in bring("staff").replace("Kind of picture", "")
    assert Asset.objects.get().category == "staff"


def test_one_that_asks_for_more_says_what_it_lacks_and_is_shown_nowhere_until_then() -> None:
    assert "Commissioned: lacks “Contract”" in bring("commissioned")
    asset = Asset.objects.get()
    assert "category-incomplete" in rights.usability(asset, Use.WEB, timezone.now()).names


def test_who_brought_it_says_the_rest_until_it_is_complete() -> None:
    client, _ = at_desk("reporter")
    client.post("/desk/pictures/upload/", {"files": make.upload(), "category": "commissioned"})
    asset = Asset.objects.get()
    other, _ = at_desk("reporter")
    address, said = f"/desk/pictures/{asset.pk}/kind/", {"category": "commissioned", "commissioned-contract": "No. 7"}
    assert other.post(address, said).status_code == 403
    assert client.get(address).status_code == 200
    assert client.post(address, said).status_code == 302
    asset.refresh_from_db()
    assert asset.category_facts == {"contract": "No. 7"}
    Asset.objects.filter(pk=asset.pk).update(credit="Jane Poe", alternative_text="A gate")
    assert client.post(address, said).status_code == 403, "now it is the desk's"


def test_one_that_there_is_not_takes_nothing_in() -> None:
    assert "Choose one of these." in bring("stolen")
    assert not Asset.objects.exists()


def test_the_picker_says_in_two_words_that_nobody_said_it() -> None:
    make.asset(category="", made=False, credit="Jane Poe")
    make.asset(category="staff", made=False, credit="Ann Poe")
    found = ImageBlock().search(person("reporter"), "")
    assert sorted(choice.meta for choice in found) == [
        "(Image credit: Ann Poe)",
        "(Image credit: Jane Poe) · kind not said",
    ]


def test_its_own_page_says_it_once() -> None:
    asset = make.asset(category="", made=False)
    client, _ = at_desk("picture_editor")
    text = sound(client.get(f"/desk/pictures/{asset.pk}/")).text
    assert text.count("Kind not said") == 1
    assert "Nobody has said what kind" not in text


def test_what_a_feed_s_file_says_of_clearing_counts_although_nobody_brought_it(folder: object) -> None:  # noqa: F811
    inside = "<GettyImagesGIFT:CallForImage>True</GettyImagesGIFT:CallForImage>"
    lay(feeds.root() / "getty-images", data=quirky.jpeg(quirky.app1(quirky.xmp(inside))))  # type: ignore[operator]
    assert looked() == 1
    asset = Asset.objects.get()
    assert asset.rights.get().added_by is None
    client, _ = at_desk("picture_editor")
    text = sound(client.get(f"/desk/pictures/{asset.pk}/")).text
    assert "It must be cleared with the sales representative before it is used anywhere (The file itself says" in text
    assert "Recorded by" not in text


def test_nobody_s_word_allows_nothing() -> None:
    asset = make.asset(made=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRow.objects.create(asset=asset, use="any", allowed=True, added_by=None, added_at=make.AT)
