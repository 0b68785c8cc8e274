"""Reading the story to type: every line of the file is one of its parts, and nothing of a line is dropped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsroom.demo import content
from tests.journeys.typed_story import LIVE, TypedStory, from_demo, from_text

LINES = [
    "It rained on the parade.",
    "(Image credit: Jane Poe)",
    "“We stayed dry,” a source said.",
    "Harrow Wool riding coat £240.00 at Example Shop Woven in Yorkshire - and lined.",
    f"Castle Hill Newsletter The week, in one letter! {content.BRANDS} {content.PARTNERS}",
    LIVE,
]


def lines(told: TypedStory) -> list[str]:
    """The file as it would be written from what was read."""
    product, box = told.product, told.box
    price = "{maker} {title} {sign}{price} at {merchant} {blurb}".format(**product)
    as_line = {
        "image": f"(Image credit: {told.credit})",
        "product": price,
        "newsletter": " ".join((box.name, box.promise, *box.wordings)),
    }
    written = [as_line.get(part.kind, part.text) for part in told.parts]
    return [*written, LIVE] if told.live else written


def test_nothing_of_a_file_is_dropped() -> None:
    told = from_text("\n\n".join(LINES))
    assert lines(told) == LINES
    assert (told.box.name, told.box.promise) == ("Castle Hill Newsletter", "The week, in one letter!")
    assert told.box.wordings == (content.BRANDS, content.PARTNERS)
    assert (told.product["merchant"], told.product["blurb"]) == ("Example Shop", "Woven in Yorkshire - and lined.")
    assert [(said.words, said.who) for said in told.quoted] == [("We stayed dry,", "a source")]


def test_the_story_that_is_typed_is_whole_and_its_boxes_say_what_the_demos_say() -> None:
    path = os.environ.get("ACCEPTANCE_STORY", "")
    told = from_demo()
    if path:
        text = Path(path).read_text(encoding="utf-8")
        told = from_text(text)
        assert lines(told) == [line.strip() for line in text.splitlines() if line.strip()]
    assert told.box.wordings == (content.BRANDS, content.PARTNERS)
    assert told.product["blurb"]


def test_a_story_without_a_newsletter_box_is_not_taken() -> None:
    with pytest.raises(AssertionError, match="newsletter box"):
        from_text("\n".join(LINES[:4]))
