"""The box in a story: loaded in one query, works in a kept page, and says what readers will not see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from newsletters.blocks import NewsletterBlock
from newsletters.models import BoxPlacement
from newsroom import blocks
from newsroom.blocks import PageContext, PlaceRefused, Target
from tests.factories import newsletters as made
from tests.factories.accounts import person

PAGE = PageContext(path="/royals/a-visit/", base_url="https://news.example", story_id=1)


def body(*placements: BoxPlacement) -> str:
    return "\n".join(f'<div data-block="newsletter" data-id="{one.pk}"></div>' for one in placements)


def render(html: str, target: Target) -> blocks.Rendered:
    return blocks.render(html, target, at=datetime.now(UTC), page=PAGE)


@pytest.mark.django_db
def test_the_form_stands_without_token_cookie_or_script_and_its_boxes_unticked() -> None:
    newsletter = made.newsletter()
    placement = made.box(newsletter)
    rendered = render(body(placement), Target.WEB)
    html = str(rendered.html)
    assert f'action="/newsletters/{newsletter.slug}/sign-up/"' in html
    assert html.count('type="checkbox"') == 2
    assert "checked" not in html
    assert "csrfmiddlewaretoken" not in html
    assert "<script" not in html
    assert 'name="page" value="/royals/a-visit/"' in html
    assert f'name="placement" value="{placement.pk}"' in html
    assert made.BRANDS in html
    assert made.PARTNERS in html
    assert "list of 1 September 2025" in html
    assert rendered.tags == {f"newsletter:{newsletter.pk}"}


@pytest.mark.django_db
def test_the_newest_wording_stands_in_every_box() -> None:
    newsletter = made.newsletter()
    placement = made.box(newsletter)
    purpose = newsletter.offers.first().purpose
    newer = made.wording(purpose, "Newer words", companies=["A", "B"])
    html = str(render(body(placement), Target.WEB).html)
    assert "Newer words" in html
    assert made.BRANDS not in html
    assert f'value="{newer.pk}"' in html
    assert "See the 2 companies named" in html


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 20])
def test_one_query_however_many_boxes(number: int, django_assert_num_queries: Any) -> None:
    placements = [made.box(made.newsletter()) for _ in range(number)]
    with django_assert_num_queries(1):
        render(body(*placements), Target.WEB)


@pytest.mark.django_db
@pytest.mark.parametrize("target", [Target.MAIL, Target.FEED, Target.TEXT])
def test_elsewhere_it_is_a_line_with_an_absolute_address(target: Target) -> None:
    newsletter = made.newsletter()
    said = str(render(body(made.box(newsletter, line="Only the visits & the hats.")), target).html)
    assert f"https://news.example/newsletters/{newsletter.slug}/" in said
    assert "<form" not in said
    assert ("visits & the hats" in said) == (target is Target.TEXT)


@pytest.mark.django_db
def test_a_closed_newsletter_shows_no_box_to_readers_and_says_so_at_the_desk() -> None:
    placement = made.box(made.newsletter(open=False))
    assert "<form" not in render(body(placement), Target.WEB).html
    assert "takes no sign-ups" in render(body(placement), Target.DESK).html
    assert [problem.stop for problem in blocks.problems(body(placement), at=datetime.now(UTC))] == [False]


@pytest.mark.django_db
def test_a_box_that_names_no_company_holds_the_publication_back() -> None:
    newsletter = made.newsletter()
    made.wording(newsletter.offers.first().purpose, "Trusted partners", companies=[])
    assert [problem.stop for problem in blocks.problems(body(made.box(newsletter)), at=datetime.now(UTC))] == [True]


@pytest.mark.django_db
def test_placing_makes_a_new_box_each_time_and_refuses_with_a_message_per_field() -> None:
    block, alice = NewsletterBlock(), person("reporter")
    newsletter = made.newsletter(name="The Palace letter")
    made.newsletter(name="Closed letter", open=False)
    assert [choice.title for choice in block.search(alice, "letter")] == ["The Palace letter"]
    fields = {"choice": str(newsletter.pk), "line": " Only  the visits "}
    first, second = block.place(alice, fields), block.place(alice, fields)
    assert first != second
    assert block.values(block.load({first})[first])["line"] == "Only the visits"
    for bad in ({}, {"choice": "x"}, {"choice": "9" * 30}):
        with pytest.raises(PlaceRefused) as refused:
            block.place(alice, {**bad, "line": "x" * 241})
        assert set(refused.value.messages) == {"choice", "line"}
