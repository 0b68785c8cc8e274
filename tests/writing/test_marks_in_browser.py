"""The writing screen finds the quotations that the server finds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from articles import marks
from articles.house_style import curl
from articles.quotation_marks import spoken
from tests.articles import test_house_style
from tests.articles.test_marks import ALPHABET, CASES
from tests.articles.test_says import WORDINGS

pytestmark = pytest.mark.browser
SCRIPTS = Path(__file__).resolve().parent.parent.parent / "static/js"
SCRIPT = SCRIPTS / "writing-marks.js"
ASK = """(texts) => texts.map(([text, ends]) => {
  const pairs = writing.pairs(text, new Set(ends)); return [pairs, pairs.map(([start, end]) => writing.bare(text.slice(start, end)))]; })"""


def test_the_browser_pairs_the_same_marks(chromium: Any) -> None:
    chance = random.Random(11)
    texts: list[tuple[str, list[int]]] = [(text, []) for text, _ in CASES]
    for _ in range(20_000):
        text = "".join(chance.choices(ALPHABET, k=chance.randint(1, 40)))
        texts.append((text, chance.sample(range(len(text) + 1), k=min(2, len(text)))))
    page = chromium.new_page()
    page.evaluate("window.writing = {}")
    page.add_script_tag(content=SCRIPT.read_text())
    answers = page.evaluate(ASK, texts)
    page.close()
    for (text, ends), (pairs, words) in zip(texts, answers, strict=True):
        expected = list(marks.pairs(text, set(ends)))
        assert [tuple(pair) for pair in pairs] == expected, text
        assert words == [marks.bare(text[start:end]) for start, end in expected], text


def test_the_browser_hears_the_same_words(chromium: Any) -> None:
    chance = random.Random(13)
    texts = [words for case in WORDINGS for words in case]
    texts += [
        "".join(chance.choices("59 .,:/-−–$£%'’aé½²\u00ad per cent", k=chance.randint(1, 25))) for _ in range(5_000)
    ]
    page = chromium.new_page()
    page.evaluate("window.writing = {}")
    page.add_script_tag(content=SCRIPT.read_text())
    answers = page.evaluate("(texts) => texts.map((text) => writing.said(text))", texts)
    page.close()
    for text, answer in zip(texts, answers, strict=True):
        assert answer == spoken(text), text


def test_the_browser_sets_the_same_marks(chromium: Any) -> None:
    chance = random.Random(12)
    texts = [typed for typed, _ in test_house_style.CASES]
    texts += ["".join(chance.choices(test_house_style.ALPHABET, k=chance.randint(1, 40))) for _ in range(20_000)]
    page = chromium.new_page()
    page.evaluate("window.writing = {}")
    for script in (SCRIPT, SCRIPTS / "writing-curl.js"):
        page.add_script_tag(content=script.read_text())
    answers = page.evaluate("(texts) => texts.map((text) => writing.curl(text))", texts)
    page.close()
    for text, answer in zip(texts, answers, strict=True):
        assert answer == curl(text), text
