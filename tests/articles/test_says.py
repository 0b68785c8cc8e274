"""When words in quotation marks are what was said, and when they are another wording (promise 11)."""

from __future__ import annotations

import pytest

from articles.quotation_marks import says, spoken

# What stands in the ledger, and what another printed form of the same words looks like.
WORDINGS = [
    ("He paid £5 million.", "he paid £5 million"),
    ("It rose by 5 per cent", "It rose by 5%"),
    ("It rose by 5 percent", "It rose by 5 per cent"),
    ("It cost 1,500 pounds", "it cost 1500 pounds"),
    ("At 9.30am we left", "at 9.30am, we left"),
    ("It was −5 outside", "It was -5 outside"),
    ("We’re here", "We're here"),
    ("three – or four – days", "three, or four, days"),
    ("pages 3-5", "pages 3–5"),
]
OTHERS = [
    ("He paid £5 million", "He paid $5 million"),
    ("He paid £5 million", "He paid 5 million"),
    ("It took 3.5 hours", "It took 3-5 hours"),
    ("It took 3.5 hours", "It took 35 hours"),
    ("It cost 1,500 pounds", "It cost 1.500 pounds"),
    ("It rose by 5%", "It rose by 5"),
    ("It was -5 outside", "It was 5 outside"),
    ("At 9.30am we left", "At 9.3am we left"),
    ("I did not know", "I did know"),
    ("1,50", "150"),
]


@pytest.mark.parametrize(("said", "printed"), WORDINGS)
def test_another_form_of_the_same_words(said: str, printed: str) -> None:
    assert says(printed, said)
    assert spoken(printed) == spoken(said)


@pytest.mark.parametrize(("said", "printed"), OTHERS)
def test_another_wording(said: str, printed: str) -> None:
    assert not says(printed, said)


@pytest.mark.parametrize(
    "printed", ["I … proud of him", "I am […] proud of him", "I am very proud of [Harry]", "proud of him", "I am … him"]
)
def test_a_gap_stands_for_what_was_left_out(printed: str) -> None:
    assert says(printed, "I am very proud of him")
    assert not says(printed, "I am very fond of her")


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("I did not know and I was not there", "I … know and I was … there"),
        ("I was not there", "I was [really] there"),
        ("I could never leave her", "I could … leave her"),
        ("We don’t want that", "We … want that"),
        ("There was no quarrel", "There was [a] quarrel"),
    ],
)
def test_a_gap_never_swallows_a_not(said: str, printed: str) -> None:
    assert not says(printed, said)
    assert says(said, said)


def test_what_stood_before_the_first_words_is_not_swallowed() -> None:
    assert says("I was there … all day", "I did not say so: I was there, with him, all day")
