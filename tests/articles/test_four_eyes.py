"""Who may approve what they wrote in themselves: nobody whose words the changes nearly all are (promise 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import authorship, drafts, four_eyes, workflow
from articles.models import Draft, Revision, Story
from newsroom.accounts.models import Person
from tests.articles.conftest import NOW
from tests.factories.articles import published_story, section, story

Save = Callable[..., Revision]
ALICE, BOB = 1, 2

SIX = "\n".join(f"<p>{'The procession passed the abbey and turned north at stone number'} {n}.</p>" for n in "123456")
OTHER = "<p>Nobody at the palace wished to say when the carriage would be seen again in town.</p>"


@pytest.fixture
def why_not() -> Callable[[Person, Draft], str]:
    def ask(person: Person, draft: Draft) -> str:
        fresh = Draft.objects.select_related("story__section", "head", "base_revision").get(pk=draft.pk)
        return four_eyes.why_not(person, fresh) or ""

    return ask


def in_review(owner: Person, **facts: Any) -> Draft:
    return story(owner=owner, standing=Draft.Standing.IN_REVIEW, **facts).draft  # type: ignore[attr-defined, no-any-return]


def test_a_colleagues_comma_licenses_nothing(alice: Person, bob: Person, save: Save, why_not: Any) -> None:
    draft = in_review(bob, body=SIX)
    save(draft, alice, body=SIX.replace("abbey and", "abbey, and", 1))
    said = why_not(bob, draft)
    assert "Somebody else wrote only 1 of the " in said
    assert "Another editor must approve it." in said


def test_nor_does_one_that_came_before_a_total_rewrite(alice: Person, bob: Person, save: Save, why_not: Any) -> None:
    """The comma's own paragraph stands untouched, and everything else is the editor's."""
    draft = drafts.open_again(published_story(owner=alice, body=SIX + OTHER), alice, at=NOW)
    save(draft, alice, body=SIX + OTHER.replace("again in", "again, in"))
    new = "\n".join(f"<p>Entirely other words were found for paragraph {n} by one person alone.</p>" for n in "123456")
    save(draft, bob, body=new + OTHER.replace("again in", "again, in"))
    assert "Somebody else wrote only 2 of the " in why_not(bob, draft)


def test_nor_one_that_the_rewrite_swallowed(alice: Person, bob: Person, save: Save, why_not: Any) -> None:
    draft = drafts.open_again(published_story(owner=alice, body=SIX), alice, at=NOW)
    save(draft, alice, body=SIX.replace("abbey and", "abbey, and", 1))
    save(draft, bob, body=OTHER)
    assert "Somebody else wrote only 1 of the " in why_not(bob, draft)


def test_a_reporters_story_that_an_editor_wrote_anew_is_the_editors(
    alice: Person, bob: Person, carol: Person, save: Save, why_not: Any
) -> None:
    draft = in_review(alice, body=SIX, headline="The procession")
    save(draft, bob, body=OTHER, headline="No carriage")
    assert "yours alone" in why_not(bob, draft)
    assert why_not(carol, draft) == ""


def test_an_editor_mends_half_a_reporters_story_and_may_approve(
    alice: Person, bob: Person, save: Save, why_not: Any
) -> None:
    draft = in_review(alice, body=SIX)
    three = SIX.split("\n")[:3]
    new = [f"<p>Bob says this in his own way, and about as long, in {n} places.</p>" for n in ("one", "two", "three")]
    save(draft, bob, body="\n".join(new + three), headline="Bob's headline")
    assert why_not(bob, draft) == ""


def test_an_editor_adds_a_paragraph_to_a_reporters_two_lines(
    alice: Person, bob: Person, save: Save, why_not: Any
) -> None:
    draft = drafts.open_again(published_story(owner=alice, body=SIX), alice, at=NOW)
    two = "<p>The carriage returned at four. Rain had begun.</p>"
    save(draft, alice, body=SIX + two)
    save(draft, bob, body=SIX + two + OTHER)
    assert why_not(bob, draft) == ""


def test_splitting_moving_and_joining_a_reporters_paragraphs_writes_nothing(
    alice: Person, bob: Person, save: Save, why_not: Any
) -> None:
    draft = in_review(alice, body=SIX)
    split = SIX.replace(" and turned", "</p>\n<p>and turned")
    save(draft, bob, body=split)
    assert why_not(bob, draft) == ""
    rows = split.split("\n")
    save(draft, bob, body="\n".join(reversed(rows)))
    assert why_not(bob, draft) == ""


def test_taking_words_out_and_in_again_makes_nobody_their_author(
    alice: Person, bob: Person, save: Save, why_not: Any
) -> None:
    """A colleague cuts the text, mends a comma elsewhere, and brings the text back."""
    draft = in_review(bob, body=SIX)
    rows = SIX.split("\n")
    save(draft, alice, body=rows[0].replace("abbey and", "abbey, and"))
    save(draft, bob, body=rows[0].replace("abbey and", "abbey, and") + OTHER)
    save(draft, alice, body="\n".join([rows[0].replace("abbey and", "abbey, and"), *rows[1:]]) + OTHER)
    assert "Somebody else wrote only 1 of the " in why_not(bob, draft)


def test_cutting_what_was_approved_is_a_change_like_any_other(
    alice: Person, bob: Person, carol: Person, save: Save, why_not: Any
) -> None:
    draft = drafts.open_again(published_story(owner=alice, body=SIX), bob, at=NOW)
    save(draft, bob, body=SIX.split("\n")[0])
    assert "yours alone" in why_not(bob, draft)
    save(draft, alice, body=SIX.split("\n")[0].replace("abbey and", "abbey, and"))
    assert "Somebody else wrote only 2 of the " in why_not(bob, draft)
    assert why_not(carol, draft) == ""


def test_order_alone_is_a_change_of_whoever_made_it(alice: Person, bob: Person, save: Save, why_not: Any) -> None:
    turned = "\n".join(reversed(SIX.split("\n")))
    draft = drafts.open_again(published_story(owner=alice, body=SIX), bob, at=NOW)
    save(draft, bob, body=turned)
    assert "yours alone" in why_not(bob, draft)
    save(draft, alice, body="\n".join(SIX.split("\n")[3:] + SIX.split("\n")[:3]))
    assert why_not(bob, draft) == ""


def publish_a_correction(of: Story, writer: Person, editor: Person, body: str) -> None:
    correction = drafts.open_again(of, writer, at=NOW, kind="correction")
    content = drafts.Content(headline="The procession", body=body)
    drafts.save(correction.pk, person=writer, expected_version=correction.version, content=content, at=NOW)
    for move, by in (("submit", writer), ("approve", editor), ("publish", editor)):
        correction.refresh_from_db()
        answers = {"kind": "correction", "line": "It turned south."} if move == "publish" else {}
        workflow.take(move, subject=correction, person=by, expected_version=correction.version, at=NOW, **answers)


@pytest.mark.parametrize("strict", [False, True])
def test_a_correction_that_was_taken_in_is_nobodys_change(
    strict: bool, alice: Person, bob: Person, carol: Person, save: Save, why_not: Any
) -> None:
    """Bob published it, and so the rewrite took it in under his name: he changed nothing in the rewrite."""
    seen = published_story(
        owner=alice, headline="The procession", body=SIX, section=section("Court", strict_review=strict)
    )
    rewrite = drafts.open_again(seen, alice, at=NOW)
    save(rewrite, alice, body=SIX + OTHER)
    publish_a_correction(seen, carol, bob, SIX.replace("north", "south"))
    assert why_not(bob, rewrite) == ""
    assert "changed nothing" in why_not(alice, rewrite) if strict else "yours alone" in why_not(alice, rewrite)


def test_what_a_draft_took_in_is_not_amended_by_an_autosave(
    alice: Person, bob: Person, carol: Person, save: Save, why_not: Any
) -> None:
    """Or words of Bob's would hide in a state that counts as nobody's."""
    seen = published_story(owner=alice, headline="The procession", body=SIX)
    rewrite = drafts.open_again(seen, alice, at=NOW)
    save(rewrite, alice, body=SIX + "<p>Rain.</p>")
    publish_a_correction(seen, carol, bob, SIX.replace("north", "south"))
    save(rewrite, bob, body=OTHER, autosave=True)
    assert "Somebody else wrote only" in why_not(bob, rewrite) or "yours alone" in why_not(bob, rewrite)


def test_the_strict_rule_asks_for_no_share(alice: Person, bob: Person, save: Save, why_not: Any) -> None:
    draft = in_review(alice, body=SIX, section=section("Investigations", strict_review=True))
    save(draft, bob, body=SIX.replace("abbey and", "abbey, and", 1))
    assert "changed nothing" in why_not(bob, draft)


def test_it_costs_the_same_however_often_they_saved(
    alice: Person, bob: Person, save: Save, django_assert_max_num_queries: Any
) -> None:
    draft = in_review(alice, body=SIX)
    for n in range(6):
        save(draft, (bob, alice)[n % 2], body=SIX + f"<p>Addition {n}.</p>")
    fresh = Draft.objects.select_related("story__section", "base_revision").get(pk=draft.pk)
    with django_assert_max_num_queries(4):
        four_eyes.why_not(bob, fresh)


def says(text: list[list[str]]) -> Revision:
    """Each word of ``text`` as three, which no comparison takes for a chance likeness."""
    return Revision(body="\n".join(f"<p>{' '.join(f'{word} {word} {word}.' for word in words)}</p>" for words in text))


@st.composite
def written_in_turn(draw: st.DrawFn) -> tuple[Revision, list[tuple[int, Revision]], dict[int, int]]:
    """A text of words that tell who wrote each ("b7": of the base, "1w7": Alice's), changed in turn; and, of the words
    themselves, how many each put in or took out of the base."""
    number = iter(range(10_000))
    text = [[f"b{next(number)}" for _ in range(draw(st.integers(1, 8)))] for _ in range(draw(st.integers(0, 4)))]
    base, steps, cut = says(text), [], {ALICE: 0, BOB: 0}
    for person in draw(st.lists(st.sampled_from([ALICE, BOB]), max_size=8)):
        for _ in range(draw(st.integers(1, 3))):
            row = draw(st.integers(0, len(text)))
            fresh = [f"{person}w{next(number)}" for _ in range(draw(st.integers(0, 5)))]
            if row == len(text):
                text += [fresh] if fresh else []
                continue
            at = draw(st.integers(0, len(text[row])))
            until = draw(st.integers(at, len(text[row])))
            cut[person] += sum(word.startswith("b") for word in text[row][at:until])
            text[row][at:until] = fresh
            text = [words for words in text if words]
        steps.append((person, says(text)))
    left = [word for words in text for word in words]
    return base, steps, {p: 3 * (cut[p] + sum(word.startswith(f"{p}w") for word in left)) for p in (ALICE, BOB)}


@given(written_in_turn())
def test_every_changed_word_is_whose_it_is(made: Any) -> None:
    base, steps, expected = made
    counted = authorship.shares(base, steps)
    assert {person: counted[person] for person in (ALICE, BOB)} == expected


def test_the_words_that_every_text_has_keep_nobodys_authorship() -> None:
    """Two hundred words written anew, every third of them "the"."""
    first = Revision(body="<p>" + " ".join(f"a{n} b{n} the" for n in range(70)) + "</p>")
    anew = Revision(body="<p>" + " ".join(f"c{n} d{n} the" for n in range(70)) + " e</p>")
    assert authorship.shares(None, [(ALICE, first), (BOB, anew)])[ALICE] == 0


@given(written_in_turn(), st.integers(0, 3))
def test_who_wrote_alone_has_every_word(made: Any, common: int) -> None:
    """Also with words that stand everywhere, where no comparison can tell one from another."""
    base, steps, _ = made
    for revision in (base, *(revision for _, revision in steps)):
        revision.body = revision.body.replace("3", " the" * common)
    assert set(authorship.shares(base, [(ALICE, revision) for _, revision in steps])) <= {ALICE}
