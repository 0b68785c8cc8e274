"""What a story's page weighs on its way to a phone: HTML, style sheet and scripts, as they are sent."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from newsroom.pagecache.page import BROTLI_QUALITY
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories import newsletters as letters

pytestmark = pytest.mark.django_db
BUDGET = 60_000  # bytes, of a story with every kind of block (design: HTML, CSS and JS under 60 KB compressed)
SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')


def static_file(address: str) -> bytes:
    found = finders.find(urlsplit(address).path.removeprefix(f"/{settings.STATIC_URL.strip('/')}/"))
    assert isinstance(found, str), address
    with open(found, "rb") as file:
        return file.read()


def test_a_story_s_page_is_within_its_budget_with_all_that_it_asks_for(client: Client) -> None:
    box = letters.box(letters.newsletter())
    # Some 800 words, as long as the desk's longest of a day.
    parts = [f"<p>{' '.join(f'word{number}{place}' for place in range(70))}</p>" for number in range(12)]
    for kind, placed in (
        ("image", pictures.image_placement(pictures.asset(size=(1600, 1067)))),
        ("quote", make.quote_placement()),
        ("product", make.product_placement(make.product(picture=pictures.asset(size=(800, 800))))),
        ("related", make.related_placement()),
        ("newsletter", box),
    ):
        parts.insert(4, f'<div data-block="{kind}" data-id="{placed.pk}"></div>')
    for _ in range(5):
        make.published_story(lead_image=pictures.image_placement(pictures.asset(size=(1600, 1067))))
    story = make.published_story(
        body="".join(parts),
        lead_image=pictures.image_placement(pictures.asset(size=(1600, 1067))),
        topics=[make.topic("The King"), make.topic("Windsor")],
        live=True,
    )
    make.update(story, kind="correction", line="It was four days, not five.")
    html = client.get(story.path).content
    text = html.decode()
    weights = {"html": len(brotli.compress(html, quality=BROTLI_QUALITY))}
    for address in [*SHEET.findall(text), *SCRIPT.findall(text)]:
        weights[address] = len(brotli.compress(static_file(address)))
    assert sum(address.endswith(".css") for address in weights) == 1
    assert {address.rpartition("/")[2].partition(".")[0] for address in weights if ".js" in address} == {
        "story-live",
        "signup",
    }, "each script that a page asks for is weighed here"
    total = sum(weights.values())
    for name, weight in [*weights.items(), ("all", total)]:
        print(f"figure: story_weight_{name.rpartition('/')[2]} = {weight} bytes")
    assert 5_000 < total < BUDGET, weights
    assert total < BUDGET / 2, "twice the room that it needs today: whoever doubles it says why"
