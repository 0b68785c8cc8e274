"""What a row of the board says of pictures and corrections, at the same cost for one row and for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import checks, picture_flags, shelf
from articles.models import CheckWaiver, Draft, Story
from articles.shelf import Filters
from media_assets import rights, standing
from media_assets.models import Asset, ImagePlacement, RightsRow
from newsroom.accounts.models import Person
from tests.articles.test_board import page
from tests.factories.articles import published_story, revision, story
from tests.factories.corrections import correction
from tests.factories.media_assets import asset, image_placement

AT = datetime(2025, 9, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(bob: Person) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def picture(at: datetime | None = None, *, ends_at: datetime | None = None, **facts: str) -> ImagePlacement:
    """A picture in the state that its facts make; placed while all was well."""
    made = asset(made=False)
    placed = image_placement(made)
    Asset.objects.filter(pk=made.pk).update(**facts)
    if ends_at is not None:
        RightsRow.objects.filter(asset=made).update(ends_at=ends_at)
    standing.settle([made.pk], at=at or timezone.now())
    return placed


def block(placed: ImagePlacement) -> str:
    return f'<p>The gates.</p><div data-block="image" data-id="{placed.pk}"></div>'


def fault(placements: Sequence[ImagePlacement], at: datetime = AT) -> picture_flags.Flag | None:
    lead, *inside = placements
    made = story(lead_image=lead, body="".join(map(block, inside)) or "<p>The gates.</p>").draft  # type: ignore[attr-defined]
    return picture_flags.of([made.head_id], at).get(made.head_id)


def test_a_picture_is_flagged_by_its_worst(alice: Person) -> None:
    fine, later = picture(AT), picture(AT, ends_at=AT + timedelta(days=8))
    ending = picture(AT, ends_at=AT + timedelta(days=6))
    ended = picture(AT, ends_at=AT - timedelta(days=1))
    no_credit, no_text = picture(AT, credit=" "), picture(AT, alternative_text="")
    barred, nobody = picture(AT), picture(AT)
    rights.add(barred.asset, person=alice, allowed=False, note="The family asked", at=AT)
    RightsRow.objects.filter(asset=nobody.asset_id).delete()
    withdrawn = picture(AT, withdrawn_at=AT - timedelta(hours=1), withdrawn_reason="It is not her")  # type: ignore[arg-type]
    standing.settle([barred.asset_id, nobody.asset_id], at=AT)
    said = [fault([one]) for one in (fine, later, ending, ended, no_credit, no_text, barred, nobody, withdrawn)]
    assert [one and one.kind for one in said] == [
        *(None, None, "ending", "ended", "credit", "text", "barred", "incomplete", "withdrawn")
    ]
    assert said[2] == picture_flags.Flag("ending", AT + timedelta(days=6))
    # In the text as in the lead; the worst is named, the others are counted, what is fine is not.
    assert fault([fine, ending, ended, later]) == picture_flags.Flag("ended", others=1)
    # Nobody has written down yet what came to pass in this minute.
    assert fault([ending], AT + timedelta(days=6)) == picture_flags.Flag("ended")


def test_the_board_says_what_is_wrong_with_pictures(desk: Client, alice: Person) -> None:
    now = timezone.now()
    story(owner=alice, headline="Gone", lead_image=picture(ends_at=now - timedelta(hours=1)))
    story(
        owner=alice, headline="Nobody took it", lead_image=picture(credit=""), body=block(picture(alternative_text=""))
    )
    story(owner=alice, headline="Well", lead_image=picture())
    going = picture(ends_at=now + timedelta(days=2))
    published_story(owner=alice, headline="Before readers", lead_image=going, at=now)
    story(owner=alice, headline="Bare", body=block(picture(ends_at=now - timedelta(hours=1))))
    rows = {
        name: page(desk).split(f">{name}<")[1].split("</tr>")[0] for name in ("Gone", "Nobody took it", "Well", "Bare")
    }
    assert "Right ended" in rows["Gone"]
    assert "No credit +1" in rows["Nobody took it"]
    assert "flag warn" not in rows["Well"]
    assert "Right ended" in rows["Bare"]
    assert "No lead" in rows["Bare"]
    readers = page(desk, stands="published")
    assert f"Right ends {timezone.localtime(now + timedelta(days=2)):%a %H:%M}" in readers
    warned = page(desk, warned=1)
    assert [name in warned for name in (">Gone<", "Nobody took it", ">Well<", ">Bare<")] == [True, True, False, True]
    assert "Before readers" in page(desk, warned=1, stands="published")
    assert shelf.counts(shelf.looked_at(Filters(warned=True), now), alice)["published"] == 1


def retaken(alice: Person, headline: str = "Retaken") -> tuple[Story, Draft]:
    """A story of which nine was corrected to eight, and a rewrite that says nine again."""
    lead = image_placement(asset(made=False))
    told = published_story(
        owner=alice, headline=f"Seen of {headline}", body="<p>The gates open at eight.</p>", lead_image=lead
    )
    key = told.published_revision.paragraph_keys[0]  # type: ignore[union-attr]
    correction(told, places=[(key, "The gates open at nine.", "The gates open at eight.")])
    again = Draft.objects.create(
        story=told,
        base_revision=told.published_revision,
        opened_by=alice,
        opened_at=AT,
        changed_at=timezone.now(),
        changed_by=alice,
    )
    again.head = revision(
        again, author=alice, headline=headline, body="<p>The gates open at nine.</p>", lead_image=lead
    )
    again.save()
    return told, again


def test_a_rewrite_that_takes_a_correction_back_is_marked(desk: Client, alice: Person, bob: Person) -> None:
    told, draft = retaken(alice)
    story(owner=alice, headline="Another", lead_image=image_placement(asset(made=False)))
    for asked in ({}, {"warned": 1}, {"stands": "draft", "warned": 1}):
        html = page(desk, **asked)
        assert html.split(">Retaken<")[1].split("</tr>")[0].count("Takes a correction back") == 1
        assert html.count("Takes a correction back") == 1
    counted = shelf.counts(shelf.looked_at(Filters(warned=True), AT), alice)
    assert counted["draft"] == 1
    # An editor let it through: the board speaks of it no more.
    assert draft.head is not None
    ran = checks.run(draft.head, story=told, at=AT)
    about = next(one.about for one in ran if one.name == "taken_back")
    CheckWaiver.objects.create(
        story=told,
        revision=draft.head,
        check_name="taken_back",
        about=about,
        message="Says nine again",
        reason="It was nine.",
        person=bob,
        at=AT,
    )
    assert "Takes a correction back" not in page(desk)
    assert ">Retaken<" not in page(desk, warned=1)


@pytest.mark.parametrize("asked", [{}, {"warned": 1}, {"stands": "published"}])
def test_flags_cost_as_much_for_one_row_as_for_twenty(desk: Client, alice: Person, asked: dict[str, object]) -> None:
    def queries() -> int:
        page(desk, **asked)  # the publication's own row is kept for a second
        with CaptureQueriesContext(connection) as ran:
            page(desk, **asked)
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    def more() -> None:
        retaken(alice)
        ended = picture(ends_at=timezone.now() - timedelta(hours=1))
        published_story(owner=alice, lead_image=ended, body=block(ended), at=timezone.now())
        story(owner=alice, lead_image=ended, body=block(picture(credit="")))

    more()
    one = queries()
    for _ in range(19):
        more()
    assert queries() == one
    assert one <= 33
