"""From when till when readers saw a picture in a story, told at the picture and at the story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles import picture_dates
from articles.models import Draft, MoveLog, Revision, Story
from media_assets import usage
from newsroom.accounts import Role
from tests.asserts import page
from tests.factories import articles as make
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.factories.articles import AT

pytestmark = pytest.mark.django_db


def moved(story: Story, move: str, hours: int, revision: Revision | None = None) -> None:
    MoveLog.objects.create(
        story=story, revision=revision, move=move, person=story.owner, at=AT + timedelta(hours=hours)
    )


def another(story: Story, **content: object) -> Revision:
    """A later revision with other pictures."""
    head = Draft.objects.get(story=story).head
    assert head is not None
    head.pk, head.number, head.digest = None, head.number + 1, f"x{head.number}"
    for name, value in content.items():
        setattr(head, name, value)
    head._state.adding = True
    head.save()
    return head


def test_spans_begin_end_and_begin_again() -> None:
    asset, other = pictures.asset(made=False, caption="The gate"), pictures.asset(made=False, caption="The tree")
    first, second = pictures.image_placement(asset), pictures.image_placement(other)
    story = make.story(headline="The gates open", lead_image=first)
    with_gate = Draft.objects.get(story=story).head
    with_tree = another(story, lead_image=second)
    for move, hours, revision in (
        ("publish", 0, with_gate),
        ("publish", 2, with_tree),
        ("publish", 5, with_gate),
        ("withdraw", 7, None),
        ("reinstate", 9, None),
    ):
        moved(story, move, hours, revision)
    spans = {
        (one.asset_id, (one.began - AT).seconds // 3600, one.ended and (one.ended - AT).seconds // 3600)
        for one in picture_dates.of_story(story.pk)
    }
    assert spans == {(asset.pk, 0, 2), (other.pk, 2, 5), (asset.pk, 5, 7), (asset.pk, 9, None)}
    assert picture_dates.of_story(story.pk)[0].ended is None, "what stands there now comes first"
    alice = person("reporter")
    shown = usage.shown(asset.pk, person=alice, at=timezone.now())
    assert [(one.began - AT).seconds // 3600 for one in shown] == [9, 5, 0]
    assert usage.shown(asset.pk, person=person(str(Role.MARKETING)), at=timezone.now()) == []
    client = Client()
    client.force_login(alice)
    told = page(client.get(f"/desk/pictures/{asset.pk}/")).all("ul", "used")[-1].all("li")
    assert len(told) == 3
    assert "until now" in told[0].text
    history = page(client.get(f"/desk/stories/{story.pk}/history/"))
    rows = history.one("section", aria_labelledby="seen-pictures").all("li")
    assert len(rows) == 4
    assert rows[0].one("a").attributes["href"] == f"/desk/pictures/{asset.pk}/"


@pytest.mark.parametrize("number", [1, 20])
def test_dates_cost_the_same_for_one_story_and_for_twenty(number: int, django_assert_max_num_queries: object) -> None:
    asset, alice = pictures.asset(made=False), person("reporter")
    for _ in range(number):
        story = make.story(lead_image=pictures.image_placement(asset))
        moved(story, "publish", 1, Draft.objects.get(story=story).head)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        shown = usage.shown(asset.pk, person=alice, at=timezone.now())
    assert len(shown) == number
