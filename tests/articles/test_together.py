"""Several people in one draft: nobody is locked out, nothing is overwritten (promise 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from articles import clashes, drafts, together, workflow
from articles.models import Clash, Draft, MoveLog, Revision
from articles.refusals import Refused
from articles.together import Kept, Typed
from newsroom.accounts.models import Person
from tests.factories.articles import story

THREE = "<p>The gates opened at nine.</p>\n<p>By noon the queue reached the river.</p>\n<p>Then the rain came.</p>"


class Page:
    """An open writing screen: what it read, and what it sends."""

    def __init__(self, draft: Draft, person: Person, pen: str) -> None:
        drafts.begin(draft.pk)
        self.person, self.pen, self.draft_id = person, pen, draft.pk
        draft = Draft.objects.select_related("head").get(pk=draft.pk)
        assert draft.head is not None
        self.version, self.base = draft.version, draft.head
        self.keys: Sequence[str] = ()

    def save(self, at: datetime, *, autosave: bool = True, lost: bool = False, **typed: Any) -> Kept:
        """lost: the answer never arrives, so this page goes on as if nothing had been saved."""
        more = {name: typed.pop(name) for name in ("contested", "settled", "keys", "overtaken") if name in typed}
        knowing, shrinking = typed.pop("knowing", False), typed.pop("shrinking", True)
        content = drafts.content_of(self.base).__class__(**{**drafts.content_of(self.base).__dict__, **typed})
        kept = together.save(
            self.draft_id,
            person=self.person,
            expected_version=self.version,
            typed=Typed(content, base_id=self.base.pk, **more),
            at=at,
            autosave=autosave,
            pen=self.pen,
            knowing=knowing,
            shrinking=shrinking,
        )
        if not lost:
            self.base, self.version = kept.revision, Draft.objects.get(pk=self.draft_id).version
        return kept


@pytest.fixture
def draft(alice: Person) -> Draft:
    made: Draft = story(owner=alice, body=THREE, headline="Harbour walk").draft  # type: ignore[attr-defined]
    return made


def test_different_paragraphs_go_together(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"))
    kept = his.save(now, body=THREE.replace("rain", "hail"), headline="Harbour walk ends")
    assert kept.revision.body == THREE.replace("nine", "ten").replace("rain", "hail")
    assert (kept.joined, kept.clashes, kept.revision.headline) == (True, (), "Harbour walk ends")
    assert kept.revision.joined
    # She types on and has not seen his words: they stay.
    kept = hers.save(now, body=THREE.replace("nine", "ten sharp"))
    assert kept.revision.body == THREE.replace("nine", "ten sharp").replace("rain", "hail")
    assert kept.revision.headline == "Harbour walk ends"


def test_the_same_paragraph_keeps_both_until_somebody_chooses(
    draft: Draft, alice: Person, bob: Person, now: datetime
) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"))
    kept = his.save(now, body=THREE.replace("nine", "eight"))
    (clash,) = kept.clashes
    assert kept.revision.body == THREE.replace("nine", "ten")
    assert (clash.yours, clash.theirs) == ("<p>The gates opened at eight.</p>", "<p>The gates opened at ten.</p>")
    assert (clash.person, clash.other, clash.choice) == (bob, alice, "")
    # He types on in his words: they are kept in the clash, hers in the draft.
    keys = kept.revision.paragraph_keys
    kept = his.save(
        now, body=THREE.replace("nine", "eight o'clock").replace("rain", "hail"), contested=[clash.pk], keys=keys
    )
    assert kept.revision.body == THREE.replace("nine", "ten").replace("rain", "hail")
    assert (kept.clashes, Clash.objects.get().yours) == ((), "<p>The gates opened at eight o'clock.</p>")
    # And chooses his own.
    kept = his.save(
        now, body=kept.revision.body.replace("ten", "eight"), settled={clash.pk: "yours"}, keys=keys, autosave=False
    )
    assert kept.revision.body == THREE.replace("nine", "eight").replace("rain", "hail")
    clash.refresh_from_db()
    assert (clash.choice, clash.settled_by, clash.settled_at) == ("yours", bob, now)
    assert not clashes.waiting(draft)


def test_a_contested_paragraph_is_never_written_over(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    """She goes on in the paragraph while his is contested: each of hers arrives, each of his is kept."""
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"))
    kept = his.save(now, body=THREE.replace("nine", "eight"))
    keys, (clash,) = kept.revision.paragraph_keys, kept.clashes
    hers.save(now, body=THREE.replace("nine", "ten past ten"))
    kept = his.save(now, body=THREE.replace("nine", "eight, or so"), contested=[clash.pk], keys=keys)
    assert kept.revision.body == THREE.replace("nine", "ten past ten")
    assert [c.yours for c in clashes.waiting(draft)] == ["<p>The gates opened at eight, or so.</p>"]
    # She takes the paragraph out altogether; his words are still there to choose.
    hers.save(now, body=THREE.split("\n", 1)[1])
    his.save(now, body=THREE.replace("nine", "eight, or so"), contested=[clash.pk], keys=keys)
    kept = his.save(now, body=THREE.replace("nine", "eight, I think"), contested=[clash.pk], keys=keys)
    assert "gates" not in kept.revision.body
    assert Clash.objects.get().yours == "<p>The gates opened at eight, I think.</p>"


@pytest.mark.parametrize(
    ("choice", "first"),
    [
        ("yours", ["<p>The gates opened at eight.</p>"]),
        ("theirs", ["<p>The gates opened at ten.</p>"]),
        ("both", ["<p>The gates opened at ten.</p>", "<p>The gates opened at eight.</p>"]),
    ],
)
def test_a_choice_from_outside(
    draft: Draft, alice: Person, bob: Person, now: datetime, choice: str, first: list[str]
) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"))
    (clash,) = his.save(now, body=THREE.replace("nine", "eight")).clashes
    revision = together.choose(clash, choice, person=alice, at=now)
    assert revision.body == "\n".join([*first, *THREE.split("\n")[1:]])
    with pytest.raises(Refused):
        together.choose(clash, "theirs", person=bob, at=now)


def test_a_choice_brings_back_what_theirs_took_out(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    first, _second, third = THREE.split("\n")
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=f"{first}\n{third}")
    (clash,) = his.save(now, body=THREE.replace("river", "sea")).clashes
    assert (clash.theirs, clash.after) == ("", draft.head.paragraph_keys[0])  # type: ignore[union-attr]
    assert together.choose(clash, "yours", person=bob, at=now).body == THREE.replace("river", "sea")


def test_headlines_clash_too(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, headline="Hers")
    kept = his.save(now, headline="His")
    assert (kept.revision.headline, [(c.place, c.yours) for c in kept.clashes]) == ("Hers", [("headline", "His")])
    kept = his.save(now, headline="His, longer", contested=[kept.clashes[0].pk])
    assert (kept.revision.headline, Clash.objects.get().yours) == ("Hers", "His, longer")
    assert together.choose(Clash.objects.get(), "both", person=bob, at=now).headline == "Hers His, longer"


def test_an_autosave_amends_its_own_pages_revision_only(draft: Draft, alice: Person, now: datetime) -> None:
    one = Page(draft, alice, "one")
    first = one.save(now, body=THREE.replace("nine", "ten")).revision
    assert one.save(now, body=THREE.replace("nine", "ten sharp")).revision == first
    assert draft.revisions.count() == 2
    other = Page(draft, alice, "other")  # her telephone: what it read is sealed
    second = one.save(now, body=THREE.replace("nine", "eleven")).revision
    assert second != first
    kept = other.save(now, body=THREE.replace("nine", "ten sharp").replace("rain", "hail"))
    assert kept.revision.body == THREE.replace("nine", "eleven").replace("rain", "hail")
    assert [revision.by_hand for revision in draft.revisions.order_by("number")][1:] == [False, False, False]


def test_a_save_by_hand_is_a_state_to_come_back_to(draft: Draft, alice: Person, now: datetime) -> None:
    page = Page(draft, alice, "one")
    page.save(now, body=THREE.replace("nine", "ten"))
    by_hand = page.save(now, body=THREE.replace("nine", "ten"), autosave=False).revision
    by_hand.refresh_from_db()
    assert (by_hand.by_hand, by_hand.sealed, by_hand.number) == (True, True, 2)
    assert page.save(now, body=THREE.replace("nine", "noon")).revision.number == 3
    by_hand.refresh_from_db()
    assert "ten" in by_hand.body


def test_a_lost_answer_doubles_nothing(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    page = Page(draft, alice, "one")
    page.save(now, body=f"{THREE}\n<p>And then</p>", lost=True)
    kept = page.save(now, body=f"{THREE}\n<p>And then the bells rang.</p>")
    assert kept.revision.body == f"{THREE}\n<p>And then the bells rang.</p>"
    assert not kept.clashes
    # Lost again, and a colleague has saved on it meanwhile.
    page.save(now, body=f"{THREE}\n<p>And then the bells rang.</p>\n<p>Thrice.</p>", lost=True)
    Page(draft, bob, "two").save(
        now, body=f"{THREE.replace('nine', 'ten')}\n<p>And then the bells rang.</p>\n<p>Thrice.</p>"
    )
    kept = page.save(now, body=f"{THREE}\n<p>And then the bells rang.</p>\n<p>Thrice over.</p>")
    assert kept.revision.body == (
        f"{THREE.replace('nine', 'ten')}\n<p>And then the bells rang.</p>\n<p>Thrice over.</p>"
    )


def test_the_same_new_paragraph_in_both_comes_once(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=f"{THREE}\n<p>It ended at four.</p>")
    kept = his.save(now, body=f"{THREE}\n<p>It ended at four.</p>\n<p>Nobody minded.</p>")
    assert kept.revision.body == f"{THREE}\n<p>It ended at four.</p>\n<p>Nobody minded.</p>"


@pytest.mark.parametrize(
    "keys", [("x", "y", "z"), ("",), ("same", "same", ""), ("__proto__",) * 3], ids=["unknown", "few", "twice", "odd"]
)
def test_keys_that_make_no_sense_count_as_none(
    draft: Draft, alice: Person, bob: Person, now: datetime, keys: tuple[str, ...]
) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "ten"))
    kept = his.save(now, body=THREE.replace("rain", "hail"), keys=keys)
    assert kept.revision.body == THREE.replace("nine", "ten").replace("rain", "hail")


def test_an_approval_is_not_undone_by_an_open_page(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    """Promise 2: neither an autosave nor somebody who cannot know takes an approval away."""
    page = Page(draft, alice, "a")
    draft.refresh_from_db()
    workflow.submit(draft=draft, person=alice, expected_version=draft.version, at=now)
    draft.refresh_from_db()
    Draft.objects.filter(pk=draft.pk).update(
        standing="approved", approved_revision=draft.head_id, approved_by=bob, version=draft.version + 1
    )
    MoveLog.objects.create(story=draft.story, draft=draft, revision=draft.head, move="approve", person=bob, at=now)
    for autosave in (True, False):
        with pytest.raises(drafts.Held) as held:
            page.save(now + timedelta(seconds=1), body=THREE.replace("nine", "ten"), autosave=autosave)
        assert (held.value.by, held.value.at) == (bob, now)
    page.version = held.value.version
    with pytest.raises(drafts.Held):
        page.save(now, body=THREE.replace("nine", "ten"))
    kept = page.save(now, body=THREE.replace("nine", "ten"), autosave=False)
    draft.refresh_from_db()
    assert (draft.standing, draft.approved_by, draft.head) == ("in_review", None, kept.revision)


def test_without_a_beginning_the_version_decides(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    Page(draft, alice, "a").save(now, body=THREE.replace("nine", "ten"))
    elsewhere: Revision = story(owner=bob, body="<p>Another story.</p>").draft.head  # type: ignore[attr-defined]
    for base in (None, elsewhere.pk, 2**62):
        with pytest.raises(drafts.Stale):
            together.save(
                draft.pk,
                person=bob,
                expected_version=draft.version,
                typed=Typed(drafts.Content("Mine"), base_id=base),
                at=now,
            )


def test_what_somebody_opened_never_changes_under_them(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers = Page(draft, alice, "a")
    hers.save(now, body=THREE.replace("nine", "ten"))
    his = Page(draft, bob, "b")
    hers.save(now, body=THREE.replace("nine", "eleven"))
    his.base.refresh_from_db()
    assert "ten" in his.base.body
    assert his.save(now, body=his.base.body.replace("rain", "hail")).revision.body == THREE.replace(
        "nine", "eleven"
    ).replace("rain", "hail")


def test_what_was_overtaken_on_its_way_is_never_written_over(
    draft: Draft, alice: Person, bob: Person, now: datetime
) -> None:
    """His words arrive while she types in that very paragraph: both are kept, although she stands on his revision."""
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    his.save(now, body=THREE.replace("nine", "ten"), headline="His")
    kept = hers.save(now)
    key = kept.revision.paragraph_keys[0]
    kept = hers.save(
        now, body=THREE.replace("nine", "nine, or so"), headline="Hers", overtaken=[key, "headline", "of nothing"]
    )
    assert (kept.revision.body, kept.revision.headline) == (THREE.replace("nine", "ten"), "His")
    assert {clash.place: (clash.base, clash.yours) for clash in kept.clashes} == {
        key: ("", "<p>The gates opened at nine, or so.</p>"),
        "headline": ("", "Hers"),
    }


def test_a_beginning_that_nobody_kept_is_refused(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    """A caller that opened nothing names a revision whose writer went on in it: then the version decides."""
    hers = Page(draft, alice, "a")
    read = hers.save(now, body=THREE.replace("nine", "ten")).revision
    version = hers.version
    hers.save(now, body=THREE.replace("nine", "eleven"))
    with pytest.raises(drafts.Stale):
        together.save(
            draft.pk,
            person=bob,
            expected_version=version,
            typed=Typed(drafts.Content("His"), base_id=read.pk),
            at=now,
        )
    assert draft.revisions.order_by("-number")[0].body == THREE.replace("nine", "eleven")
