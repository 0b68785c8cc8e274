"""Every quotation stands on the ledger (promise 11)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from articles import ledger, quotation_marks, sources
from articles.ledger import Link, Standing
from articles.models import Draft, Outlet, Quotation
from articles.refusals import Refused, Stale
from newsroom import blocks
from newsroom.accounts.models import Person
from tests.factories.accounts import person
from tests.factories.articles import outlet, published_story, quotation, source, story


def found(html: str) -> list[str]:
    return [mark.words for mark in quotation_marks.in_body(blocks.clean(html))]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>He said “we are here” twice.</p>", ["we are here"]),
        ('<p>He said "we are here", then "gone".</p>', ["we are here", "gone"]),
        ("<p>Er sagte „wir sind da“ und »nein«, elle «oui».</p>", ["wir sind da", "nein", "oui"]),
        ("<p>Don't touch the Queen's ‘new’ 5\" heels.</p>", ["new"]),
        ("<p>Don’t touch the Sussexes’ <em>garden</em> of the ’90s.</p>", []),
        ("<p>“We <strong>are</strong> <em>here</em>” he said.</p>", ["We are here"]),
        ("<p>“First half</p><p>second half” he said.</p>", ["First half", "second half"]),
        ("<ul><li>“One</li><li>two</li></ul>", ["One"]),
        ("<blockquote><p>“Inside a block quote”</p></blockquote>", ["Inside a block quote"]),
        ("<table><tbody><tr><td>“In a cell”</td></tr></tbody></table>", ["In a cell"]),
        ("<h2>“In a heading”</h2>", ["In a heading"]),
        ("<p>“”, “…” and “!”</p>", []),
        (f"<p>“{'very ' * 200}long”</p>", ["very " * 200 + "long"]),
        ('<p>said "unclosed words</p>', ["unclosed words"]),
    ],
)
def test_the_marks_that_are_found(html: str, words: list[str]) -> None:
    assert found(html) == words


@pytest.mark.parametrize(
    ("quoted", "said", "same"),
    [
        ("We are here", "“We are here.”", True),
        ("WE ARE—here!", "we are, here", True),
        ("it's", "it’s", True),
        ("are here", "We are here to stay", True),
        ("We are […] to stay", "We are here to stay", True),
        ("[The Windsors] are here … to stay", "We are here and happy to stay", True),
        ("We are not here", "We are here", False),
        ("We are to stay", "We are here to stay", False),
        ("to stay … We are", "We are here to stay", False),
        ("We were here", "We are here", False),
        ("here to", "there to stay", False),
        ("[everything put in]", "We are here", False),
        ("", "We are here", False),
    ],
)
def test_what_counts_as_said(quoted: str, said: str, same: bool) -> None:
    assert quotation_marks.says(quoted, said) is same


def judge(html: str, story_id: int) -> list[Standing]:
    return [item.standing for item in ledger.judge(quotation_marks.in_body(blocks.clean(html)), story_id=story_id)]


def test_how_marks_stand(alice: Person, bob: Person, now: datetime) -> None:
    made = story(owner=alice)
    said, gone = quotation("The garden opens in spring"), quotation("It never will", state="retracted")
    ledger.waive(story_id=made.pk, words="“The Crown”", reason="Title of the series", person=bob, at=now)
    html = (
        f'<p><q data-quotation="{said.pk}">“The garden opens”</q> and <q data-quotation="{said.pk}">“the gardens open”</q></p>'
        f'<p><q data-quotation="{gone.pk}">“It never will”</q> <q data-quotation="999999">“Who knows”</q></p>'
        "<p>“Out of nowhere” on “the crown”.</p>"
    )
    assert judge(html, made.pk) == ["tied", "changed", "retracted", "unknown", "untied", "waived"]
    assert judge("<p>“The Crown”</p>", story().pk) == ["untied"]  # a waiver is one story's


def test_words_around_a_tie_are_not_tied_by_it(alice: Person) -> None:
    said = quotation("The garden opens")
    html = f'<p>“Nobody said <q data-quotation="{said.pk}">The garden opens</q> like this”</p>'
    assert judge(html, story(owner=alice).pk) == ["untied", "tied"]


def test_a_headline_quotes_what_the_body_ties(alice: Person, now: datetime) -> None:
    said = quotation("The garden opens to everyone by the spring")
    body = f'<p>He said <q data-quotation="{said.pk}">“The garden opens to everyone by the spring”</q>.</p>'
    right = story(owner=alice, headline="“Opens to everyone”, says the palace", body=body)
    wrong = story(owner=alice, headline="“Closes to everyone”, says the palace", body=body)
    assert ledger.open_count(right.draft.head, story_id=right.pk) == 0  # type: ignore[attr-defined]
    assert ledger.open_count(wrong.draft.head, story_id=wrong.pk) == 1  # type: ignore[attr-defined]


def test_judging_costs_the_same_for_one_and_for_forty(django_assert_num_queries: object, alice: Person) -> None:
    made = story(owner=alice)
    entries = [quotation(f"Words number {n}", chain=[(outlet(), False)]) for n in range(40)]
    for count in (1, 40):
        html = "".join(f'<p><q data-quotation="{e.pk}">“{e.words}”</q></p>' for e in entries[:count])
        marks = quotation_marks.in_body(blocks.clean(html))
        with django_assert_num_queries(4):  # type: ignore[operator]
            ledger.judge(marks, story_id=made.pk)


def test_attribution_names_the_whole_chain(alice: Person) -> None:
    several = source(kind="unnamed", description="sources")
    one = source(kind="unnamed", description="a source")
    column = outlet("ShutterScoop", columnist="Rob Shuter")
    told = ledger.attribution(quotation(source=several, chain=[(outlet("Daily Mail"), False)]))
    relayed = ledger.attribution(quotation(source=one, chain=[(column, True)]))
    both = ledger.attribution(quotation(source=one, chain=[(outlet("Page Six"), False), (column, True)]))
    assert told == "Sources, to the Daily Mail"
    assert relayed == "A source, via Rob Shuter’s ShutterScoop"
    assert both == "A source, to Page Six, via Rob Shuter’s ShutterScoop"
    assert ledger.attribution(quotation()) == "Margaret Hale"


def test_entering_a_quotation(alice: Person, now: datetime) -> None:
    who, paper = source(), outlet()
    said = ledger.add_quotation(person=alice, words="“We are here.”", source_id=who.pk, chain=[Link(paper.pk)], at=now)
    assert (said.words, said.normalised, said.source, said.added_by) == ("We are here.", "we are here", who, alice)
    assert [link.outlet for link in said.chain.all()] == [paper]
    with pytest.raises(DatabaseError), transaction.atomic():
        Quotation.objects.filter(pk=said.pk).update(words="We are gone.")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"words": " “” "}, "words"),
        ({"words": "x" * 5001}, "words"),
        ({"source_id": None}, "source"),
        ({"source_id": 2**80}, "source"),
        ({"chain": [Link(999999)]}, "chain"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"state": "nonsense"}, "state"),
        ({"said_to": "x" * 201}, "said_to"),
    ],
)
def test_a_bad_quotation_is_refused_by_field(
    alice: Person, now: datetime, facts: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"words": "We are here", "source_id": source().pk, **facts}
    with pytest.raises(Refused) as refused:
        ledger.add_quotation(person=alice, at=now, **given)  # type: ignore[arg-type]
    assert list(refused.value.messages) == [field]


def test_only_an_editor_waives_and_says_why(alice: Person, bob: Person, now: datetime) -> None:
    made = story(owner=alice, body="<p>On “The Crown”.</p>")
    draft: Draft = made.draft  # type: ignore[attr-defined]
    assert draft.open_quotations == 1
    with pytest.raises(Refused, match="Only an editor"):
        ledger.waive(story_id=made.pk, words="The Crown", reason="A title", person=alice, at=now)
    with pytest.raises(Refused) as unsaid:
        ledger.waive(story_id=made.pk, words="The Crown", reason=" ", person=bob, at=now)
    assert list(unsaid.value.messages) == ["reason"]
    ledger.waive(story_id=made.pk, words="The Crown", reason="A title", person=bob, at=now)
    draft.refresh_from_db()
    assert (draft.open_quotations, draft.version) == (0, 1)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (sources.SourceFacts("named"), "name"),
        (sources.SourceFacts("unnamed", description=""), "description"),
        (sources.SourceFacts("unnamed", name="Jane Doe", description="a friend"), "name"),
        (sources.SourceFacts("nonsense", name="x"), "kind"),
        (sources.SourceFacts("named", name="x" * 161), "name"),
        (sources.SourceFacts("report", name="Report", outlet_id=2**80), "outlet"),
        (sources.SourceFacts("named", name="x", link="ftp://x"), "link"),
    ],
)
def test_a_bad_source_is_refused_by_field(alice: Person, now: datetime, facts: sources.SourceFacts, field: str) -> None:
    with pytest.raises(Refused) as refused:
        sources.add(person=alice, facts=facts, at=now)
    assert list(refused.value.messages) == [field]


def test_two_edit_a_source_and_the_second_is_told(alice: Person, now: datetime) -> None:
    who = source()
    sources.change(
        who.pk, person=alice, expected_version=1, facts=sources.SourceFacts("named", name="Maggie Hale"), at=now
    )
    with pytest.raises(Stale):
        sources.change(
            who.pk, person=alice, expected_version=1, facts=sources.SourceFacts("named", name="Peg Hale"), at=now
        )
    who.refresh_from_db()
    assert who.name == "Maggie Hale"


def test_a_sources_page_lists_the_stories_that_lean_on_it(alice: Person) -> None:
    said = quotation("The garden opens")
    html = f'<p><q data-quotation="{said.pk}">“The garden opens”</q></p>'
    published, drafted = published_story(owner=alice, body=html), story(owner=alice, body=html)
    story(owner=alice)
    assert {leaning.pk for leaning in sources.leaning(said.source)} == {published.pk, drafted.pk}
    row = sources.listing(alice).get(pk=said.source_id)
    assert row.said == 1  # type: ignore[attr-defined]
    assert sources.leaning_counts([said.source_id]) == {said.source_id: 2}


@pytest.mark.parametrize("role", ["marketing", "picture_editor", "administrator"])
def test_who_never_reads_sources(role: str, db: None) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        sources.listing(person(role))


def test_an_outlet_is_made_once(alice: Person) -> None:
    first = ledger.add_outlet(person=alice, name="Daily Mail", definite=True)
    assert ledger.add_outlet(person=alice, name=" Daily  Mail ") == first
    assert Outlet.objects.count() == 1
    with pytest.raises(Refused):
        ledger.add_outlet(person=alice, name="", url="javascript:x")
