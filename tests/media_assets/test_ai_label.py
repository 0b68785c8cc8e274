"""A picture that AI made or altered is labelled wherever readers meet it, and in its files."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from media_assets import details, renditions
from media_assets.models import Asset, SourceType
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.media_assets import quirky
from tests.media_assets.at_desk import at_desk
from tests.media_assets.made import files
from tests.reader.test_blocks_everywhere import in_a_letter, in_the_feed, on_its_page

pytestmark = pytest.mark.django_db
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def made_by_ai() -> Asset:
    packet = quirky.xmp(
        "", f'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="{MADE}"'
    )
    return pictures.asset(data=quirky.jpeg(quirky.app1(packet), size=(700, 400)), caption="A crown.")


def test_readers_are_told_on_every_exit() -> None:
    inside, lead = (
        pictures.image_placement(made_by_ai(), caption="Inside."),
        pictures.image_placement(made_by_ai(), caption="Before."),
    )
    body = f'<p>Words.</p><div data-block="image" data-id="{inside.pk}"></div>'
    story = make.published_story(headline="A crown", body=body, lead_image=lead, at=timezone.now() - timedelta(hours=1))
    for exit in (on_its_page, in_the_feed, in_a_letter):
        shown = re.sub(r"<[^>]+>", "", exit(story))
        assert "Made with AI. Inside." in shown, exit.__name__
        assert "Made with AI. Before." in shown or "Before. Made with AI. (Image credit" in shown, exit.__name__
    client = Client()
    root = page(client.get(story.path).content.decode())
    article = json.loads(root.one("script", type="application/ld+json").text)["@graph"][0]
    assert {image["digitalSourceType"] for image in article["image"]} == {MADE}
    assert "Getty Images (made with AI)" in client.get("/").content.decode(), "where pictures share a line of credit"
    for feed in ("/feeds/rss.xml", "/feeds/feed.json", f"{story.path}ninjs.json"):
        assert "Getty Images (made with AI)" in client.get(feed).content.decode(), feed


def test_the_files_say_it_and_the_desk_sees_it() -> None:
    asset = made_by_ai()
    assert asset.source_type == SourceType.AI_MADE
    for name, data in files(asset).items():
        assert f">{MADE}</Iptc4xmpExt:DigitalSourceType>".encode() in data, name
    client, _ = at_desk("picture_editor")
    root = page(client.get(f"/desk/pictures/{asset.pk}/").content.decode())
    assert "Made with AI" in root.one("figcaption").text
    assert "Made with AI" in next(each.text for each in root.all("dl", "said") if "Digital source type" in each.text)


def test_a_person_says_it_of_a_file_that_does_not_and_its_address_changes() -> None:
    asset = pictures.asset()
    assert renditions.picture(asset).ready
    words = details.Words(credit=asset.credit, alternative_text=asset.alternative_text, source_type="ai_altered")
    changed = details.change(
        asset.pk, person=person("picture_editor"), expected_version=1, words=words, agency=None, at=pictures.AT
    )
    assert (changed.label, changed.digest == asset.digest) == ("Altered with AI", False)
    assert b"compositeWithTrainedAlgorithmicMedia" in files(changed)["640.jpg"]


def test_a_photograph_has_no_label_and_an_unknown_term_is_refused() -> None:
    asset = pictures.asset()
    said = {"credit": asset.credit, "alternative_text": asset.alternative_text}
    for source_type in ("photograph", "edited", "drawn", ""):
        asset.source_type = source_type
        assert (asset.label, asset.labelled_credit, asset.source_type_address) == (
            "",
            "(Image credit: Getty Images)",
            "",
        )
    with pytest.raises(details.Refused) as refused:
        details.change(
            asset.pk,
            person=person("picture_editor"),
            expected_version=1,
            words=details.Words(**said, source_type="a dream"),
            agency=None,
            at=pictures.AT,
        )
    assert refused.value.field == "source_type"
