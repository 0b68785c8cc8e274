"""Saving: nothing is overwritten, nothing that somebody acted on changes, nothing readers see changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from articles import drafts, workflow
from articles.models import Draft, MoveLog, QuotationUse, Reference, Revision, Story
from newsroom import blocks
from newsroom.accounts.models import Person
from tests.factories.accounts import person
from tests.factories.articles import published_story, quotation, quote_placement, section, story
from tests.factories.media_assets import image_placement

Save = Callable[..., Revision]


def test_opening_a_story_makes_all_its_parts(alice: Person, now: datetime) -> None:
    draft = drafts.open_story(alice, section(), headline="The King’s garden “opens”", at=now)
    made = draft.story
    assert (made.slug, made.owner, made.readers, made.path) == (
        "the-kings-garden-opens",
        alice,
        "nothing",
        "/royals/the-kings-garden-opens/",
    )
    assert [byline.person for byline in made.bylines.all()] == [alice]
    assert (draft.head.number, draft.head.headline) == (1, "The King’s garden “opens”")  # type: ignore[union-attr]
    assert MoveLog.objects.get().move == "open"


def test_a_save_adds_a_revision(alice: Person, now: datetime, save: Save) -> None:
    made = story(owner=alice)
    placed = image_placement()
    said = quotation("We are here")
    body = f'<p>One two three, <q data-quotation="{said.pk}">“We are here”</q>.</p><div data-block="image" data-id="{placed.pk}"></div>'
    revision = save(made.draft, alice, headline="  New   words\x00 ", body=body, lead_image_id=placed.pk)  # type: ignore[attr-defined]
    assert (revision.number, revision.headline, revision.author, revision.words) == (2, "New words", alice, 6)
    assert (revision.pictures, revision.quotations) == (2, 1)
    assert revision.body == blocks.clean(body)
    assert len(revision.paragraph_keys) == 2
    assert [(r.kind, r.placement_id) for r in Reference.objects.filter(revision=revision)] == [("image", placed.pk)]
    assert QuotationUse.objects.get(revision=revision).quotation == said
    made.draft.refresh_from_db()  # type: ignore[attr-defined]
    assert (made.draft.head, made.draft.version, made.draft.changed_by) == (revision, 2, alice)  # type: ignore[attr-defined]


def test_a_stale_save_is_refused_with_both_texts(alice: Person, bob: Person, now: datetime, save: Save) -> None:
    """Promise 4."""
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    read = draft.version
    theirs = save(draft, bob, body="<p>Bob's words.</p>")
    with pytest.raises(drafts.Stale) as stale:
        drafts.save(
            draft.pk,
            person=alice,
            expected_version=read,
            content=drafts.Content("Mine", body="<p>Alice's words.</p>"),
            at=now,
        )
    assert stale.value.yours.body == "<p>Alice's words.</p>"
    assert (stale.value.theirs, stale.value.by, stale.value.version) == (theirs, bob, read + 1)
    draft.refresh_from_db()
    assert draft.head == theirs
    assert draft.revisions.count() == 2


def test_a_save_after_a_move_is_stale_too(alice: Person, now: datetime) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    with pytest.raises(drafts.Stale):
        drafts.save(draft.pk, person=alice, expected_version=draft.version, content=drafts.Content("Mine"), at=now)


def test_the_same_words_again_are_no_revision(alice: Person, bob: Person, save: Save) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    assert save(draft, bob) == draft.head
    assert (draft.version, draft.revisions.count()) == (1, 1)


def test_autosave_amends_ones_own_newest_revision(alice: Person, save: Save) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    first = draft.head
    amended = save(draft, alice, body="<p>A little more.</p>", autosave=True)
    assert (amended, draft.head, draft.revisions.count(), draft.version) == (first, first, 1, 2)
    assert Revision.objects.get(pk=amended.pk).body == "<p>A little more.</p>"


def test_autosave_never_amends_what_another_acted_on(alice: Person, bob: Person, now: datetime, save: Save) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    submitted = draft.head
    assert save(draft, alice, body="<p>More.</p>", autosave=True) != submitted
    hers = draft.head
    assert save(draft, bob, body="<p>Bob's.</p>", autosave=True) != hers
    assert save(draft, alice, body="<p>Hers again.</p>", autosave=True).number == 4


def test_the_database_refuses_to_change_what_somebody_acted_on(alice: Person, now: datetime) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    Revision.objects.filter(pk=draft.head_id).update(words=3)  # nobody acted on it yet
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=draft.head_id).update(body="<p>Slipped in.</p>")
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=draft.head_id).delete()


@pytest.mark.parametrize(
    ("standing", "becomes"),
    [
        ("draft", "draft"),
        ("in_review", "in_review"),
        ("changes_requested", "changes_requested"),
        ("approved", "in_review"),
    ],
)
def test_where_a_draft_stands_after_a_save(alice: Person, save: Save, standing: str, becomes: str) -> None:
    draft: Draft = story(owner=alice, standing=standing).draft  # type: ignore[attr-defined]
    save(draft, alice, body="<p>New.</p>")
    assert (draft.standing, draft.approved_revision, draft.approved_by) == (becomes, None, None)


def test_a_published_draft_is_closed(alice: Person, now: datetime) -> None:
    draft: Draft = published_story(owner=alice).draft  # type: ignore[attr-defined]
    with pytest.raises(drafts.ContentRefused, match="closed"):
        drafts.save(draft.pk, person=alice, expected_version=draft.version, content=drafts.Content("Mine"), at=now)


def test_opening_a_published_story_again(alice: Person, bob: Person, now: datetime, save: Save) -> None:
    shown = published_story(owner=alice)
    draft = drafts.open_again(shown, bob, at=now)
    assert draft.head == draft.base_revision == shown.published_revision
    with pytest.raises(drafts.ContentRefused, match="already"):
        drafts.open_again(shown, alice, at=now)
    revision = save(draft, bob, body="<p>Next.</p>")
    assert (revision.number, revision.draft) == (1, draft)
    unpublished = story(owner=alice)
    with pytest.raises(drafts.ContentRefused, match="published"):
        drafts.open_again(unpublished, alice, at=now)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"headline": "x" * 201}, "headline"),
        ({"kicker": "x" * 61}, "kicker"),
        ({"standfirst": "x" * 1001}, "standfirst"),
        ({"body": "x" * 3_000_000}, "body"),
        ({"body": '<div data-block="image" data-id="999999"></div>'}, "body"),
        ({"body": '<div data-block="nonsense" data-id="1"></div>'}, "body"),
        ({"lead_image_id": 999999}, "lead_image"),
        ({"lead_image_id": 2**70}, "lead_image"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field(
    alice: Person, save: Save, words: dict[str, object], field: str
) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    with pytest.raises(drafts.ContentRefused) as refused:
        save(draft, alice, **words)
    assert list(refused.value.messages) == [field]
    draft.refresh_from_db()
    assert draft.version == 1


def test_what_cannot_be_stored_is_left_out_and_nothing_breaks(alice: Person, save: Save) -> None:
    revision = save(story(owner=alice).draft, alice, headline="a\x00b\ud800c\u202e", body="<p>x\x00y\ud800</p>")  # type: ignore[attr-defined]
    assert (revision.headline, revision.body) == ("abc", "<p>xy</p>")


@pytest.mark.parametrize("role", ["picture_editor", "legal", "marketing", "administrator", ""])
def test_only_those_who_write_save(alice: Person, now: datetime, role: str) -> None:
    nobody = person(*filter(None, [role]))
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    with pytest.raises(drafts.ContentRefused):
        drafts.save(draft.pk, person=nobody, expected_version=1, content=drafts.Content("Mine"), at=now)
    with pytest.raises(drafts.ContentRefused):
        drafts.open_story(nobody, section(), headline="Mine", at=now)


def test_an_old_block_is_not_asked_again(alice: Person, save: Save) -> None:
    """A placement that was fine when it came in must not stop later saves of the text around it."""
    placed = quote_placement()
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    block = f'<div data-block="quote" data-id="{placed.pk}"></div>'
    save(draft, alice, body=f"<p>One.</p>{block}")
    with blocks.registry.only():
        save(draft, alice, body=f"<p>Two.</p>{block}")


def test_paragraph_keys_are_carried_over(alice: Person, save: Save) -> None:
    draft: Draft = story(owner=alice, body="<p>One.</p><p>Two.</p>").draft  # type: ignore[attr-defined]
    before = draft.head.paragraph_keys  # type: ignore[union-attr]
    after = save(draft, alice, body="<p>Nought.</p><p>One.</p><p>Two.</p>").paragraph_keys
    assert after[1:] == before
    assert after[0] not in before


def test_the_address_follows_the_headline_until_readers_know_it(alice: Person, now: datetime, save: Save) -> None:
    draft = drafts.open_story(alice, section(), at=now)
    assert draft.story.slug.startswith("untitled")
    save(draft, alice, headline="A coach for the King")
    assert Story.objects.get(pk=draft.story_id).slug == "a-coach-for-the-king"
    twin = drafts.open_story(alice, section(), headline="A coach for the King", at=now)
    assert twin.story.slug == "a-coach-for-the-king-2"

    shown = published_story(owner=alice, headline="Known to readers")
    again = drafts.open_again(shown, alice, at=now)
    save(again, alice, headline="Renamed")
    assert Story.objects.get(pk=shown.pk).slug == "known-to-readers"
