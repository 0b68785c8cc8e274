"""The expiry drill: a right ends while the whole house runs, and a reader has the story open.

Real parts throughout: web process, worker with its timetable, Valkey, PostgreSQL, the files' own addresses. Time passes by
itself: the right ends in a few seconds. What each exit took is written to the output.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Story
from articles.reader.places import author_path
from media_assets import renditions, rights
from media_assets.models import Departure, Openness, PictureReceipt, Use
from newsroom.accounts.models import Person
from tests.browser import keep_picture, look_over, until
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.live.test_in_browser import follows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT_MOST = 60.0  # seconds, for every exit


def exits_of(story: Story, author: Person) -> list[str]:
    """Every address at which a reader or a machine meets the story's lead picture."""
    lists = ["/", "/royals/", "/topics/palaces/", author_path(author.pk, author.name), "/search/?q=drawbridge"]
    feeds = [
        f"{folder}{file}"
        for folder in ("/royals/", "/topics/palaces/", f"/authors/{author.pk}/")
        for file in ("feed.xml", "atom.xml", "feed.json")
    ]
    return [
        story.path,
        f"{story.path}ninjs.json",
        *lists,
        "/feeds/rss.xml",
        "/feeds/atom.xml",
        "/feeds/feed.json",
        *feeds,
    ]


def test_a_right_ends_and_the_picture_leaves_every_exit(site: Any, worker: Any) -> None:
    owner, desk = person("picture_editor", name="Pia Kahn"), person("picture_editor", name="Paul Orr")
    asset = pictures.asset(credit="Jane Poe/Getty Images", person=owner, caption="The drawbridge at noon")
    moat = pictures.asset(credit="Ann Poe/Alamy")
    inside = pictures.image_placement(moat, alternative_text="The moat")
    writer = person("reporter", name="Rory Quill")
    story = make.published_story(
        headline="The drawbridge is up",
        body=f'<p>Nobody crosses.</p><div data-block="image" data-id="{inside.pk}"></div><p>The moat is deep.</p>',
        lead_image=pictures.image_placement(asset, alternative_text="A drawbridge"),
        owner=writer,
        topics=[make.topic("Palaces")],
        at=timezone.now() - timedelta(hours=1),
    )
    until(lambda: Openness.objects.filter(pk=asset.pk, uses=list(Use.exits())).exists(), "it is known as open")
    reader = site.page(width=390, height=844)
    follows(reader, story.path)
    expect(reader.locator("figure.hero img")).to_be_visible()
    keep_picture(reader, "expiry-before-390")

    def body(path: str) -> str:
        answer = reader.request.get(f"{site.url}{path}")
        assert answer.status == 200, path
        return answer.text()

    addresses = exits_of(story, writer)
    addresses = [path for path in addresses if asset.digest in body(path)]
    assert len(addresses) >= 16, addresses  # kept now, as they are
    files = [renditions.address(row) for row in renditions.current(asset)]
    assert all(reader.request.get(f"{site.url}{file}").status == 200 for file in files)

    ends = timezone.now() + timedelta(seconds=8)
    rights.add(asset, person=owner, ends_at=ends, note="Two weeks only.", at=timezone.now())
    forever = asset.rights.get(ends_at=None)
    rights.end(forever.pk, asset_id=asset.pk, person=owner, at=timezone.now())
    told: dict[str, float] = {}
    gone = {path: (lambda path=path: asset.digest not in body(path)) for path in addresses}
    gone |= {file: (lambda file=file: reader.request.get(f"{site.url}{file}").status == 410) for file in files}
    gone["open page"] = lambda: reader.locator("figure.hero").count() == 0
    while timezone.now() < ends:
        time.sleep(0.1)
    deadline = time.monotonic() + AT_MOST
    while len(told) < len(gone) and time.monotonic() < deadline:
        for name, is_gone in gone.items():
            if name not in told and is_gone():
                told[name] = (timezone.now() - ends).total_seconds()
        time.sleep(0.1)
    for name, seconds in sorted(told.items(), key=lambda pair: pair[1]):
        print(f"{seconds:6.1f} s  {name}")
    assert sorted(told) == sorted(gone)
    print(f"figure: picture_left_all_exits_s {max(told.values()):.1f}")

    # Nothing else was taken from the reader who has the story open, and nothing is left of its frame.
    expect(reader.get_by_text("Nobody crosses.")).to_be_visible()
    expect(reader.get_by_alt_text("The moat")).to_have_count(1)
    # Where the story is one among others, and where other sites show it, its next picture stands in.
    for path in ("/", "/royals/", story.path):
        assert moat.digest in body(path), path
    assert 'property="og:image" content="http' in body(story.path)
    assert "Jane Poe" not in reader.locator("body").inner_text()
    look_over(reader, "expiry-after")

    until(lambda: PictureReceipt.objects.filter(acknowledged_at=None, departure__asset=asset).count() == 0, "receipts")
    departure = Departure.objects.get(asset=asset)
    assert (departure.name, departure.at) == ("ended", ends)
    receipts = dict(PictureReceipt.objects.filter(departure=departure).values_list("exit", "found"))
    assert set(receipts) == {"pages", "open", "lists", "feeds", "files", "mail"}
    assert "“The drawbridge is up” drawn anew" in receipts["pages"]
    assert "12 feeds and 1 news object" in receipts["feeds"]
    assert "410" in receipts["files"]
    window = site.page(desk)
    window.goto(f"/desk/pictures/{asset.pk}/receipts/")
    expect(window.locator("#receipts .big")).to_have_text("6 of 6")
    look_over(window, "picture-receipts")

    # Renewed, it is back, and the receipts stay.
    rights.add(asset, person=owner, use="web", note="Renewed.", at=timezone.now())
    expect(reader.locator("figure.hero img")).to_be_visible(timeout=30_000)
    until(lambda: asset.digest in body("/"), "it is back on the front page")
    assert asset.digest not in body("/feeds/rss.xml")
    assert not [line for line in site.complaints if "ERR_" not in line and "410" not in line]
