"""Rights that end soon: who is told, when, and only once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from articles import picture_use
from media_assets import ending, library, rights, withdrawal
from media_assets.models import Asset, Use
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.factories import articles as stories
from tests.factories import media_assets as make
from tests.factories.accounts import person
from tests.media_assets.at_desk import at_desk, cost, sound

pytestmark = pytest.mark.django_db
NOW = make.AT
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def until(asset: Asset, moment: Any, **facts: Any) -> Asset:
    """Have its only right be one that ends."""
    forever = asset.rights.filter(ends_at=None)
    rights.add(asset, person=asset.added_by, ends_at=moment, at=NOW, **facts)
    forever.delete()
    return library.load([asset.pk])[asset.pk]


def told(somebody: Person) -> list[str]:
    rows = Notice.objects.filter(kind="media_assets.ending", person=somebody).order_by("pk")
    return [f"{row.title}. {row.detail}" for row in rows]


def test_thirty_seven_and_one_day_before_to_everybody_concerned() -> None:
    pia, desk = person("picture_editor", name="Pia Kahn"), person("picture_editor", name="Paul Orr")
    writer, ann = person("reporter", name="Rory Quill"), person("reporter")
    asset = until(make.asset(made=False, person=pia, caption="The gates"), NOW + 40 * DAY)
    stories.published_story(headline="The gates open", owner=writer, lead_image=make.image_placement(asset))
    stories.story(headline="In the making", owner=writer, lead_image=make.image_placement(asset))
    assert ending.warn(at=NOW) == 0
    for days, wanted in ((39, 1), (33, 1), (30, 1), (10, 1), (6, 2), (5, 2), (1, 3), (0.5, 3)):
        ending.warn(at=NOW + 40 * DAY - days * DAY)
        ending.warn(at=NOW + 40 * DAY - days * DAY + MINUTE)
        for somebody in (pia, desk, writer):
            assert len(told(somebody)) == (wanted if days <= 30 else 0), (days, somebody)
    assert told(ann) == []
    assert ending.warn(at=NOW + 40 * DAY) == 0
    said = told(writer)[0]
    assert said.startswith("The right to “The gates” ends on 21 October 2025, 09:00 BST. It ends for: everywhere.")
    assert "“The gates open”" in said
    assert "“In the making”" in said


def test_rows_that_come_and_go_repeat_nothing_and_hide_nothing() -> None:
    pia = person("picture_editor")
    asset = until(make.asset(made=False, person=pia), NOW + 5 * DAY)
    ending.warn(at=NOW)
    assert len(told(pia)) == 1
    # The same end by other rows: said already.
    rights.add(asset, person=pia, ends_at=NOW + 5 * DAY, note="Again", at=NOW)
    asset.rights.exclude(note="Again").delete()
    ending.warn(at=NOW)
    assert len(told(pia)) == 1
    # Renewed, and the renewal comes to its end as well: said anew.
    rights.add(asset, person=pia, ends_at=NOW + 20 * DAY, at=NOW)
    ending.warn(at=NOW)
    assert len(told(pia)) == 2
    # For good: nothing ends.
    rights.add(asset, person=pia, at=NOW)
    assert ending.warn(at=NOW + 19 * DAY) == 0


def test_what_ends_is_what_readers_lose() -> None:
    asset = until(make.asset(made=False), NOW + 5 * DAY, use="web")
    rights.add(asset, person=asset.added_by, use="mail", ends_at=NOW + 3 * DAY, at=NOW)
    rights.add(asset, person=asset.added_by, use="feed", at=NOW)
    rights.add(asset, person=asset.added_by, use="feed", allowed=False, note="No", starts_at=NOW + 2 * DAY, at=NOW)
    found = ending.of(library.load([asset.pk])[asset.pk], NOW)
    assert [(one.ends_at - NOW, one.uses) for one in found] == [
        (2 * DAY, (Use.FEED,)), (3 * DAY, (Use.MAIL,)), (5 * DAY, (Use.WEB,))
    ]  # fmt: skip
    assert asset.pk in ending.candidates(NOW)


def test_an_exception_that_ends_is_an_end() -> None:
    asset = make.asset(made=False)
    rights.add(asset, person=asset.added_by, allowed=False, condition="call", note="Getty", at=NOW)
    rights.make_exception(
        asset, lifts="call-for-image", use="any", reason="Cleared", until=NOW + 3 * DAY, person=asset.added_by, at=NOW
    )
    assert ending.coming(ending.candidates(NOW), NOW)[0].ends_at == NOW + 3 * DAY


def test_a_picture_in_no_story_concerns_who_brought_it() -> None:
    rory, pia = person("reporter"), person("picture_editor")
    until(make.asset(made=False, person=rory), NOW + 5 * DAY)
    gone = person("reporter")
    until(make.asset(made=False, person=gone), NOW + 5 * DAY)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    ending.warn(at=NOW)
    assert len(told(rory)) == 1
    assert len(told(pia)) == 1  # of the one whose owner has left
    assert told(gone) == []


def test_a_withdrawn_picture_and_a_spiked_story_concern_nobody() -> None:
    pia, rory = person("picture_editor"), person("reporter")
    asset = until(make.asset(made=False, person=pia), NOW + 5 * DAY)
    spiked = stories.story(owner=rory, lead_image=make.image_placement(asset))
    spiked.spiked_at = NOW
    spiked.save()
    assert picture_use.concerned({asset.pk}, NOW) == {}
    withdrawal.withdraw(asset.pk, person=pia, reason="Asked", at=NOW)
    assert ending.warn(at=NOW) == 0


def test_the_page_names_the_stories_and_costs_the_same_with_twenty() -> None:
    from django.utils import timezone

    now = timezone.now()
    client, pia = at_desk("picture_editor")

    def one(number: int) -> None:
        asset = make.asset(made=False, person=pia, caption=f"Gate {number}")
        rights.add(asset, person=pia, ends_at=now + 5 * DAY, at=now)
        asset.rights.filter(ends_at=None).delete()
        stories.published_story(headline=f"Story {number}", lead_image=make.image_placement(asset))

    one(0)
    page = sound(client.get("/desk/pictures/ending/"))
    assert "Gate 0" in page.text
    assert "Story 0" in page.text
    assert "Less than a week" in page.text
    few = cost(client, "/desk/pictures/ending/")
    for number in range(1, 20):
        one(number)
    assert cost(client, "/desk/pictures/ending/") == few
