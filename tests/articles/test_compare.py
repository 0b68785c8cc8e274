"""The history: one line a sitting, any two states in words, and an earlier one back as the newest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import differing, drafts, restoring
from articles.desk.history_lines import lines
from articles.models import Draft, MoveLog, Revision
from newsroom.accounts.models import Person
from newsroom.audit.models import AuditRow
from tests.factories import media_assets as pictures
from tests.factories.accounts import person
from tests.factories.articles import AT, product_placement, published_story, revision, story


def said(changes: list[differing.Change]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(change.place, [(piece.kind, piece.text) for piece in change.pieces]) for change in changes]


def test_a_sitting_is_one_line(alice: Person, bob: Person) -> None:
    made = story(owner=alice)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    first = draft.head
    assert first is not None

    def saved(minute: int, by: Person, *, by_hand: bool = False) -> Revision:
        kept = revision(draft, author=by, at=AT + timedelta(minutes=minute), body=f"<p>{minute}</p>")
        Revision.objects.filter(pk=kept.pk).update(by_hand=by_hand)
        return Revision.objects.get(pk=kept.pk)

    for minute in (1, 2, 3):  # one sitting
        saved(minute, alice)
    saved(4, bob)  # somebody else's
    saved(5, alice)
    saved(6, alice, by_hand=True)  # it ends with the one by hand
    acted = saved(7, alice)
    MoveLog.objects.create(
        story=made, draft=draft, revision=acted, move="submit", person=alice, at=AT + timedelta(minutes=7, seconds=1)
    )
    saved(8, alice)
    saved(50, alice)  # after lunch
    found = lines(MoveLog.objects.filter(story=made), Revision.objects.filter(draft=draft).select_related("author"))
    assert [[kept.number for kept in line.revisions] if line.saved else line.said for line in found] == [
        [10],
        [9],
        "submitted this",
        [8],
        [7, 6],
        [5],
        [4, 3, 2],
        [1],
    ]


def test_differences_are_words(alice: Person) -> None:
    lead = pictures.image_placement(pictures.asset(made=False), caption="The gates", alternative_text="Iron gates")
    other = pictures.image_placement(lead.asset, caption="The old gates", alternative_text="Iron gates")
    coat = product_placement(blurb="Warm and dry.")
    newer = product_placement(coat.product, blurb="Warm and light.")
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    kept = '<p>Stays.</p><p>The gates opened at nine o’clock in the <a href="https://a.example/">morning</a>.</p>'
    old = revision(
        draft,
        author=alice,
        headline="Gates open",
        standfirst="Quietly",
        lead_image=lead,
        body=f'{kept}<div data-block="product" data-id="{coat.pk}"></div><p>Taken away entirely, every word.</p>',
    )
    new = revision(
        draft,
        author=alice,
        headline="Gates close",
        lead_image=other,
        body=kept.replace("nine", "ten").replace("a.example", "b.example")
        + f'<div data-block="product" data-id="{newer.pk}"></div><h2>Something new</h2>',
    )
    found = dict(said(differing.changes(old, new)))
    assert found["Headline"] == [("same", "Gates "), ("gone", "open"), ("new", "close")]
    assert found["Standfirst"] == [("gone", "Quietly")]
    assert ("new", " old") in found["Lead image"]
    assert ("gone", "dry") in found["Product"]
    assert ("new", "light") in found["Product"]
    body = [pieces for place, pieces in said(differing.changes(old, new)) if not place]
    edited = next(pieces for pieces in body if ("same", "The gates opened at ") in pieces)
    assert edited[:3] == [("same", "The gates opened at "), ("gone", "nine"), ("new", "ten")]
    assert "b.example" in "".join(text for kind, text in edited if kind == "new"), "a link that leads elsewhere"
    assert [("new", "Something new")] in body
    assert [("gone", "Taken away entirely, every word.")] in body
    assert differing.changes(old, old) == []
    set_otherwise = revision(draft, author=alice, headline="Gates open", standfirst="Quietly", lead_image=lead,
                             body=old.body.replace("<p>Stays.</p>", "<h2>Stays.</h2>"))  # fmt: skip
    assert [change.note for change in differing.changes(old, set_otherwise)] == [differing.SET_OTHERWISE]


def test_no_word_is_missing_from_a_comparison(alice: Person) -> None:
    draft: Draft = story(owner=alice).draft  # type: ignore[attr-defined]
    old = revision(draft, author=alice, body="<p>one two three</p><p>four five</p><p>six</p>")
    new = revision(draft, author=alice, body="<p>six</p><p>one 2 three</p><p>seven</p>")
    words = {
        kind: {word for change in differing.changes(old, new) for piece in change.pieces if piece.kind == kind
               for word in piece.text.split()}
        for kind in ("gone", "new")
    }  # fmt: skip
    assert {"two", "four", "five"} <= words["gone"]
    assert {"2", "seven"} <= words["new"]


def test_the_page_compares_any_two_and_nothing_of_another_story(alice: Person, client: Client) -> None:
    made = story(owner=alice, body="<p>One.</p>")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    first = draft.head
    assert first is not None
    second, third = (
        revision(draft, author=alice, at=AT + timedelta(hours=n), body=f"<p>State {n}.</p>") for n in (1, 2)
    )
    client.force_login(alice)
    url = reverse("articles-desk:history", args=[made.pk])
    for asked in ({"compare": third.pk, "with": first.pk}, {"compare": first.pk, "with": third.pk}):
        html = client.get(url, asked).content.decode()
        assert f"From revision {first.number} to {third.number}" in html
        assert "State 1" not in html
    assert f"From revision {second.number} to {third.number}" in client.get(url, {"compare": third.pk}).content.decode()
    foreign = story(owner=alice).draft.head.pk  # type: ignore[attr-defined]
    for asked in ({"compare": foreign}, {"compare": third.pk, "with": foreign}, {"compare": "x"}):
        assert client.get(url, asked).status_code == 404


def test_an_earlier_state_comes_back_as_the_newest(alice: Person, save: Any, now: Any) -> None:
    made = story(owner=alice, headline="First", body="<p>First words.</p>")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    first = draft.head
    assert first is not None
    second = save(draft, alice, headline="Second", body="<p>Second words.</p>")
    # Kept by itself, by the same person: what a save by hand would otherwise finish, in its place.
    Revision.objects.filter(pk=second.pk).update(by_hand=False)
    with pytest.raises(drafts.Stale):
        restoring.restore(draft, first, person=alice, expected_version=draft.version - 1, at=now)
    kept = restoring.restore(draft, first, person=alice, expected_version=draft.version, at=now)
    assert kept is not None
    draft.refresh_from_db()
    assert (kept.headline, kept.body, kept.number) == ("First", first.body, second.number + 1)
    assert draft.head == kept
    assert Revision.objects.get(pk=second.pk).headline == "Second", "what was newest stays in the history"
    assert AuditRow.objects.get(action="story.restored").facts == {"revision": first.pk, "as_revision": kept.pk}
    assert restoring.restore(draft, first, person=alice, expected_version=draft.version, at=now) is None


def test_the_button_says_what_became_of_it(alice: Person, bob: Person, client: Client) -> None:
    made = story(owner=alice, standing="approved", approver=bob, headline="As approved")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    other = revision(draft, author=alice, headline="Another", number=40)
    client.force_login(alice)
    url = reverse("articles-desk:restore-revision", args=[made.pk])

    def press(**data: object) -> str:
        answer = client.post(url, data, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "Nothing was restored. Look again." in press(revision=other.pk, draft=draft.pk, expected_version=99)
    assert "Nothing was restored. Look again." in press(revision=other.pk, draft=draft.pk, expected_version="x")
    assert "is restored as revision" in press(revision=other.pk, draft=draft.pk, expected_version=draft.version)
    draft.refresh_from_db()
    assert draft.standing == Draft.Standing.IN_REVIEW, "an approval never passes to other words"
    assert client.post(url, {"revision": story().draft.head.pk}).status_code == 404  # type: ignore[attr-defined]
    assert client.post(url).status_code == 404
    client.force_login(person("picture_editor"))
    assert client.post(url, {"revision": other.pk, "expected_version": draft.version}).status_code == 403

    closed = published_story(owner=alice)
    client.force_login(alice)
    page = client.get(reverse("articles-desk:history", args=[closed.pk]), {"compare": closed.published_revision_id})
    assert "write an update first" in page.content.decode()
    answer = client.post(
        reverse("articles-desk:restore-revision", args=[closed.pk]),
        {"revision": closed.published_revision_id, "expected_version": 1},
        follow=True,
    )
    assert "Press “Write an update”" in answer.content.decode()


def test_queries_do_not_grow_with_the_history(alice: Person, client: Client) -> None:
    lead = pictures.image_placement(pictures.asset(made=False))
    made = story(owner=alice, lead_image=lead)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    client.force_login(alice)

    def more(n: int) -> Revision:
        body = f'<p>{n}</p><div data-block="image" data-id="{pictures.image_placement(lead.asset).pk}"></div>'
        kept = revision(draft, author=alice, at=AT + timedelta(hours=n), body=body)
        MoveLog.objects.create(story=made, draft=draft, revision=kept, move="submit", person=alice, at=AT)
        return kept

    def queries(newest: Revision) -> int:
        url, asked = reverse("articles-desk:history", args=[made.pk]), {"compare": newest.pk}
        client.get(url, asked)
        with CaptureQueriesContext(connection) as ran:
            client.get(url, asked)
        return len([query for query in ran if "publication_publication" not in query["sql"]])

    more(1)
    few = queries(more(2))
    for n in range(3, 22):
        newest = more(n)
    assert queries(newest) == few


@pytest.mark.django_db
@pytest.mark.parametrize("keys", [[], ["one"], ["one", "one"], ["one", "two", "three"]])
def test_states_whose_keys_do_not_fit_are_compared_all_the_same(alice: Person, client: Client, keys: list[str]) -> None:
    """The history of an old row must not answer 500."""
    made = story(owner=alice, body="<p>The gates opened.</p>\n<p>It rained.</p>")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    later = revision(draft, author=alice, body="<p>The gates opened.</p>\n<p>It hailed.</p>")
    Revision.objects.filter(draft=draft).update(paragraph_keys=keys)
    client.force_login(alice)
    html = client.get(reverse("articles-desk:history", args=[made.pk]), {"compare": later.pk}).content.decode()
    assert "hailed" in html
