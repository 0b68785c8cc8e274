"""The board: who stands where, at the same cost for one story and for many."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import board_version, shelf
from articles.models import Draft, Story
from articles.shelf import Filters
from media_assets.models import RightsRow
from newsroom.accounts.models import Person
from tests.factories.articles import (
    AT,
    published_story,
    quotation,
    revision,
    scheduled_story,
    section,
    story,
    withdrawn_story,
)
from tests.factories.media_assets import asset, image_placement

BOARD = reverse("articles-desk:board")


@pytest.fixture
def desk(bob: Person) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def page(desk: Client, **asked: object) -> str:
    response = desk.get(BOARD, asked)
    assert response.status_code == 200
    return response.content.decode()


def test_each_story_stands_in_its_group(desk: Client, alice: Person) -> None:
    for standing in Draft.Standing.values[:4]:
        story(owner=alice, headline=f"About {standing}", standing=standing)
    published_story(owner=alice, headline="About readers", at=timezone.now())
    withdrawn_story(owner=alice, headline="About nothing")
    html = page(desk)
    order = [html.index(f"About {name}") for name in ("in_review", "changes_requested", "approved", "draft", "readers")]
    assert order == sorted(order)
    assert "About nothing" not in html
    for standing in Draft.Standing.values[:4]:
        only = page(desk, stands=standing)
        assert f"About {standing}" in only
        assert only.count('class="name"') == 1
    assert "About nothing" in page(desk, stands="withdrawn")
    assert "About readers" in page(desk, stands="published")


def test_filters_by_section_and_owner(desk: Client, alice: Person, bob: Person) -> None:
    fashion = section("Fashion")
    story(owner=alice, headline="Her coat", section=fashion)
    story(owner=bob, headline="His coach")
    assert "His coach" not in page(desk, section=fashion.pk)
    assert "Her coat" not in page(desk, owner=bob.pk)
    assert "His coach" in page(desk, owner=bob.pk)
    assert "Nothing stands here" in page(desk, owner=bob.pk, section=fashion.pk)


def test_for_me_is_what_waits_for_this_person(alice: Person, bob: Person) -> None:
    hers, his = story(owner=alice), story(owner=bob)
    waits = story(owner=alice, standing="in_review")
    own = story(owner=bob, standing="in_review")
    mine = lambda person: {d.story_id for d in shelf.for_me(shelf.drafts(Filters()), person)}  # noqa: E731
    assert mine(alice) == {hers.pk}
    assert mine(bob) == {his.pk, waits.pk}
    assert own.pk not in mine(bob)


def test_warnings_are_flagged(desk: Client, alice: Person) -> None:
    story(owner=alice, body="<p>“Out of nowhere” and “again”.</p>")
    html = page(desk)
    assert "2 not tied" in html
    assert "No lead" in html


def test_a_live_story_asks_for_an_update_the_longest_silent_first(desk: Client, alice: Person) -> None:
    now = timezone.now()
    published_story(owner=alice, headline="Silent for an hour", live=True, at=now - timedelta(hours=1, minutes=50))
    published_story(owner=alice, headline="Silent for minutes", live=True, at=now - timedelta(minutes=6))
    published_story(owner=alice, headline="Not live", at=now - timedelta(minutes=9))
    cards = page(desk).split('class="cards live-cards"')[1].split("</ul>")[0]
    assert cards.index("Silent for an hour") < cards.index("Silent for minutes")
    assert "1 h 50" in cards
    assert "Not live" not in cards


def test_an_empty_board_teaches(desk: Client) -> None:
    assert "A story begins with a working headline" in page(desk)


@pytest.mark.parametrize(
    "asked", [{}, {"stands": "mine"}, {"stands": "in_review"}, {"stands": "published"}, {"view": "month"}]
)
def test_queries_are_as_many_for_one_story_as_for_many(desk: Client, alice: Person, asked: dict[str, str]) -> None:
    def queries() -> int:
        page(desk, **asked)  # the publication's own row is kept for a second: asked before, not counted
        with CaptureQueriesContext(connection) as ran:
            page(desk, **asked)
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    def more() -> None:
        said = quotation("We are here")
        for standing in Draft.Standing.values[:4]:
            story(owner=alice, standing=standing, body=f'<p><q data-quotation="{said.pk}">“We are here”</q></p>')
        published_story(owner=alice, at=timezone.now(), live=True)
        scheduled_story(owner=alice, due_at=timezone.now())

    more()
    one = queries()
    for _ in range(20):
        more()
    many = queries()
    assert many == one
    assert many <= 17


def test_a_long_group_shows_its_newest_and_leads_to_the_rest(desk: Client, alice: Person) -> None:
    for _ in range(30):
        story(owner=alice, section=section())
    html = page(desk)
    assert html.count('class="name"') == 25
    assert "25 shown" in html
    first, second = page(desk, stands="draft"), page(desk, stands="draft", page=2)
    assert first.count('class="name"') == 30
    assert second.count('class="name"') == 0


def test_counts_stop(alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_COUNTED", 2)
    for _ in range(4):
        story(owner=alice)
    counted = shelf.counts(Filters(), bob)
    assert (counted["draft"], counted["open"], counted["mine"]) == (3, 3, 0)
    for _ in range(2):
        story(owner=bob)
        story(owner=alice, standing="in_review")
    counted = shelf.counts(Filters(), bob)
    assert (counted["open"], counted["mine"]) == (3, 3), "4 wait for him"


@pytest.mark.parametrize("role", ["reporter", "legal"])
def test_rows_lead_where_a_person_may_go(role: str, alice: Person) -> None:
    from tests.factories.accounts import person

    made = story(owner=alice)
    client = Client()
    client.force_login(person(role))
    url = reverse("articles-desk:write" if role == "reporter" else "articles-desk:preview", args=[made.pk])
    assert f'href="{url}"' in page(client)
    assert client.get(url).status_code == 200


def test_filters_by_warnings_and_live(desk: Client, alice: Person) -> None:
    lead = image_placement(asset(made=False))
    story(owner=alice, headline="All is well", lead_image=lead)
    story(owner=alice, headline="Nobody said it", lead_image=lead, body="<p>He said “never”.</p>")
    held = story(owner=alice, headline="Legal looks", lead_image=lead)
    Story.objects.filter(pk=held.pk).update(held_at=timezone.now(), held_by=alice, held_reason="Wait.")
    scheduled_story(owner=alice, headline="Late", lead_image=lead, due_at=timezone.now() - timedelta(minutes=3))
    scheduled_story(owner=alice, headline="In time", lead_image=lead, due_at=timezone.now() + timedelta(minutes=3))
    story(owner=alice, headline="Goes on", lead_image=lead, live=True)
    warned, live = page(desk, warned=1), page(desk, live=1)
    said = {
        name
        for name in ("All is well", "Nobody said it", "Legal looks", ">Late<", "In time", "Goes on")
        if name in warned
    }
    assert said == {"Nobody said it", "Legal looks", ">Late<"}
    assert "Goes on" in live
    assert "All is well" not in live
    assert f'href="{BOARD}?live=1&amp;warned=1"' in live.replace("warned=1&amp;live=1", "live=1&amp;warned=1"), (
        "a filter keeps the others"
    )


def test_an_open_board_is_answered_only_when_something_changed(desk: Client, alice: Person) -> None:
    made = story(owner=alice)
    at = timezone.now().replace(second=0)
    seen = board_version.version(at)
    for _ in range(2):  # again when the minute turned in between
        with CaptureQueriesContext(connection) as ran:
            answer = desk.get(BOARD, headers={"X-Board-Version": board_version.version(timezone.now())})
        if answer.status_code == 204:
            break
    assert answer.status_code == 204
    assert len(ran) <= 4
    assert board_version.version(at) == seen
    assert board_version.version(at + timedelta(minutes=1)) != seen, "ages are told to the minute"
    for change in (
        lambda: Draft.objects.filter(story=made).update(version=2),
        lambda: Story.objects.filter(pk=made.pk).update(version=2),
        lambda: scheduled_story(owner=alice),
    ):
        before = board_version.version(at)
        change()
        assert board_version.version(at) != before
    assert desk.get(BOARD, headers={"X-Board-Version": seen}).status_code == 200
    assert "no-store" in desk.get(BOARD)["Cache-Control"]


@pytest.mark.parametrize("state", ["done", "cancelled", "stopped"])
def test_the_calendar_shows_no_plan_that_is_over(desk: Client, alice: Person, state: str) -> None:
    made = scheduled_story(owner=alice, headline="Out on Friday", due_at=datetime(2025, 9, 12, 6, 30, tzinfo=UTC))
    assert "Out on Friday" in page(desk, view="week", day="2025-09-10").split("calendar-title")[1]
    made.schedules.update(state=state, ended_at=AT)
    assert "Out on Friday" not in page(desk, view="week", day="2025-09-10").split("calendar-title")[1]


def test_the_calendar_names_a_published_story_as_readers_do(desk: Client, alice: Person) -> None:
    """A live post leaves a closed draft that may be newer than the one whose words went out last."""
    shown = published_story(owner=alice, headline="What readers have")
    posted = Draft.objects.create(
        story=shown, kind="live", standing="closed", opened_by=alice, opened_at=AT, changed_at=AT, changed_by=alice
    )
    posted.head = revision(posted, author=alice, headline="What it said then")
    posted.save()
    Story.objects.filter(pk=shown.pk).update(embargo_until=datetime(2025, 9, 16, 8, 0, tzinfo=UTC))
    html = page(desk, view="week", day="2025-09-15").split('class="title calendar-title"')[1]
    assert "What readers have" in html
    assert "What it said then" not in html


def test_the_calendar_shows_what_happens_by_itself(desk: Client, alice: Person) -> None:
    fashion = section("Fashion")
    scheduled_story(owner=alice, headline="Out on Friday", due_at=datetime(2025, 9, 12, 6, 30, tzinfo=UTC))
    scheduled_story(owner=alice, headline="Out late on Sunday", due_at=datetime(2025, 9, 14, 22, 30, tzinfo=UTC))
    # 00:30 on Monday in London: the next week, although it is Sunday still in UTC.
    scheduled_story(
        owner=alice, headline="Out on Monday", section=fashion, due_at=datetime(2025, 9, 14, 23, 30, tzinfo=UTC)
    )
    under = story(owner=alice, headline="Not before Tuesday")
    Story.objects.filter(pk=under.pk).update(embargo_until=datetime(2025, 9, 16, 8, 0, tzinfo=UTC))

    def days(**asked: object) -> str:
        """The calendar alone: the alarms above it speak of what is long overdue."""
        return page(desk, **asked).split('class="title calendar-title"')[1]

    week, after = days(view="week", day="2025-09-10"), days(view="week", day="2025-09-15")
    month = days(view="month", day="2025-09-30")
    assert "8 to 14 September 2025" in week
    assert "07:30 BST" in week
    names = ("Out on Friday", "Out late on Sunday", "Out on Monday", "Not before Tuesday")
    assert [name in week for name in names] == [True, True, False, False]
    assert [name in after for name in names] == [False, False, True, True]
    assert all(name in month for name in names)
    assert "Embargo ends" in after
    only = days(view="month", day="2025-09-01", section=fashion.pk)
    assert [name in only for name in names] == [False, False, True, False]
    assert "September 2025" in only
    # Nobody could have chosen these: the calendar shows today.
    for day in ("", "2025-02-30", "x", "9999-12-31", "0001-01-01"):
        assert timezone.localdate().strftime("%B %Y") in days(view="month", day=day)


def test_the_calendar_shows_live_times_that_end_and_pictures_that_go(desk: Client, alice: Person) -> None:
    moment = datetime(2025, 9, 10, 15, 0, tzinfo=UTC)
    over = story(owner=alice, headline="Over already, never published", live=True)
    live = published_story(owner=alice, headline="As it happens", live=True)
    Story.objects.filter(pk__in=(live.pk, over.pk)).update(live_until=moment)
    going, staying, denied = (asset(caption=name) for name in ("The gates", "The river", "The park"))
    RightsRow.objects.all().delete()
    for picture in (going, staying, denied):
        RightsRow.objects.create(asset=picture, use="web", ends_at=moment, added_by=alice)
    RightsRow.objects.create(asset=staying, use="any", added_by=alice)
    RightsRow.objects.create(asset=denied, use="any", allowed=False, note="Not this", added_by=alice)
    lead, inside = image_placement(going), image_placement(going)
    published_story(owner=alice, headline="With the gates", lead_image=lead)
    published_story(
        owner=alice, headline="Gates in the text", body=f'<p>A.</p><div data-block="image" data-id="{inside.pk}"></div>'
    )
    published_story(owner=alice, headline="With the river", lead_image=image_placement(staying))
    published_story(owner=alice, headline="With the park", lead_image=image_placement(denied))
    story(owner=alice, headline="A draft with the gates", lead_image=lead)
    withdrawn_story(owner=alice, headline="Withdrawn with the gates", lead_image=lead)
    html = page(desk, view="week", day="2025-09-10").split('class="title calendar-title"')[1]
    shown = re.findall(r"(Live until|Picture goes) <time[^>]*>16:00 BST</time></span><a [^>]*>([^<]*)</a>", html)
    assert sorted(shown) == [
        ("Live until", "As it happens"),
        ("Picture goes", "Gates in the text"),
        ("Picture goes", "With the gates"),
    ]
    assert reverse("media-desk:asset", args=[going.pk]) in html
    assert "Picture goes" not in page(desk, view="week", day="2025-09-17")


def test_the_calendar_costs_as_much_for_one_as_for_twenty(desk: Client, alice: Person) -> None:
    moment = datetime(2025, 9, 10, 15, 0, tzinfo=UTC)

    def queries() -> int:
        page(desk, view="month", day="2025-09-10")
        with CaptureQueriesContext(connection) as ran:
            page(desk, view="month", day="2025-09-10")
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    def more() -> None:
        picture = asset()
        RightsRow.objects.filter(asset=picture).update(ends_at=moment)
        told = published_story(owner=alice, live=True, lead_image=image_placement(picture))
        Story.objects.filter(pk=told.pk).update(live_until=moment)
        scheduled_story(owner=alice, due_at=moment)
        Story.objects.filter(pk=story(owner=alice).pk).update(embargo_until=moment)

    more()
    one = queries()
    for _ in range(19):
        more()
    assert queries() == one
    assert one <= 23
