"""Which quotation marks of a line belong together.

The writing screen finds the same pairs while somebody types (static/js/writing-marks.js); a test holds the two beside
each other in a browser. Double marks of every script always count. A single mark may be an apostrophe, so it counts only
where it opens before a word and closes after one: neither “the ’90s” nor “the Sussexes’ garden” is a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

CLOSERS = {
    "“": "”",
    "‟": "”",
    "„": '“”‟"',
    "⹂": "‟”",
    "❝": "❞",
    "«": "»",
    "»": "«",
    "〝": "〞〟",
    "「": "」",
    "『": "』",
    "｢": "｣",
    '"': '"',
    "＂": "＂",
}
# Alone they are arrows: “Home › Royals”.
_ANGLES = {"‹": "›", "›": "‹"}
# The mark that belongs to it first, then the one that a keyboard puts in its place.
_SINGLES = {"‘": "’'", "‛": "’'", "'": "'’", "❛": "❜", "‚": "‘’'"}
_STRAYS = frozenset("”❞」』｣")
MARKS = "".join(sorted({*CLOSERS, *"".join(CLOSERS.values()), *_ANGLES}))
_ANY = re.compile(f"[{re.escape(MARKS + ''.join(_SINGLES))}’]")
# “’tis”, “rock ’n’ roll”: word processors turn this apostrophe into an opening mark.
_ELISIONS = frozenset(["tis", "twas", "twere", "twill", "til", "till", "em", "n", "cause", "cos", "bout"])
_SENTENCE_ENDS = ".,!?…"


def pairs(text: str, ends: Collection[int] = ()) -> Iterator[tuple[int, int]]:
    """Start and end (the marks included) of every pair in one line or paragraph, in order, none within another.

    An opening mark that nothing closes reaches to the end: so begins a quotation that runs over several paragraphs. A
    closing one that nothing opens reaches back to the last pair. ends: where a tied quotation ends, which settles
    whether a mark there is an apostrophe.
    """
    position = begun = 0
    first = len(text) - len(text.lstrip())
    while found := _ANY.search(text, position):
        position = found.start()
        end = _end(text, position, ends, first)
        if end is None:
            position += 1
            continue
        yield begun if _strays(text, position) else position, end
        begun = position = end


def bare(words: str) -> str:
    """``words`` without the marks around them; an apostrophe at either end stays."""
    text = words.strip().strip(MARKS).strip()
    while len(text) > 1 and text[0] in _SINGLES and text[-1] in _SINGLES[text[0]]:
        text = text[1:-1].strip().strip(MARKS).strip()
    if _strays(text, len(text) - 1):
        text = text[:-1]
    return text.lstrip("‘‛❛‚").strip()


def _end(text: str, at: int, ends: Collection[int], first: int) -> int | None:
    """Where the pair ends that the character at ``at`` opens, or closes from an earlier paragraph; None: it does neither.

    first: where the first word begins.
    """
    char = text[at]
    if _strays(text, at):
        return at + 1
    if char in CLOSERS:
        if char == '"' and text[at - 1 : at].isdecimal():
            return None  # 5" is a measure
        return next((i + 1 for i in range(at + 1, len(text)) if text[i] in CLOSERS[char]), len(text))
    if char in _ANGLES:
        bound = text.find(char, at + 1)  # without it, a line of arrows would be searched to its end for each of them
        return text.find(_ANGLES[char], at + 1, bound if bound > 0 else len(text)) + 1 or None
    return _single(text, at, ends, first) if char in _SINGLES and _opens(text, at) else None


def _strays(text: str, at: int) -> bool:
    """Whether this mark can only close. A ’ that follows a full stop or a comma is no apostrophe."""
    if text[at : at + 1] != "’":
        return text[at : at + 1] in _STRAYS
    return at > 0 and text[at - 1] in _SENTENCE_ENDS and not text[at + 1 : at + 2].isalnum()


def _opens(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isalnum() or not after or after.isspace():
        return False
    # The straight one also closes: after a full stop it does that.
    return text[at] != "'" or not before or before.isspace() or before in "([{<–—-/“„«‹"


def _single(text: str, at: int, ends: Collection[int], first: int) -> int | None:
    char = text[at]
    bound = next((i for i in range(at + 1, len(text)) if text[i] == char and _opens(text, i)), len(text))
    doubtful = elided(text, at + 1)
    for certain in (True, False):
        for closer in _SINGLES[char]:
            for i in range(at + 2, bound):
                if text[i] != closer or text[i - 1].isspace() or text[i + 1 : i + 2].isalnum():
                    continue
                if i + 1 in ends or not _possessive(text, i) or not (certain or doubtful):
                    return i + 1
    if char != "'" and not doubtful and at == first:
        return len(text)  # closed in a later paragraph
    return None


def elided(text: str, at: int) -> bool:
    """Whether an apostrophe may stand before this: “’90s”, “’tis”."""
    end = next((i for i in range(at, len(text)) if not text[i].isalnum()), len(text))
    return text[at : at + 1].isdecimal() or text[at:end].lower() in _ELISIONS


def encloses(text: str, at: int) -> bool:
    """Whether the single mark at ``at`` opens a pair that closes in this text."""
    return _opens(text, at) and _single(text, at, (), -1) is not None


def _possessive(text: str, at: int) -> bool:
    """Whether this may be an apostrophe at the end of a word, the sentence going on: “the Sussexes’ garden”."""
    goes_on = text[at + 2 : at + 3].isalnum() or (text[at + 2 : at + 3] in ("'", "’") and elided(text, at + 3))
    if not (text[at + 1 : at + 2].isspace() and goes_on):
        return False
    return text[at - 1] in "sS" or text[at - 2 : at].lower() in ("in", "an", "’n", "'n", "‘n")
