"""How an amount, a link and a moment are written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from articles import offers, tracking
from articles.reader.cards import names
from articles.reader.share import ways
from articles.times import when


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("10.85", "GBP", "£10.85"),
        ("10", "EUR", "€10.00"),
        ("1250", "USD", "$1,250"),
        ("1250.50", "GBP", "£1,250.50"),
        ("20", "CHF", "CHF 20.00"),
    ],
)
def test_an_amount_carries_its_currency(amount: str, currency: str, written: str) -> None:
    assert offers.money(Decimal(amount), currency) == written


@pytest.mark.parametrize(
    ("address", "tag", "link"),
    [
        ("https://a.example/x", "tag=ours-20", "https://a.example/x?tag=ours-20"),
        ("https://a.example/x?q=%C3%A9&b=#top", "tag=ours-20", "https://a.example/x?q=%C3%A9&b=&tag=ours-20#top"),
        ("https://a.example/x?tag=theirs", "tag=ours-20", "https://a.example/x?tag=theirs"),
        ("https://a.example/x", "?tag=a b&c=d", "https://a.example/x?tag=a+b&c=d"),
        ("https://a.example/x", "", "https://a.example/x"),
    ],
)
def test_a_tag_is_added_to_what_the_link_says(address: str, tag: str, link: str) -> None:
    assert tracking.tagged(address, tag) == link


@pytest.mark.parametrize(
    ("moment", "zone", "iso", "words"),
    [
        # The two sides of the end of summer time: the same clock, told apart by the zone's name.
        (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), "Europe/London", "2025-10-26T01:30:00+01:00", "01.30 BST"),
        (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), "Europe/London", "2025-10-26T01:30:00+00:00", "01.30 GMT"),
        (datetime(2025, 9, 11, 8, 12, 59, 999, UTC), "Asia/Kolkata", "2025-09-11T13:42:59+05:30", "13.42 IST"),
        (datetime(2025, 9, 11, 8, 12, tzinfo=UTC), "America/Sao_Paulo", "2025-09-11T05:12:00-03:00", "05.12 UTC-3"),
        (datetime(2025, 9, 11, 8, 12, tzinfo=UTC), "Asia/Kathmandu", "2025-09-11T13:57:00+05:45", "13.57 UTC+5:45"),
    ],
)
def test_a_moment_names_its_zone(moment: datetime, zone: str, iso: str, words: str) -> None:
    said = when(moment, ZoneInfo(zone))
    assert said.iso == iso
    assert said.words.endswith(words)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        when(datetime(2025, 9, 11, 8, 12), ZoneInfo("Europe/London"))  # noqa: DTZ001


def test_names_are_joined_as_a_byline_joins_them() -> None:
    assert [names([]), names(["Ann"]), names(["Ann", "Bob"]), names(["Ann", "Bob", "Cy"])] == [
        "",
        "Ann",
        "Ann and Bob",
        "Ann, Bob and Cy",
    ]


def test_a_headline_cannot_add_to_a_share_link() -> None:
    for way in ways("A & B?c=d#e\r\nBcc: x@y.example", "https://news.example/a/b/"):
        assert "\n" not in way.href
        assert "&B" not in way.href.replace(" ", "")
        assert "#" not in way.href
        assert "https%3A%2F%2Fnews.example%2Fa%2Fb%2F" in way.href
