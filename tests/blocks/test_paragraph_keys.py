"""Keys of paragraphs stay with their paragraph."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import blocks
from newsroom.blocks.paragraphs import keys, split

WORDS = [
    "the",
    "king",
    "met",
    "his",
    "son",
    "at",
    "the",
    "gate",
    "and",
    "they",
    "walked",
    "to",
    "the",
    "chapel",
    "before",
    "noon",
    "while",
    "crowds",
    "waited",
]
BLOCK = '<div data-block="image" data-id="{}"></div>'


def html(*paragraphs: str) -> str:
    return "\n".join(text if text.startswith("<") else f"<p>{text}</p>" for text in paragraphs)


def test_every_element_gets_a_key_of_its_own() -> None:
    body = html("one", "two", BLOCK.format(3), "one")
    made = keys("", [], body)
    assert len(set(made)) == 4
    assert "\n".join(split(body)) == body


def test_insert_delete_move_edit() -> None:
    a, b, c = "The gates opened at nine.", "By noon the queue reached the river.", "The palace said nothing."
    old = html(a, b, c)
    was = keys("", [], old)
    inserted = keys(old, was, html(a, "Something quite different came.", b, c))
    assert [inserted[0], *inserted[2:]] == was
    assert inserted[1] not in was
    assert keys(old, was, html(a, c)) == [was[0], was[2]]
    assert keys(old, was, html(a, "By noon the queue had reached the river bank.", c)) == was
    assert keys(old, was, html(c, a, b)) == [was[2], was[0], was[1]]
    assert keys(old, was, html(a, "<p>By <strong>noon</strong> the queue reached the river.</p>", c)) == was
    assert keys(old, was, html(a, "Not a word of it is left now.", c)) == was, (
        "one between two unchanged ones, written anew"
    )


def test_split_and_joined_paragraphs() -> None:
    a, b = "The gates opened at nine sharp.", "By noon the queue reached the river and the bridge."
    was = keys("", [], html(a, b))
    halves = keys(html(a, b), was, html(a, "By noon the queue reached the", "river and the bridge."))
    assert halves[0] == was[0]
    assert was[1] in halves[1:]
    assert len(set(halves)) == 3
    assert keys(html(a, b), was, html(f"{a} {b}"))[0] in was


def test_an_edited_block_is_the_same_block() -> None:
    old = html("one", BLOCK.format(3), "two")
    was = keys("", [], old)
    assert keys(old, was, html("one", BLOCK.format(4), "two")) == was
    other = keys(old, was, html("one", '<div data-block="quote" data-id="3"></div>', "two"))
    assert other[1] != was[1]


def test_alike_paragraphs_keep_their_order() -> None:
    old = html("same", "same", "same")
    was = keys("", [], old)
    assert keys(old, was, html("same", "same", "same")) == was
    assert len(set(keys(old, was, html("same", "same", "same", "same")))) == 4


def test_broken_old_keys_are_mended() -> None:
    body = html("one", "two", "three")
    made = keys(body, ["k", "k"], body)
    assert made[0] == "k"
    assert len(set(made)) == 3


def test_a_long_story_in_time() -> None:
    paragraphs = [f"Paragraph {n}: " + " ".join(WORDS[n % 9 :]) + f" {n * 7}" for n in range(400)]
    old = html(*paragraphs)
    was = keys("", [], old)
    started = time.monotonic()
    now = keys(old, was, html(*paragraphs[:200], "An entirely new thought.", *paragraphs[200:]))
    everything = keys(old, was, html(*(f"{text} Changed." for text in reversed(paragraphs))))
    assert time.monotonic() - started < 20
    assert [key for key in now if key in set(was)] == was
    assert len(set(everything)) == 400


PARAGRAPH = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
BODIES = st.lists(PARAGRAPH | st.integers(1, 5).map(BLOCK.format), max_size=8)


@given(BODIES, BODIES)
@settings(max_examples=150, deadline=None)
def test_keys_are_unique_and_as_many_as_elements(old: list[str], new: list[str]) -> None:
    was = keys("", [], html(*old))
    now = keys(html(*old), was, html(*new))
    assert len(now) == len(new) == len(set(now))


@given(st.lists(PARAGRAPH, min_size=1, max_size=8, unique=True), st.data())
@settings(max_examples=150, deadline=None)
def test_what_nobody_touched_keeps_its_key(paragraphs: list[str], data: st.DataObject) -> None:
    old = html(*paragraphs)
    was = keys("", [], old)
    new, expected = [], []
    for text, key in zip(paragraphs, was, strict=True):
        if data.draw(st.booleans()):
            new.append(f"wholly unlike anything {data.draw(st.integers(1000, 9999))}")
            expected.append(None)
        if data.draw(st.integers(0, 3)):
            new.append(text)
            expected.append(key)
    now = keys(old, was, html(*new))
    assert [key for key, wanted in zip(now, expected, strict=True) if wanted] == [key for key in expected if key]


def test_the_body_of_a_revision_is_what_keys_count() -> None:
    body = blocks.clean("<p>a</p>words<ul><li>b</ul><hr><div data-block=image data-id=3></div>")
    assert len(keys("", [], body)) == len(split(body)) == 5
