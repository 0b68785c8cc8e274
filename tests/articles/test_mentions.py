"""Who is meant by a name after an @."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import mentions
from newsroom.accounts.models import Person

NAMES = (
    "Ann Lee",
    "Ann Leeds",
    "Bob Barrow",
    "Zoë Ó’Brien",
    "Dan",
    "Dan",
    "Eve Hall",
    "Eve Hall Bright",
    "D'Arcy O'Neil",
)
PEOPLE = [Person(pk=number, name=name) for number, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize(
    ("words", "named", "unknown"),
    [
        ("@Bob Barrow who heard it?", ["Bob Barrow"], []),
        ("Ask @bob barrow.", ["Bob Barrow"], []),
        ("@Bob, and @Zoë too", ["Bob Barrow", "Zoë Ó’Brien"], []),
        ("(@Zoë Ó’Brien)", ["Zoë Ó’Brien"], []),
        # However the apostrophe was typed, in the note or in the name.
        ("@Zoë Ó'Brien", ["Zoë Ó’Brien"], []),
        ("@D’Arcy O’Neil: who said it?", ["D'Arcy O'Neil"], []),
        ("@d‘arcy o’neil", ["D'Arcy O'Neil"], []),
        ("@D’Arcy", ["D'Arcy O'Neil"], []),
        ("@Ann Leeds", ["Ann Leeds"], []),
        ("@Ann Lee", ["Ann Lee"], []),
        ("@Eve Hall Bright and @Eve Hall", ["Eve Hall Bright", "Eve Hall"], []),
        ("@Ann", [], ["Ann"]),  # two have this first name
        ("@Dan", ["Dan", "Dan"], []),  # two people of one name: both
        ("bob@Bob.example and a@b", [], []),
        ("@@Bob", [], []),
        ("@Nobody Here, @Nobody", [], ["Nobody"]),
        ("@ Bob", [], []),
        ("@Bobby", [], ["Bobby"]),
        ("@Bob Barrow @Bob Barrow", ["Bob Barrow"], []),
    ],
)
def test_names(words: str, named: list[str], unknown: list[str]) -> None:
    found = mentions.find(words, PEOPLE)
    assert [one.name for one in found.people] == named
    assert list(found.unknown) == unknown


@given(st.text(alphabet="@ AnLeBobDZë’.,\n", max_size=60))
def test_spans_are_in_order_and_apart(words: str) -> None:
    done = 0
    for start, end in mentions.find(words, PEOPLE).spans:
        assert done <= start < end <= len(words)
        assert words[start] == "@"
        done = end
