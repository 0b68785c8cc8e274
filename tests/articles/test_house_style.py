"""Straight quotation marks become the house's; nothing else of a text changes (promise 11 holds through it)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.house_style import curl, curl_body
from articles.quotation_marks import in_body, normalise, says
from newsroom import blocks

# The browser's copy of the rule is held against this table as well.
CASES: list[tuple[str, str]] = [
    ('He said "we are here", then "gone".', "He said “we are here”, then “gone”."),
    ("\"He cried 'no' to all of us,\" she said.", "“He cried ‘no’ to all of us,” she said."),
    ("'\"Both\"' and \"'both'\"", "‘“Both”’ and “‘both’”"),
    ('("Yes"), ["no"] – "maybe"', "(“Yes”), [“no”] – “maybe”"),
    ('"I was going—" he said.', "“I was going—” he said."),
    ('He paused—"then I left."', "He paused—“then I left.”"),
    ('"So it goes on', "“So it goes on"),
    ('and ends here," he said.', "and ends here,” he said."),
    ("Don't touch the Queen's hat, nor the Sussexes' garden.", "Don’t touch the Queen’s hat, nor the Sussexes’ garden."),
    ("the '90s, the 1990's and summer of '97", "the ’90s, the 1990’s and summer of ’97"),
    ("'Tis said, rock 'n' roll at six o'clock", "’Tis said, rock ’n’ roll at six o’clock"),
    ("'90 minutes was too long,' he said.", "‘90 minutes was too long,’ he said."),
    ("the 'new' coat", "the ‘new’ coat"),
    # Feet and inches.
    ("6' 2\" tall, 5'4, a 5\" heel", "6' 2\" tall, 5'4, a 5\" heel"),
    ("\"He's 6'2\" tall,\" she said.", "“He’s 6'2\" tall,” she said."),
    ('"The 5" heels are back," she said.', "“The 5\" heels are back,” she said."),
    ('"It was in 1990" he said.', "“It was in 1990” he said."),
    # What is curly already, and marks of other scripts.
    ("“Mine” and ‘mine’ and „seine“ and «leur»", "“Mine” and ‘mine’ and „seine“ and «leur»"),
    ("“It's 5\" long”", "“It’s 5\" long”"),
    ("rock ‘n’ roll isn't", "rock ‘n’ roll isn’t"),
    # Addresses.
    ("See https://x.example/o'brien?a=o'b and o'brien@x.example", "See https://x.example/o'brien?a=o'b and o'brien@x.example"),
    ('"https://x.example/a"', "“https://x.example/a”"),
    # Neither begins nor ends anything.
    ("a ' b \" c", "a ' b \" c"),
    ("", ""),
]  # fmt: skip
ALPHABET = "abs9t5in'\"‘’“”„«—-/([ .,!?\n½@:w"
TEXT = st.text(ALPHABET, max_size=60)


@pytest.mark.parametrize(("typed", "set_"), CASES)
def test_the_table(typed: str, set_: str) -> None:
    assert curl(typed) == set_


@given(st.one_of(TEXT, st.text(max_size=60)))
def test_only_straight_marks_change_and_once_is_enough(text: str) -> None:
    done = curl(text)
    assert len(done) == len(text)
    for before, after in zip(text, done, strict=True):
        assert after == before or (before, after) in {('"', "“"), ('"', "”"), ("'", "‘"), ("'", "’")}
    assert curl(done) == done
    assert normalise(done) == normalise(text)


WORD = st.sampled_from(["gates", "don't", "Queen's", "noon", "six o'clock", "it's", "walk", "5", "rain"])
WORDS = st.lists(WORD, min_size=1, max_size=6).map(" ".join)


@given(WORDS, WORDS, st.sampled_from(['"', "'"]), st.sampled_from(["", ",", "."]), WORDS)
def test_a_quotation_is_found_and_stays_tied(before: str, words: str, mark: str, stop: str, after: str) -> None:
    said = f"{words} now{stop}"
    for html in (
        f"<p>{before} said {mark}{said}{mark} {after}.</p>",
        f'<p>{before} said <q data-quotation="7">{mark}{said}{mark}</q> {after}.</p>',
        f"<p>{before} said {mark}<strong>{words}</strong> now{stop}{mark} {after}.</p>",
    ):
        done = curl_body(html)
        assert [(mark.quotation_id, mark.normalised) for mark in in_body(done)] == [
            (mark.quotation_id, mark.normalised) for mark in in_body(html)
        ]
        assert all(says(found.words, said) for found in in_body(done) if found.quotation_id)
        assert blocks.clean(done) == done
        assert blocks.words(done) == blocks.words(html)


def test_a_body_keeps_its_addresses_and_blocks() -> None:
    html = (
        '<p>One said "<strong>we</strong> saw <a href="https://x.example/a?b=\'c\'">it\'s</a> <em>here</em>".</p>\n'
        '<div data-block="image" data-id="12"></div>\n'
        "<ul><li>\"One<br>'two'\"</li><li>the '90s</li></ul>\n"
        '<p><q data-quotation="7">"Nobody came,"</q> he said. 6\' 2"</p>'
    )
    assert curl_body(html) == (
        "<p>One said “<strong>we</strong> saw <a href=\"https://x.example/a?b='c'\">it’s</a> <em>here</em>”.</p>\n"
        '<div data-block="image" data-id="12"></div>\n'
        "<ul><li>“One<br>‘two’”</li><li>the ’90s</li></ul>\n"
        '<p><q data-quotation="7">“Nobody came,”</q> he said. 6\' 2"</p>'
    )
    assert blocks.clean(curl_body(html)) == curl_body(html)


@pytest.mark.parametrize(
    "piece", ["'", '"', "'t ", '5" ', "6'2\" ", "a'", "'90s ", "'tis ", "www.", "http://", "'a@", 'a"5"']
)
def test_a_long_line_is_set_at_once(piece: str) -> None:
    began = time.process_time()
    curl(piece * (300_000 // len(piece)))
    assert time.process_time() - began < 10
