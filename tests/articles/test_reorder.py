"""Two move paragraphs of one text: both orders where they can be had together, else the later one, and nobody loses theirs
unsaid (promise 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from articles.models import Draft, Revision
from articles.together import Kept
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.articles.test_correct import opened, out
from tests.articles.test_together import Page
from tests.factories.articles import published_story, story

pytestmark = pytest.mark.django_db
Save = Callable[..., Revision]
WORDS = {"a": "<p>The gates opened.</p>", "b": "<p>It rained.</p>", "c": "<p>The band played.</p>"}


def body(order: str) -> str:
    return "\n".join(WORDS[key] for key in order)


@pytest.fixture
def draft(alice: Person) -> Draft:
    made: Draft = story(owner=alice, body=body("abc"), headline="Harbour walk").draft  # type: ignore[attr-defined]
    return made


def moved(page: Page, order: str, now: datetime) -> Kept:
    """order: of the three as they stood when the page was opened."""
    keys = dict(zip("abc", page.base.paragraph_keys, strict=True))
    words = dict(zip("abc", page.base.body.split("\n"), strict=True))
    return page.save(now, body="\n".join(words[key] for key in order), keys=[keys[key] for key in order])


def test_both_orders_where_they_can_be_had(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    moved(hers, "bac", now)
    kept = moved(his, "cab", now)
    assert (kept.revision.body, kept.rearranged) == (body("cba"), None)
    assert not Notice.objects.exists()


def test_the_later_order_stands_and_the_other_one_is_told_and_kept(
    draft: Draft, alice: Person, bob: Person, now: datetime
) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    earlier = moved(hers, "bca", now).revision
    kept = moved(his, "acb", now)
    assert kept.revision.body == body("acb")
    assert kept.rearranged == earlier
    told = Notice.objects.get()
    assert (told.person, told.kind) == (alice, "articles.rearranged")
    assert told.title == "Bob Barrow moved paragraphs of “Harbour walk” otherwise than you"
    # From there one press leads to the two beside each other, and hers can be had again.
    desk = Client()
    desk.force_login(alice)
    shown = desk.get(told.url)
    assert shown.status_code == 200
    assert "The gates opened." in shown.content.decode()
    earlier.refresh_from_db()
    assert (earlier.body, earlier.sealed) == (body("bca"), True)
    # An answer that was lost tells nobody again.
    assert his.save(now, body=kept.revision.body).rearranged is None
    assert Notice.objects.count() == 1


def test_an_open_page_is_told_that_its_order_stands(alice: Person, bob: Person, now: datetime) -> None:
    made = story(owner=alice, body=body("abc"), headline="Harbour walk")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    keys = his.base.paragraph_keys
    moved(hers, "bca", now)
    desk = Client()
    desk.force_login(bob)
    answer = desk.post(
        f"/desk/stories/{made.pk}/save/",
        {
            "draft": draft.pk,
            "expected_version": his.version,
            "base": his.base.pk,
            "pen": "b",
            "autosave": "1",
            "headline": "Harbour walk",
            "body": body("acb"),
            "keys": f'["{keys[0]}", "{keys[2]}", "{keys[1]}"]',
        },
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["chosen"] == [
        "Alice Ashdown had moved paragraphs as well. Your order stands; the other one is kept as revision 2 in the history."
    ]


def test_a_correction_that_moves_what_a_rewrite_moved_otherwise_is_told(
    alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    seen = published_story(owner=alice, body=body("abc"), headline="Harbour walk")
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=body("bca"))
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=body("acb"))
    out(correction, carol, bob, now)
    rewrite.refresh_from_db()
    assert Revision.objects.get(pk=rewrite.head_id).body == body("acb")
    assert [(one.person, one.title) for one in Notice.objects.filter(kind="articles.rearranged")] == [
        (alice, "Carol Crane moved paragraphs of “Harbour walk” otherwise than you")
    ]
