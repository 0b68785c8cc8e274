"""What two changed in one place: kept apart by what it came from, settled once, and lost by nothing (promise 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from articles import clashes, together
from articles.models import Clash, Draft, Revision, Story
from articles.together import Kept
from newsroom.accounts.models import Person
from tests import rolled
from tests.articles.conftest import NOW
from tests.articles.test_correct import opened, out
from tests.articles.test_together import THREE, Page
from tests.factories.accounts import person
from tests.factories.articles import published_story, story

pytestmark = pytest.mark.django_db
Save = Callable[..., Revision]
GATES, REST = THREE.split("\n", 1)


@pytest.fixture
def draft(alice: Person) -> Draft:
    made: Draft = story(owner=alice, body=THREE, headline="Harbour walk").draft  # type: ignore[attr-defined]
    return made


def said(*words: str) -> str:
    return "\n".join([*(f"<p>The gates opened at {one}.</p>" for one in words), REST])


def clashed(draft: Draft, alice: Person, bob: Person, now: datetime) -> tuple[Page, Page, Clash, list[str]]:
    """Hers (ten) stands in the draft, his (eight) waits; both pages are open still."""
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=said("ten"))
    kept = his.save(now, body=said("eight"))
    return hers, his, kept.clashes[0], kept.revision.paragraph_keys


@pytest.fixture
def rewritten(alice: Person, carol: Person, bob: Person, now: datetime, save: Save) -> Draft:
    """A rewrite that says "early", beside which a correction of Carol's has gone out."""
    seen = published_story(owner=alice, body=THREE, headline="Harbour walk")
    rewrite = opened(seen, alice, "main", now)
    save(rewrite, alice, body=said("early"))
    correct(seen, "eight", carol, bob, now, save)
    rewrite.refresh_from_db()
    return rewrite


def correct(seen: Story, words: str, carol: Person, bob: Person, now: datetime, save: Save) -> None:
    seen.refresh_from_db()
    correction = opened(seen, carol, "correction", now)
    save(correction, carol, body=said(words))
    out(correction, carol, bob, now)


def test_what_came_from_elsewhere_is_never_written_over(
    rewritten: Draft, alice: Person, bob: Person, carol: Person, now: datetime, save: Save
) -> None:
    """Two corrections of one paragraph, and in the same place the open pages of whoever made them: four texts, each of
    its own, and every further save is answered."""
    hers, telephone = Page(rewritten, carol, "desk"), Page(rewritten, carol, "telephone")
    correct(rewritten.story, "seven", carol, bob, now, save)
    rewritten.refresh_from_db()
    Page(rewritten, alice, "a").save(now, body=said("very early"))
    for _ in range(2):  # the second time as a page that was never told
        hers.save(now, body=said("dawn"), lost=True)
    telephone.save(now, body=said("sunrise"))
    texts = [clash.yours for clash in clashes.waiting(rewritten)]
    assert sorted(texts) == [f"<p>The gates opened at {one}.</p>" for one in ("dawn", "eight", "seven", "sunrise")]
    assert [bool(clash.published_id) for clash in clashes.waiting(rewritten)] == [True, True, False, False]
    # Nor does a page that names what a publication brought.
    brought = clashes.waiting(rewritten)[0]
    hers.save(now, body=said("noon"), contested=[brought.pk], lost=True)
    brought.refresh_from_db()
    assert "eight" in brought.yours


def test_an_idle_page_takes_in_what_was_chosen(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers, his, clash, keys = clashed(draft, alice, bob, now)
    version = Draft.objects.get(pk=draft.pk).version
    hers.save(now, body=said("ten"), settled={clash.pk: "theirs"}, autosave=False)
    assert Draft.objects.get(pk=draft.pk).version > version, "a choice that leaves the text is heard of all the same"
    kept = his.save(now, body=said("eight").replace("rain", "hail"), contested=[clash.pk], keys=keys)
    assert kept.revision.body == said("ten").replace("rain", "hail")
    assert (kept.joined, kept.clashes, [one.pk for one in kept.settled]) == (True, (), [clash.pk])
    assert not clashes.waiting(draft)


@pytest.mark.parametrize(("choice", "result"), [("theirs", ["ten"]), ("yours", ["eight"]), ("both", ["ten", "eight"])])
@pytest.mark.parametrize("typed", [False, True])
def test_who_typed_on_after_the_choice_loses_nothing(
    draft: Draft, alice: Person, bob: Person, now: datetime, choice: str, result: list[str], typed: bool
) -> None:
    _, his, clash, keys = clashed(draft, alice, bob, now)
    together.choose(clash, choice, person=alice, at=now)
    kept = his.save(now, body=said("eight sharp" if typed else "eight"), contested=[clash.pk], keys=keys)
    waiting = [one.yours for one in clashes.waiting(draft)]
    if not typed:
        assert (kept.revision.body, waiting) == (said(*result), [])
    elif choice == "yours":
        assert (kept.revision.body, waiting) == (said("eight sharp"), [])
    else:
        assert (kept.revision.body, waiting) == (said(*result), ["<p>The gates opened at eight sharp.</p>"])
    clash.refresh_from_db()
    assert (clash.choice, clash.settled_by) == (choice, alice)


def test_a_headline_and_a_paragraph_taken_out_are_settled_alike(
    draft: Draft, alice: Person, bob: Person, now: datetime
) -> None:
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=said("ten"), headline="Hers")
    kept = his.save(now, body=REST, headline="His")
    place, headline = sorted(kept.clashes, key=lambda one: one.place == "headline")
    for clash, choice in ((place, "yours"), (headline, "theirs")):
        together.choose(clash, choice, person=alice, at=now)
    kept = his.save(now, body=REST, headline="His", contested=[place.pk, headline.pk])
    assert (kept.revision.body, kept.revision.headline) == (REST, "Hers")
    assert not clashes.waiting(draft)


def test_two_who_choose_otherwise_are_asked_again(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    hers, his, clash, keys = clashed(draft, alice, bob, now)
    hers.save(now, body=said("ten"), settled={clash.pk: "theirs"}, autosave=False)
    kept = his.save(now, body=said("eight"), settled={clash.pk: "yours"}, keys=keys, autosave=False)
    assert kept.revision.body == said("ten")
    assert [one.yours for one in kept.clashes] == ["<p>The gates opened at eight.</p>"]
    clash.refresh_from_db()
    assert (clash.choice, clash.settled_by) == ("theirs", alice)
    # An answer that was lost is no other choice.
    kept = his.save(now, body=said("eight"), settled={kept.clashes[0].pk: "yours"}, keys=keys, lost=True)
    kept = his.save(now, body=said("eight"), settled={Clash.objects.latest("pk").pk: "yours"}, keys=keys)
    assert (kept.revision.body, kept.clashes) == (said("eight"), ())


def test_a_late_page_that_lost_its_text_is_asked(draft: Draft, alice: Person, bob: Person, now: datetime) -> None:
    body = "\n".join(f"<p>{number} {'word ' * 40}</p>" for number in range(3))
    Page(draft, alice, "0").save(now, body=body)
    hers, his = Page(draft, alice, "a"), Page(draft, bob, "b")
    hers.save(now, body=body.replace("0 word", "0 hers"))
    with pytest.raises(together.Shrinks) as asked:
        his.save(now, body="", shrinking=False)
    assert (asked.value.before, asked.value.after) == (123, 0)
    assert Draft.objects.get(pk=draft.pk).head.words == 123  # type: ignore[union-attr]
    # What others put in or took out is not what this page does.
    hers.save(now, body="<p>All gone.</p>", shrinking=True)
    his.save(now, body=body.replace("2 word", "2 his"), shrinking=False)
    his.save(now, body="", shrinking=True)


class Desk(RuleBasedStateMachine):
    """Three pages of two people in one paragraph, in any order; each sees what its page would show."""

    def __init__(self) -> None:
        super().__init__()
        alice, bob = person("reporter"), person("editor")
        made: Draft = story(owner=alice, body=THREE).draft  # type: ignore[attr-defined]
        self.draft, self.people = made, [alice, bob, bob]
        self.pages = [Page(made, who, f"pen{number}") for number, who in enumerate(self.people)]
        self.shown = [THREE] * 3
        self.contested: list[set[int]] = [set(), set(), set()]
        self.choices: dict[int, tuple[str, str, Any]] = {}
        self.typed: set[str] = set()
        self.number = 0

    def take_in(self, number: int, kept: Kept) -> None:
        """As writing-together.js does: others' words are put in, but not where this page is in dispute."""
        waiting = {one.pk: one for one in clashes.waiting(self.draft)}
        self.contested[number] &= set(waiting)
        self.contested[number] |= {one.pk for one in kept.clashes}
        mine = {waiting[pk].place for pk in self.contested[number]}
        paragraphs = {
            key: kept.sent.paragraphs[key] if key in mine and key in kept.sent.paragraphs else html
            for key, html in kept.text.paragraphs.items()
        }
        self.shown[number] = "\n".join(paragraphs.values())
        self.pages[number].keys = list(paragraphs)

    def send(self, number: int, body: str, **more: Any) -> None:
        page = self.pages[number]
        keys = list(page.keys) or page.base.paragraph_keys
        self.take_in(number, page.save(NOW, body=body, keys=keys, contested=sorted(self.contested[number]), **more))

    @rule(number=st.integers(0, 2), where=st.integers(0, 2))
    def types(self, number: int, where: int) -> None:
        self.number += 1
        words = f"word{self.number}x"
        paragraphs = self.shown[number].split("\n")
        where = min(where, len(paragraphs) - 1)
        paragraphs[where] = f"<p>{words}</p>"
        self.typed.add(words)
        self.send(number, "\n".join(paragraphs))

    @rule(number=st.integers(0, 2))
    def pulls(self, number: int) -> None:
        self.send(number, self.shown[number])

    @rule(data=st.data(), who=st.integers(0, 1), choice=st.sampled_from(Clash.Choice.values))
    def chooses(self, data: st.DataObject, who: int, choice: str) -> None:
        if not (waiting := clashes.waiting(self.draft)):
            return
        clash = data.draw(st.sampled_from(waiting))
        together.choose(clash, choice, person=self.people[who], at=NOW)
        self.choices[clash.pk] = (choice, clash.yours, self.people[who])

    @rule()
    def idle_pages_undo_no_choice(self) -> None:
        """Every page that holds for open what is settled, and types nothing, leaves the text as it is."""
        for number in range(3):
            before = Draft.objects.select_related("head").get(pk=self.draft.pk).head.body  # type: ignore[union-attr]
            waiting = len(clashes.waiting(self.draft))
            self.send(number, self.shown[number])
            after = Draft.objects.select_related("head").get(pk=self.draft.pk).head.body  # type: ignore[union-attr]
            assert (after, len(clashes.waiting(self.draft))) == (before, waiting)

    @invariant()
    def a_settled_clash_stays_settled(self) -> None:
        for pk, (choice, yours, who) in self.choices.items():
            clash = Clash.objects.get(pk=pk)
            assert (clash.choice, clash.yours, clash.settled_by) == (choice, yours, who)

    @invariant()
    def no_word_is_nowhere(self) -> None:
        """Each that was typed is in a revision, or in a clash that the history shows."""
        kept = "".join(Revision.objects.filter(draft=self.draft).values_list("body", flat=True))
        kept += "".join(Clash.objects.filter(draft=self.draft).values_list("yours", flat=True))
        shown = "".join(self.shown)
        assert [words for words in self.typed if words in shown and words not in kept] == []


def test_clashes_hold_in_any_order() -> None:
    rolled.run(Desk)
