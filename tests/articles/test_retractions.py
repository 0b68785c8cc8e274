"""An outlet takes something back: marked once, every story that leans on it is listed and its people told."""

from __future__ import annotations

import importlib
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import expect

from articles import checks, ledger, retractions
from articles.models import Byline, Draft, Quotation, QuotationUse, Retraction
from articles.refusals import Refused
from newsroom.audit.models import AuditRow
from newsroom.notices.models import Notice
from tests.browser import Site, look_over
from tests.factories import articles as make
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
WORDS = "It was never meant to last"


def body(quotation: Quotation) -> str:
    return f'<p><q data-quotation="{quotation.pk}">“{quotation.words}”</q>, they said.</p>'


@pytest.mark.parametrize("role", ["marketing", "picture_editor", "administrator"])
def test_who_may_not_read_the_ledger_is_not_told_what_a_source_did(now: datetime, role: str) -> None:
    alice = person("reporter", name="Alice Once")
    quotation = make.quotation(WORDS)
    make.published_story(owner=alice, body=body(quotation))
    alice.roles = [role]
    alice.save(update_fields=["roles"])
    retractions.retract([quotation.pk], person=person("editor"), at=now, reason="She was paid.")
    assert not Notice.objects.filter(person=alice).exists()


def test_every_story_that_leans_on_it_is_stopped_and_its_people_are_told(now: datetime) -> None:
    mail, other = make.outlet(), make.outlet("Evening Echo")
    alice, bob, carol = person("reporter"), person("editor"), person("reporter")
    through = make.quotation(WORDS, chain=[(other, False), (mail, True)])
    report = make.quotation("A second line", source=make.source("A report", kind="report", outlet=mail))
    elsewhere = make.quotation("Somewhere else", chain=[(other, False)])
    published = make.published_story(owner=alice, headline="The gates open", body=body(through))
    Byline.objects.get_or_create(story=published, person=alice)
    Byline.objects.get_or_create(story=published, person=carol)
    written = make.story(owner=carol, body=body(report))
    safe = make.published_story(owner=carol, body=body(elsewhere))
    assert set(retractions.through(mail)) == {through, report}

    stories = retractions.retract(
        [through.pk, report.pk], person=bob, at=now, outlet=mail, reason="It spoke to nobody.", link=""
    )

    assert set(stories) == {published, written}
    assert safe not in stories
    told = {(notice.person, notice.url) for notice in Notice.objects.filter(kind="articles.retraction")}
    where = {story: reverse("articles-desk:write", args=[story.pk]) for story in stories}
    assert told == {(alice, where[published]), (carol, where[published]), (carol, where[written])}
    draft = Draft.objects.get(story=written)
    assert draft.open_quotations == 1, "the board flags it"
    assert draft.head is not None
    stops = [found.message for found in checks.run(draft.head, story=written, at=now) if found.level == "stop"]
    assert any("retracted" in message for message in stops)
    with pytest.raises(Refused, match="otherwise meanwhile"):  # from a page that is older than the retraction
        ledger.confirm(report.pk, person=bob, seen="unchecked", at=now)
    with pytest.raises(Refused, match="why it stands"):
        retractions.stands(report.pk, person=bob, reason=" ", at=now)
    assert retractions.stands(report.pk, person=bob, reason="We heard the tape.", at=now) == [written]
    notice = Notice.objects.filter(kind="articles.retraction").latest("pk")
    assert (notice.person, notice.detail) == (carol, "We heard the tape.")
    with pytest.raises(Refused, match="not retracted"):
        retractions.stands(report.pk, person=bob, reason="Again", at=now)
    report.refresh_from_db()
    assert (report.state, report.verified_by, report.verified_at) == ("confirmed", bob, now)
    assert report.stands_because == "We heard the tape."
    assert "heard the tape" not in str(list(AuditRow.objects.values())), "administrators read the record, and no ledger"
    draft.refresh_from_db()
    assert draft.open_quotations == 0


def test_a_story_that_only_sets_it_apart_is_found_too(now: datetime) -> None:
    said, alice = make.quotation(WORDS), person("reporter")
    text = f'<p>We asked.</p><div data-block="quote" data-id="{make.quote_placement(said).pk}"></div>'
    story = make.story(owner=alice, body=text)
    assert retractions.retract([said.pk], person=person("editor"), at=now) == [story]
    assert Notice.objects.get(kind="articles.retraction").person == alice
    # As the revisions of before, which a migration fills in.
    QuotationUse.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("articles.migrations.0048_quotations_set_apart").FILL)
    use = QuotationUse.objects.get()
    assert (use.revision_id, use.quotation_id) == (story.draft.head_id, said.pk)  # type: ignore[attr-defined]


def test_who_reads_no_ledger_is_not_told_what_it_says(now: datetime) -> None:
    said = make.quotation(WORDS)
    asked = f'<p>We asked.</p><div data-block="quote" data-id="{make.quote_placement(said).pk}"></div>'
    story = make.story(body=asked + body(said))
    retractions.retract([said.pk], person=person("editor"), at=now)
    told = {}
    for role in ("administrator", "legal"):
        client = Client()
        client.force_login(person(role))
        answer = client.get(reverse("articles-desk:api-story", args=[story.pk]))
        assert answer.status_code == 200
        told[role] = "retracted" in answer.content.decode()
    assert told == {"administrator": False, "legal": True}


def test_what_is_refused_marks_nothing(now: datetime) -> None:
    mail, bob = make.outlet(), person("editor")
    mine, other = make.quotation(WORDS, chain=[(mail, False)]), make.quotation("Not theirs")
    for given, field in (
        ({"quotation_ids": [], "reason": "So"}, "quotations"),
        ({"quotation_ids": [mine.pk, other.pk], "reason": "So"}, "quotations"),
        ({"quotation_ids": [mine.pk], "reason": " "}, "reason"),
        ({"quotation_ids": [mine.pk], "reason": "So", "link": "javascript:1"}, "link"),
    ):
        with pytest.raises(Refused) as told:
            retractions.retract(**given, person=bob, at=now, outlet=mail)
        assert field in told.value.messages
    with pytest.raises(Refused):
        retractions.retract([mine.pk], person=person("legal"), at=now, outlet=mail, reason="So")
    assert not Retraction.objects.exists()
    assert not Quotation.objects.filter(state="retracted").exists()
    retractions.retract([mine.pk], person=bob, at=now, outlet=mail, reason="So")
    with pytest.raises(IntegrityError), transaction.atomic():
        Retraction.objects.update(reason="Otherwise")


def test_the_page_costs_the_same_for_one_and_for_twenty(now: datetime) -> None:
    mail, client = make.outlet(), Client()
    client.force_login(person("editor"))
    url = reverse("articles-desk:outlet", args=[mail.pk])
    counts = []
    for number in (1, 19):
        for _ in range(number):
            made = make.quotation(chain=[(mail, False)])
            make.published_story(body=body(made))
            retractions.retract([made.pk], person=person("editor"), at=now, outlet=mail, reason="So")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len([query for query in captured if "publication_publication" not in query["sql"]]))
    assert counts[0] == counts[1]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_retraction_at_the_desk(site: Site) -> None:
    mail, alice = make.outlet(), person("reporter")
    said = make.quotation(WORDS, chain=[(mail, False)])
    make.quotation("The garden opens in the spring", chain=[(mail, True)])
    make.published_story(owner=alice, headline="The gates open", body=body(said))
    page = site.page(person("editor"))
    page.goto(reverse("articles-desk:outlet", args=[mail.pk]))
    page.get_by_label(f"“{WORDS}”").check()
    page.get_by_role("button", name="Mark as retracted").click()
    expect(page.get_by_text("Say what was retracted")).to_be_visible()
    expect(page.get_by_label(f"“{WORDS}”")).to_be_checked()
    look_over(page, "outlet-refused")
    page.get_by_label("What was retracted").fill("Nobody spoke to it")
    page.get_by_role("button", name="Mark as retracted").click()
    expect(page.get_by_text("1 story leans on it; the owners are told")).to_be_visible()
    look_over(page, "outlet")
    assert not site.complaints
