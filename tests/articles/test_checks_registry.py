"""The registry of checks: every row says what it asks, and every finding leads to a place that the writing screen knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from articles import checks, waiving, workflow
from articles.checks.registry import PLACES
from articles.models import CheckWaiver, CorrectedPlace, Correction, Draft, MoveLog, Offer, Story
from articles.refusals import Refused
from newsroom import blocks
from newsroom.accounts.models import Person
from tests.factories import articles as make
from tests.factories import media_assets, newsletters
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
AT = make.AT


def block(kind: str, placed: Any) -> str:
    return f'<div data-block="{kind}" data-id="{placed.pk if hasattr(placed, "pk") else placed}"></div>'


def run(made: Story, now: datetime) -> list[checks.Check]:
    return checks.run(made.draft.head, story=made, at=now)  # type: ignore[attr-defined]


def linking(address: str, **facts: Any) -> Story:
    return make.story(body=f'<p>First.</p><p>Read <a href="{address}">what they said</a>.</p>', **facts)


def taken_back() -> Story:
    """Its next version says again what a correction has put right."""
    made = make.published_story(headline="The gates open at eight")
    assert made.published_revision is not None
    update = make.update(made, kind="correction", line="At eight, not nine.")
    record = Correction.objects.create(update=update, prominence="top", suggested="top")
    CorrectedPlace.objects.create(
        correction=record,
        place="headline",
        position=0,
        before="The gates open at nine",
        after="The gates open at eight",
        since=made.first_published_at,
        until=update.at,
    )
    draft = Draft.objects.create(
        story=made,
        base_revision=made.published_revision,
        opened_by=made.owner,
        opened_at=AT,
        changed_at=AT,
        changed_by=made.owner,
    )
    draft.head = make.revision(draft, author=made.owner, headline="The gates open at nine sharp")
    draft.save()
    made.draft = draft  # type: ignore[attr-defined]
    return made


def troubled(now: datetime) -> dict[str, Story]:
    """By check: a story in which it finds something."""
    make.topic()
    ended = media_assets.asset(made=False, ends_at=media_assets.AT + timedelta(minutes=30))
    old_aide = make.source(kind="unnamed", description="a former aide")
    said = make.quotation("I think he is a fool", source=old_aide, chain=[(make.outlet(), False)])
    tied = f'<p>He said <q data-quotation="{said.pk}">“I think he is a fool”</q>.</p>'
    held, embargoed = make.story(), make.story()
    Story.objects.filter(pk=held.pk).update(held_at=AT, held_by=person("legal"), held_reason="A letter came.")
    Story.objects.filter(pk=embargoed.pk).update(embargo_until=now + timedelta(days=1))
    for one in (held, embargoed):
        draft = one.draft  # type: ignore[attr-defined]
        one.refresh_from_db()
        one.draft = draft  # type: ignore[attr-defined]
    gone = make.product_placement(make.product(checked_at=now))
    Offer.objects.filter(product=gone.product_id).update(link_state=Offer.Link.GONE)
    mute = newsletters.box(newsletters.newsletter())
    clashing = make.story()
    make.clash(clashing.draft)  # type: ignore[attr-defined]
    return {
        "headline": make.story(headline="x " * 60),
        "one_text": clashing,
        "taken_back": taken_back(),
        "text": make.story(body=""),
        "standfirst": make.story(standfirst="x" * 301),
        "address": make.story(headline=""),
        "topics": make.story(),
        "search_fields": make.story(headline="x " * 40),
        "lead_image": make.story(lead_image=media_assets.image_placement(ended)),
        "every_block": make.story(body="<p>One.</p>" + block("image", media_assets.image_placement(ended))),
        "still_named": make.story(body=block("quote", make.quote_placement(said, attribution="Jane Doe"))),
        "quotations": make.story(body="<p>One.</p><p>She said “no”.</p>"),
        "own_links": linking("/royals/never-was/"),
        "disclosure": linking("https://amzn.to/3abc"),
        "legal_hold": held,
        "embargo": embargoed,
        "no_plugs": make.story(
            section=make.section("Obituaries", products_barred=True), body="<p>One.</p>" + block("product", gone)
        ),
        "plural_sources": make.story(headline="Palace insiders say it is over"),
        "unnamed_opinions": make.story(body=tied),
        "one_relayed_source": make.story(body=tied),
        "quotations_checked": make.story(body=tied),
        "image": make.story(body=block("image", media_assets.image_placement(ended))),
        "product": make.story(body=block("product", gone)),
        "related": make.story(body=block("related", make.related_placement(make.withdrawn_story()))),
        "newsletter": make.story(body=block("newsletter", mute)),
        "quote": make.story(body=block("quote", make.quote_placement(make.quotation("No", state="retracted")))),
    }


def known(where: str) -> bool:
    name, _, number = where.partition(":")
    if not number:
        return name == "body" or name in PLACES
    return (name == "body" or blocks.get(name) is not None) and number.isdigit()


def test_every_finding_leads_to_a_place_that_the_screen_goes_to(now: datetime) -> None:
    stories = troubled(now)
    asked = {row.name for row in checks.rows() if row.finds is not None or row.name in blocks.registered()}
    assert asked - set(stories) == set(), "checks for which this test has no story"
    for name, made in stories.items():
        found = run(made, now)
        mine = [one for one in found if one.name == name or one.where.startswith(f"{name}:")]
        assert mine or name == "newsletter", f"{name} finds nothing"
        assert [one for one in found if not known(one.where)] == []


def test_the_screen_has_each_place(now: datetime, alice: Person) -> None:
    """PLACES is what writing-rail.js goes to: each is an element of the screen."""
    make.topic()
    desk = Client()
    desk.force_login(alice)
    html = desk.get(reverse("articles-desk:write", args=[make.story(owner=alice).pk])).content.decode()
    ids = {"slug": "story_slug", "topics": "story_topics", "lead_image": "lead"}
    for place in PLACES - {"moves"}:
        assert f'id="{ids.get(place, f"id_{place}")}"' in html, place
    assert 'data-fragment="moves"' in html


def test_a_second_check_of_one_name_is_refused() -> None:
    with pytest.raises(checks.Twice):
        checks.add(checks.Row("headline", "Headline", "Again.", checks.WARN))


def test_what_stops_and_who_waives_is_drawn_from_the_registry(bob: Person) -> None:
    desk = Client()
    desk.force_login(bob)
    html = desk.get("/desk/help/").content.decode()
    table = html[html.index('<caption class="vh">Checks</caption>') :]
    table = table[: table.index("</table>")]
    assert table.count("<tr>") == len(checks.rows()) + 1
    for row in checks.rows():
        assert row.asks, row.name
        assert row.asks.split("“")[0] in table, row.name
    picture = table[table.index("Credit, alternative text") :]
    assert picture[: picture.index("</tr>")].endswith("<td>Nobody</td>")
    hold = table[table.index(">Legal hold<") :]
    assert "Legal, by lifting it" in hold[: hold.index("</tr>")]


@pytest.mark.parametrize(
    ("facts", "where", "words"),
    [
        ({"headline": "x " * 40, "search_title": "Short"}, "", ""),
        ({"headline": "x " * 40}, "search_title", "cut the headline"),
        ({"headline": "Short"}, "search_description", "neither a search description"),
        ({"headline": "Short", "standfirst": "x" * 200}, "search_description", "cut the standfirst"),
        ({"headline": "Short", "standfirst": "x" * 200, "search_description": "What."}, "", ""),
    ],
)
def test_search_fields_are_missed_where_nothing_stands_in_for_them(
    now: datetime, facts: dict[str, Any], where: str, words: str
) -> None:
    facts = {"standfirst": "What happened.", **facts} if words != "neither a search description" else facts
    found = [one for one in run(make.story(**facts), now) if one.name == "search_fields"]
    assert [one.where for one in found] == ([where] if where else [])
    assert all(words in one.message for one in found)


def test_a_hold_and_an_embargo_stand_in_the_list_and_let_an_approval_pass(now: datetime, bob: Person) -> None:
    made = troubled(now)["legal_hold"]
    (hold,) = [one for one in run(made, now) if one.name == "legal_hold"]
    assert "A letter came." in hold.message
    assert hold.holds_back("schedule")
    assert hold.holds_back("publish")
    assert not hold.holds_back("approve")
    embargoed = make.story()
    embargoed.embargo_until = now + timedelta(hours=1)
    (embargo,) = [one for one in run(embargoed, now) if one.name == "embargo"]
    assert (embargo.holds_back("publish"), embargo.holds_back("schedule")) == (True, False)
    assert not [one for one in run(embargoed, now + timedelta(hours=1)) if one.name == "embargo"]


def test_topics_are_missed_only_where_the_desk_keeps_some(now: datetime) -> None:
    made = make.story()
    assert "topics" not in {one.where for one in run(made, now)}
    topic = make.topic()
    assert "topics" in {one.where for one in run(made, now)}
    made.topics.add(topic)
    assert "topics" not in {one.where for one in run(made, now)}


def test_an_editor_waives_a_finding_for_this_story_alone(alice: Person, bob: Person, now: datetime) -> None:
    made = linking("/royals/comes-back/", owner=alice, standing=Draft.Standing.IN_REVIEW)
    draft: Draft = made.draft  # type: ignore[attr-defined]
    with pytest.raises(workflow.Refused, match="where there is no story"):
        workflow.approve(draft=draft, person=bob, expected_version=1, at=now)
    asked = {"name": "own_links", "about": "/royals/comes-back/", "at": now}
    with pytest.raises(Refused, match="Only an editor"):
        waiving.waive(draft, reason="It does.", person=alice, **asked)
    with pytest.raises(Refused) as refused:
        waiving.waive(draft, reason=" ", person=bob, **asked)
    assert list(refused.value.messages) == ["reason"]
    waiver = waiving.waive(draft, reason="It is published with it.", person=bob, **asked)
    assert waiving.waive(draft, reason="Again.", person=bob, **asked) == waiver
    assert (waiver.revision, waiver.reason) == (draft.head, "It is published with it.")
    (left,) = [one for one in run(made, now) if one.name == "own_links"]
    assert (left.level, left.waiver) == ("waived", waiver)
    workflow.approve(draft=draft, person=bob, expected_version=1, at=now)
    other = linking("/royals/comes-back/")
    assert [one.level for one in run(other, now) if one.name == "own_links"] == ["stop"]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CheckWaiver.objects.update(reason="Other")
    desk = Client()
    desk.force_login(bob)
    assert "It is published with it." in desk.get(reverse("articles-desk:history", args=[made.pk])).content.decode()


@pytest.mark.parametrize("name", ["lead_image", "every_block", "no_plugs", "headline", "legal_hold", "quotations"])
def test_what_nobody_waives_cannot_be_waived(bob: Person, now: datetime, name: str) -> None:
    """Credit, alternative text, rights (promise 13); a source's changed words (11); what others must lift."""
    made = troubled(now)[name]
    draft = Draft.objects.select_related("head", "story__section", "story__held_by").get(story=made)
    for finding in run(made, now):
        if finding.name == name:
            with pytest.raises(Refused):
                waiving.waive(draft, name=name, about=finding.about, reason="Let it.", person=bob, at=now)
    assert not CheckWaiver.objects.exists()


def test_a_refused_waiver_keeps_what_was_typed_and_says_so_beside_the_field(bob: Person) -> None:
    made = linking("/royals/comes-back/")
    desk = Client()
    desk.force_login(bob)
    address = reverse("articles-desk:waive-check", args=[made.pk])
    sent = {"check": "own_links", "about": "/royals/comes-back/", "reason": "x" * 301}
    answer = desk.post(address, sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "x" * 301 in html
    assert 'id="reason-error"' in html
    assert desk.post(address, sent, headers={"Accept": "application/json"}).json() == {
        "errors": {"reason": "Keep the reason to 300 characters."}
    }
    assert desk.post(address, {**sent, "about": "/other/"}).status_code == 422


def test_what_is_open_is_said_to_who_submits_and_holds_nothing_back(alice: Person, now: datetime) -> None:
    made = make.story(owner=alice, body="<p>She said “no”.</p>")
    desk = Client()
    desk.force_login(alice)
    page = desk.get(reverse("articles-desk:submit", args=[made.pk])).content.decode()
    assert "What the editor will find" in page
    assert "“no” is not tied to a source." in page
    screen = desk.get(reverse("articles-desk:write", args=[made.pk])).content.decode()
    assert 'id="move-submit"' in screen
    sent = desk.post(reverse("articles-desk:submit", args=[made.pk]), {"expected_version": "1"}, follow=True)
    assert "1 check is open: “no” is not tied to a source." in sent.content.decode()
    assert MoveLog.objects.get().move == "submit"
    whole = make.story(owner=alice)
    assert 'id="move-submit"' not in desk.get(reverse("articles-desk:write", args=[whole.pk])).content.decode()


def test_before_a_move_each_finding_leads_into_the_text(alice: Person, bob: Person) -> None:
    made = make.story(owner=alice, standing=Draft.Standing.IN_REVIEW, body="<p>One.</p><p>She said “no”.</p>")
    desk = Client()
    desk.force_login(bob)
    page = desk.get(reverse("articles-desk:approve", args=[made.pk])).content.decode()
    assert f"{reverse('articles-desk:write', args=[made.pk])}?draft={made.draft.pk}#at=body:1" in page  # type: ignore[attr-defined]
    assert "#rail-sources" in page
    assert "An editor may waive it, with a reason." in page
