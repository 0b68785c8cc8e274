"""Composing: what goes into a letter, and what stops it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import products
from newsletters import issues, message, preflight
from newsletters.composition import letter
from newsletters.models import Issue, IssueStory
from newsroom.publication.current import forget
from tests.factories import articles
from tests.factories import newsletters as made

NOW = datetime.now(UTC)


def composed(issue: Issue) -> letter.Composed:
    return letter.compose(issue, at=datetime.now(UTC))


def stopping(issue: Issue) -> list[str]:
    at = datetime.now(UTC)
    return [check.message for check in preflight.checks(issue, letter.compose(issue, at=at), at=at) if check.stops]


@pytest.fixture
def issue(publication: Any) -> Issue:
    newsletter = made.newsletter()
    made.subscriber(newsletter)
    made_issue = made.issue(newsletter)
    story = articles.published_story(headline="Harry & the King’s “first” step", standfirst="Four days, <told> here.")
    issues.pick(made_issue.pk, story.pk, at=NOW)
    return made_issue


@pytest.mark.django_db
def test_the_letter_holds_the_story_as_readers_see_it_in_html_and_text(issue: Issue) -> None:
    made_letter = composed(issue)
    story = issue.stories.get()
    assert "Harry &amp; the King’s “first” step" in made_letter.html
    assert "Harry & the King’s “first” step" in made_letter.text
    assert "Four days, &lt;told&gt; here." in made_letter.html
    assert f'href="http://127.0.0.1:8000{story.path}"' in made_letter.html
    assert 'lang="en-GB"' in made_letter.html
    assert 'role="article"' in made_letter.html
    assert "1 Castle Hill" in made_letter.html
    assert "1 Castle Hill" in made_letter.text
    assert "<mj-" not in made_letter.html


@pytest.mark.django_db
def test_the_way_to_leave_stands_near_the_top_and_at_the_foot(issue: Issue) -> None:
    made_letter = composed(issue)
    places = [found.start() for found in re.finditer(re.escape(message.TOKEN_HERE), made_letter.html)]
    assert len(places) == 2
    body = made_letter.html.index("<body")
    assert (places[0] - body) < (len(made_letter.html) - body) / 3
    assert made_letter.text.index(message.TOKEN_HERE) < 200


@pytest.mark.django_db
def test_drafts_never_enter_a_letter(issue: Issue) -> None:
    draft = articles.story(headline="Not yet approved")
    with pytest.raises(issues.Refused):
        issues.pick(issue.pk, draft.pk, at=NOW)
    IssueStory.objects.create(issue=issue, story=draft, position=9)
    made_letter = composed(issue)
    assert "Not yet approved" not in made_letter.html + made_letter.text
    assert stopping(issue)


@pytest.mark.django_db
def test_a_withdrawn_story_stops_the_issue_by_name(issue: Issue) -> None:
    gone = articles.withdrawn_story(headline="The one that went")
    IssueStory.objects.create(issue=issue, story=gone, position=9)
    assert any("“The one that went”" in sentence for sentence in stopping(issue))
    with pytest.raises(issues.Refused, match="The one that went"):
        send(issue)
    issue.refresh_from_db()
    assert issue.state == Issue.State.COMPOSING


def send(issue: Issue) -> Issue:
    issue.refresh_from_db()
    return issues.send(issue.pk, person=issue.made_by, expected_version=issue.version, at=datetime.now(UTC))


@pytest.mark.django_db
def test_a_product_in_a_whole_story_has_its_disclosure_first_and_its_rel(issue: Issue) -> None:
    placement = articles.product_placement()
    body = f'<p>Before.</p>\n<div data-block="product" data-id="{placement.pk}"></div>\n<p>After.</p>'
    story = articles.published_story(headline="What he wrote", body=body)
    issues.pick(issue.pk, story.pk, at=NOW)
    issues.shape(issue.pk, story.pk, "whole", at=NOW)
    made_letter = composed(issue)
    assert 'rel="sponsored nofollow noopener"' in made_letter.html
    disclosed = made_letter.html.index(preflight.DISCLOSURE)
    assert disclosed < made_letter.html.index('rel="sponsored')
    assert preflight.DISCLOSURE in made_letter.text
    assert stopping(issue) == []


@pytest.mark.django_db
def test_a_missing_disclosure_or_rel_stops_the_issue(issue: Issue) -> None:
    placement = articles.product_placement()
    body = f'<div data-block="product" data-id="{placement.pk}"></div>'
    story = articles.published_story(headline="What he wrote", body=body)
    issues.pick(issue.pk, story.pk, at=NOW)
    issues.shape(issue.pk, story.pk, "whole", at=NOW)
    whole = composed(issue)
    at = datetime.now(UTC)

    def said(html: str) -> list[str]:
        broken = letter.Composed(whole.subject, html, whole.text, whole.items, whole.places, whole.missing)
        return [check.message for check in preflight.checks(issue, broken, at=at) if check.stops]

    assert said(whole.html) == []
    assert any(
        "disclosure" in sentence for sentence in said(whole.html.replace(preflight.DISCLOSURE, "We say nothing"))
    )
    second = f"{whole.html}<a href='{settings.ORIGIN}/go/7/' rel='sponsored nofollow noopener'>See it</a>"
    assert any("disclosure before it" in sentence for sentence in said(second)), "one disclosure, two paid links"
    assert said(second.replace("<a href='", "<p><b>Affiliate link.</b> We earn a commission.</p><a href='")) == []
    assert any(
        "sponsored" in sentence for sentence in said(whole.html.replace('rel="sponsored nofollow noopener"', ""))
    )
    assert any("alternative" in sentence for sentence in said(whole.html + '<img src="x">'))
    assert any("leave" in sentence for sentence in said(whole.html.replace(message.TOKEN_HERE, "x")))
    assert any("102" in sentence for sentence in said(whole.html + " " * 110_000))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"subject": ""}, {"subject": "A\nB"}])
def test_an_unfit_subject_stops_the_issue(issue: Issue, change: dict[str, str]) -> None:
    Issue.objects.filter(pk=issue.pk).update(**change)
    issue.refresh_from_db()
    assert stopping(issue)


@pytest.mark.django_db
def test_no_postal_address_and_no_audience_stop_the_issue(issue: Issue, publication: Any) -> None:
    from newsletters.models import Subscription

    Subscription.objects.update(state="left")
    publication.postal_address = ""
    publication.save()
    forget()
    assert len(stopping(issue)) == 2


@pytest.mark.django_db
def test_stories_keep_the_order_that_people_gave_them(issue: Issue) -> None:
    first = issue.stories.get()
    second, third = articles.published_story(), articles.published_story()
    for story in (second, third, second):
        issues.pick(issue.pk, story.pk, at=NOW)
    issues.move(issue.pk, third.pk, -1, at=NOW)
    issues.move(issue.pk, first.pk, -1, at=NOW)
    issues.move(issue.pk, second.pk, 1, at=NOW)
    issues.move(issue.pk, 0, 1, at=NOW)
    assert [place.story_id for place in issue.places.all()] == [first.pk, third.pk, second.pk]
    assert [place.position for place in issue.places.all()] == [1, 2, 3]
    issues.drop(issue.pk, third.pk, at=NOW)
    assert [item.story_id for item in composed(issue).items] == [first.pk, second.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ["a\x01b", "a\x0cb", "\ufffe", "\x1b[31m", "<mj-text>", '"<mj-text>"', "]]>", "<!--"])
def test_whatever_is_pasted_makes_a_letter(issue: Issue, odd: str) -> None:
    """Also a letter that cannot be sent so can be looked at, and says why."""
    for name in ("subject", "preview_text", "intro"):
        setattr(issue, name, odd)
        html = composed(issue).html
        assert "<mj-text>" not in re.sub('"[^"]*"', "", html), name


def test_a_save_over_somebody_elses_is_refused(issue: Issue) -> None:
    issue.refresh_from_db()
    words = {"subject": "Mine", "preview_text": "", "intro": ""}
    issues.save(issue.pk, expected_version=issue.version, at=NOW, **words)
    with pytest.raises(issues.Late):
        issues.save(issue.pk, expected_version=issue.version, at=NOW, **{**words, "subject": "Yours"})
    issue.refresh_from_db()
    assert issue.subject == "Mine"


@pytest.mark.django_db
def test_what_is_frozen_stays_whatever_happens_to_the_story(issue: Issue) -> None:
    sent = send(issue)
    story = issue.stories.get()
    place = issue.places.get()
    assert place.frozen_revision_id == story.published_revision_id
    assert "“first” step" in sent.frozen_html
    assert message.TOKEN_HERE in sent.frozen_html
    with pytest.raises(issues.Refused):
        issues.pick(issue.pk, articles.published_story().pk, at=NOW)
    with pytest.raises(issues.Late):
        issues.save(issue.pk, expected_version=sent.version, subject="x", preview_text="", intro="", at=NOW)
    with pytest.raises(issues.Late):
        send(issue)


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_stories(issue: Issue) -> None:
    placement = articles.product_placement()
    body = f'<p>Words.</p>\n<div data-block="product" data-id="{placement.pk}"></div>'

    def whole_story() -> None:
        story = articles.published_story(body=body)
        issues.pick(issue.pk, story.pk, at=NOW)
        issues.shape(issue.pk, story.pk, "whole", at=NOW)

    def count() -> int:
        # What is kept in the process for a second would be asked for in one count and not in the other.
        forget()
        products.forget()
        with CaptureQueriesContext(connection) as captured:
            composed(issue)
        return len(captured)

    whole_story()
    few = count()
    for _ in range(18):
        whole_story()
    assert count() == few
