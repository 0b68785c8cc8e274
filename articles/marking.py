"""Text with what was asked for marked in it: what readers and the desk are shown of a match.

PostgreSQL marks the words in a folded twin of the text, letter for letter as long, so that the text itself is shown as
it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

EXCERPT = 240
READ = 30_000  # letters of a text in which matches are marked
ON, OFF = "\x01", "\x02"  # typed.line keeps both out of every text
MARKED_WHOLE = f"HighlightAll=true, StartSel={ON}, StopSel={OFF}"  # options of ts_headline
_OTHERS = dict(zip("øØłŁđĐßæÆœŒþÞðÐıŋ", "oOlLdDsaAoOtTdDin", strict=True))
QUOTES = dict.fromkeys(map(ord, "“”„‟«»"), '"')  # as phones and house style type them


def _plain(letter: str) -> str:
    first = unicodedata.normalize("NFKD", letter)[0]
    return first if first.isascii() and first.isalpha() else letter


_FOLD = {ord(c): _OTHERS.get(c) or _plain(c) for c in map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)])}


def fold(text: str) -> str:
    """Letters without their accents, one for one, as ``articles_fold`` of the database (migration 0021)."""
    return unicodedata.normalize("NFC", text).translate(_FOLD)


@dataclass(frozen=True)
class Part:
    """A stretch of text; hit: it is what was asked for."""

    text: str
    hit: bool


def parts(text: str, marked: str) -> Iterator[Part]:
    """``text`` in the stretches that are marked in its folded twin."""
    if marked.replace(ON, "").replace(OFF, "") != fold(text):
        yield Part(text, False)  # a parser's whim must cost a highlight, never show other words
        return
    place = 0
    for number, stretch in enumerate(re.split(f"[{ON}{OFF}]", marked)):
        if stretch:
            yield Part(text[place : place + len(stretch)], number % 2 == 1)
        place += len(stretch)


def excerpt(parts: list[Part]) -> list[Part]:
    """The stretch around the first match, EXCERPT letters long; the beginning where nothing is marked."""
    first = next((n for n, part in enumerate(parts) if part.hit), None)
    before = "".join(part.text for part in parts[:first]) if first is not None else ""
    lead = before[-60:]
    if len(before) > 60:
        lead = f"…{lead.partition(' ')[2]}"
    kept, room = [Part(lead, False)] if lead else [], EXCERPT - len(lead)
    for part in parts[first or 0 :]:
        if room <= 0:
            break
        text = part.text if len(part.text) <= room else f"{part.text[:room].rpartition(' ')[0]}…"
        kept.append(Part(text, part.hit))
        room -= len(part.text)
    return kept
