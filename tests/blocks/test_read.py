"""What is read out of a stored body."""

from __future__ import annotations

from typing import Any

import pytest

from newsroom import blocks
from newsroom.blocks import Reference, registry
from tests.blocks.kinds import Aside, Note
from tests.factories.accounts import person

BODY = blocks.clean(
    '<h2>A head</h2><p>One <q data-quotation="7">“two three”</q>, it’s half-past.</p>'
    '<div data-block="note" data-id="3"></div><ul><li>four<p>five</p></li></ul>'
    '<p><q data-quotation="9">“six”</q> <q data-quotation="7">“again”</q></p>'
    '<div data-block="note" data-id="3"></div><div data-block="aside" data-id="4"></div>'
    "<table><tr><td>a</td><td>b</td></tr></table><p>x<br>y</p>"
)


def test_references_in_the_order_of_the_text() -> None:
    assert blocks.references(BODY) == [Reference("note", 3), Reference("note", 3), Reference("aside", 4)]


def test_text_that_only_looks_like_a_block_is_none() -> None:
    html = blocks.clean('&lt;div data-block="note" data-id="3"&gt;&lt;/div&gt; &lt;q data-quotation="7"&gt;')
    assert blocks.references(html) == []
    assert blocks.quotation_ids(html) == []


def test_quotations_once_each() -> None:
    assert blocks.quotation_ids(BODY) == [7, 9]
    assert blocks.tied_quotations(BODY) == [(7, "“two three”"), (9, "“six”"), (7, "“again”")]


def test_plain_text_has_a_line_for_each_paragraph_point_and_row() -> None:
    assert blocks.plain_text(BODY).split("\n") == [
        "A head", "One “two three”, it’s half-past.", "four", "five", "“six” “again”", "a b", "x", "y",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("html", "count"),
    [("", 0), ("<p>one</p>", 1), ("<p>it’s half-past two — “now”</p>", 4), ("<p>£240.50 for 3</p>", 4),
     ("<p>a</p>\n<p>b</p>", 2), ('<p>a</p>\n<div data-block="note" data-id="3"></div>', 1), ("<p>a<br>b</p>", 2)],
)  # fmt: skip
def test_words(html: str, count: int) -> None:
    assert blocks.words(html) == count


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (200, 1), (460, 2), (2300, 10)])
def test_minutes(words: int, minutes: int) -> None:
    assert blocks.minutes(f"<p>{'word ' * words}</p>") == minutes


@pytest.mark.django_db
def test_missing_asks_one_query_per_kind_and_not_for_what_is_known(django_assert_num_queries: Any) -> None:
    alice = person()
    html = "\n".join(
        f'<div data-block="{kind}" data-id="{pk}"></div>'
        for kind, pk in [("note", alice.pk), ("note", 999999), ("note", 999999), ("aside", alice.pk), ("gone", 1)]
    )
    with registry.only(Note(), Aside()):
        with django_assert_num_queries(2):
            assert blocks.missing(html) == [Reference("note", 999999), Reference("gone", 1)]
        known = [Reference("note", 999999), Reference("note", alice.pk), Reference("gone", 1)]
        with django_assert_num_queries(1):
            assert blocks.missing(html, known=known) == []
