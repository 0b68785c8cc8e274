"""What the ledger makes an editor ask. Each warns of what the rule names and keeps quiet where it is kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from articles import checks, drafts, ledger, sources, waiving
from articles.models import Draft, Quotation, Source
from newsroom.accounts.models import Person
from newsroom.notices.models import Notice
from tests.asserts import page
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def tied(quotation: Quotation) -> str:
    return f'<q data-quotation="{quotation.pk}">“{quotation.words}”</q>'


def warnings(now: datetime, *parts: str, **facts: str) -> list[tuple[str, str]]:
    made = make.story(body="".join(f"<p>{part}</p>" for part in parts), **facts)
    head = made.draft.head  # type: ignore[attr-defined]
    found = checks.run(head, story=made, at=now)
    rules = ("speaks of several", "gives an opinion", "A single source")
    return [
        (one.message, one.where) for one in found if one.level == "warn" and any(rule in one.message for rule in rules)
    ]


def unnamed(description: str = "a former aide") -> Source:
    return make.source(kind="unnamed", description=description)


def test_several_sources_in_the_text_and_one_in_the_ledger(now: datetime) -> None:
    one = make.quotation("The gates were open", source=unnamed())
    other = make.quotation("The car had gone", source=unnamed("a driver"))
    for said in (
        "Sources close to the couple say it is over.",
        "Palace insiders have told us so.",
        "Friends claim it.",
    ):
        [(message, where)] = warnings(now, f"He said {tied(one)}.", said)
        assert "the ledger has one source" in message
        assert where == "body:1"
        assert warnings(now, f"He said {tied(one)}.", f"She said {tied(other)}.", said) == []
    [(message, where)] = warnings(now, "Nothing.", headline="Sources say the gates are open")
    assert ("none" in message, where) == (True, "headline")
    for said in ("A source says so.", "The sources of the river are dry.", "Her friends came to tea."):
        assert warnings(now, f"He said {tied(one)}.", said) == [], said


def test_words_that_nobody_held_against_their_source(bob: Person, now: datetime) -> None:
    """One finding for all of them; it ends with the check, and comes back with another one that is not checked."""
    one, other = make.quotation("The gates were open"), make.quotation("The car had gone", source=unnamed())
    told = make.story(body=f"<p>First.</p><p>{tied(one)} and {tied(other)}, {tied(one)}.</p>")

    def found() -> list[checks.Check]:
        draft = Draft.objects.select_related("head").get(story=told)
        assert draft.head is not None
        ran = checks.run(draft.head, story=told, at=now)
        return [check for check in ran if check.name == "quotations_checked" and check.level == "warn"]

    (check,) = found()
    assert check.message == (
        "“The gates were open” and 1 more are not checked against the source yet. The Sources tab leads to each."
    )
    assert (check.where, check.waivable) == ("body:1", True)
    desk = Client()
    desk.force_login(bob)
    rows = page(desk.get(f"/desk/stories/{told.pk}/")).one("div", **{"data-fragment": "sources"}).all("li")
    assert [row.all("a")[0].attributes["href"] for row in rows] == [
        f"/desk/sources/{said.source_id}/" for said in (one, other, one)
    ]
    assert ["warn" in row.attributes["class"] for row in rows] == [True] * 3
    draft = Draft.objects.select_related("head", "story").get(story=told)
    ledger.confirm(one.pk, person=bob, seen="unchecked", at=now)
    (check,) = found()
    assert check.message.startswith("“The car had gone” is not checked")
    waiving.waive(draft, name=check.name, about=check.about, reason="She is away.", person=bob, at=now)
    assert not found()
    # Chosen again, from the ledger: it is another entry, and nobody has held that one against anything.
    again = make.quotation("The gates were open", source=unnamed("a driver"))
    body = f"<p>{tied(again)} and {tied(other)}.</p>"
    drafts.save(draft.pk, person=bob, expected_version=1, content=drafts.Content("The gates", body=body), at=now)
    assert [check.where for check in found()] == ["body:0"]
    ledger.confirm(again.pk, person=bob, seen="unchecked", at=now)
    ledger.confirm(other.pk, person=bob, seen="unchecked", at=now)
    assert not found()
    rows = page(desk.get(f"/desk/stories/{told.pk}/")).one("div", **{"data-fragment": "sources"}).all("li")
    assert [row.all("a") for row in rows] == [[], []]


def test_an_unnamed_person_with_an_opinion(now: datetime) -> None:
    for words in ("I think it is over", "She is so difficult", "He should be ashamed of it"):
        said = make.quotation(words, source=unnamed())
        [(message, where)] = warnings(now, "First.", f"He said {tied(said)}.")
        assert message == "“A former aide” is unnamed and gives an opinion, not information."
        assert where == "body:1"
        named = make.quotation(words, source=make.source("Ann Hale"))
        assert warnings(now, f"She said {tied(named)}.") == []
    fact = make.quotation("She left at nine in a blue car", source=unnamed())
    assert warnings(now, f"He said {tied(fact)}.") == []


def test_a_single_source_that_spoke_to_somebody_else(now: datetime) -> None:
    source, echo = unnamed(), make.outlet("Evening Echo")
    relayed = make.quotation("The gates were open", source=source, chain=[(echo, False)])
    again = make.quotation("Nobody stood there", source=source, chain=[(echo, True)])
    [(message, where)] = warnings(now, f"He said {tied(relayed)} and {tied(again)}.")
    assert "spoke to Evening Echo, not to us" in message
    assert where == "headline"
    to_us = make.quotation("I saw it", source=source)
    assert warnings(now, f"He said {tied(relayed)} and {tied(to_us)}.") == []
    second = make.quotation("It rained", source=make.source("Ann Hale"), chain=[(echo, False)])
    assert warnings(now, f"He said {tied(relayed)}; she said {tied(second)}.") == []
    statement = make.source("The palace", kind="statement")
    printed = make.quotation("We have no comment", source=statement, chain=[(echo, False)])
    assert warnings(now, f"It said {tied(printed)}.") == []


def test_unnamed_people_who_are_called_the_same_count_as_one(now: datetime) -> None:
    one, other = (make.quotation(words, source=unnamed()) for words in ("The gates were open", "The car had gone"))
    [(message, _)] = warnings(
        now, f"He said {tied(one)}.", f"She said {tied(other)}.", "Palace insiders have told us so."
    )
    assert "the ledger has one source" in message


def test_a_person_is_found_however_the_apostrophe_is_written() -> None:
    who = make.source("Sarah O’Neill")
    assert sources.by_name("named", "sarah o'neill") == who
    assert sources.by_name("named", "Sarah ONeill") is None
    aide = unnamed()
    assert sources.by_name("unnamed", aide.description) is None
    assert sources.by_name("unnamed", "") is None


def test_who_may_not_be_named_any_more_is_named_by_no_quotation_set_apart(now: datetime) -> None:
    alice, who = person("reporter"), make.source("Jane Doe")
    said = make.quotation("The gates were open", source=who)
    placed = make.quote_placement(said, attribution="Jane Doe")
    body = f'<p>We asked.</p><div data-block="quote" data-id="{placed.pk}"></div>'
    story = make.published_story(owner=alice, headline="The gates", body=body)
    make.story(owner=person("reporter"), body="<p>Nothing.</p>")
    facts = sources.SourceFacts("unnamed", description="a former aide")
    sources.change(who.pk, person=person("editor"), expected_version=who.version, facts=facts, at=now)
    assert story.published_revision is not None
    [found] = [one for one in checks.run(story.published_revision, story=story, at=now) if one.name == "still_named"]
    assert (found.level, found.where, found.sourcing) == ("stop", f"quote:{placed.pk}", True)
    notice = Notice.objects.get()
    assert notice.person == alice
    assert "Jane" not in notice.title + notice.detail
    again = make.quote_placement(said, attribution="A former aide")
    mended = make.story(body=f'<p>We asked.</p><div data-block="quote" data-id="{again.pk}"></div>')
    head = mended.draft.head  # type: ignore[attr-defined]
    assert not [one for one in checks.run(head, story=mended, at=now) if one.name == "still_named"]
