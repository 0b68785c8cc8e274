"""The story that the main journey types: parts in their order, read from a plain text or from the demo's own story.

``ACCEPTANCE_STORY`` names a text file with one paragraph a line and these parts among them: ``(Image credit: ...)`` for a
picture, a line with a price for a product, a line that begins with "... Newsletter" for the newsletter box (its name, its
promise and the wordings of its two boxes), and the live notice as the last line. Where it is unset the demo's story is typed instead.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from articles.house_style import curl
from newsroom.demo import content

LIVE = "We will continue to update this story."
PRODUCT = re.compile(
    r"(?P<maker>\S+) (?P<title>.+?) (?P<sign>[£$€])(?P<price>\d+\.\d\d) at (?P<merchant>\w+ \w+) (?P<blurb>.+)\Z"
)
BOX = re.compile(
    r"(?P<name>[\w ]+ Newsletter) (?P<promise>.+?) (?P<brands>Contact me .+) (?P<partners>Receive email .+)\Z"
)
MARKS = re.compile(r"[“\"]([^“”\"]+)[”\"]")


@dataclass(frozen=True)
class Part:
    """One part. kind: text, image, product, newsletter. Only text is typed; the others are put in by the toolbar."""

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Quoted:
    """Words in quotation marks. who is empty where no speaker is stated: an editor has to waive it."""

    words: str
    who: str = ""
    chain: str = ""


@dataclass(frozen=True)
class Box:
    """The newsletter box: whose, what it promises, and what each of its tick boxes says."""

    name: str
    promise: str
    wordings: tuple[str, str]


@dataclass
class TypedStory:
    headline: str
    standfirst: str
    parts: list[Part]
    credit: str
    product: dict[str, str]
    box: Box
    live: bool
    quoted: list[Quoted] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """The text as it is kept and printed: what is typed with straight marks has the house's."""
        return [curl(part.text) for part in self.parts if part.kind == "text"]


def read() -> TypedStory:
    """The story to type: the file that ``ACCEPTANCE_STORY`` names, or the demo's."""
    path = os.environ.get("ACCEPTANCE_STORY", "")
    return from_text(Path(path).read_text(encoding="utf-8")) if path else from_demo()


def from_text(text: str) -> TypedStory:
    parts: list[Part] = []
    credit, live, product = "", False, {}
    box: Box | None = None
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if found := re.fullmatch(r"\(Image credit: (.+)\)", line):
            credit = found.group(1)
            parts.append(Part("image"))
        elif found := PRODUCT.fullmatch(line):
            product = found.groupdict()
            parts.append(Part("product"))
        elif found := BOX.fullmatch(line):
            box = Box(found["name"], found["promise"], (found["brands"], found["partners"]))
            parts.append(Part("newsletter"))
        elif line == LIVE:
            live = True
        else:
            parts.append(Part("text", line))
    assert box, "the story has no newsletter box"
    made = TypedStory("The story of the day, as it stands", "What is known so far.", parts, credit, product, box, live)
    made.quoted = _quoted(made.paragraphs)
    return made


def from_demo() -> TypedStory:
    said = {key: f"“{entry.words}”" for key, entry in content.QUOTATIONS.items()}
    parts = [Part("image")]
    for paragraph in content.BODY:
        found = re.fullmatch(r"\[(\w+)(?::\w+)?\]", paragraph)
        parts.append(Part(found.group(1)) if found else Part("text", paragraph.format(**said)))
    facts = content.PRODUCT
    product = {name: facts[name] for name in ("maker", "title", "price", "merchant", "blurb")} | {"sign": "£"}
    letter = content.NEWSLETTER
    box = Box(letter["name"], letter["promise"], (content.BRANDS, content.PARTNERS))
    made = TypedStory(content.HEADLINE, content.STANDFIRST, parts, content.AGENCY, product, box, live=True)
    made.quoted = _quoted(made.paragraphs)
    return made


def _quoted(paragraphs: list[str]) -> list[Quoted]:
    """Find the quotations, and who said them as far as the paragraph says so in plain words."""
    found = []
    for paragraph in paragraphs:
        who = re.search(r"\b(another royal source|a source|sources)\b", paragraph)
        chain = ""
        if "Daily Mail" in paragraph:
            chain = "the Daily Mail"
        elif "ShutterScoop" in paragraph or "same column" in paragraph or "another royal source" in paragraph:
            chain = "via Rob Shuter’s ShutterScoop"
        found += [Quoted(words, who.group(1) if who else "", chain) for words in MARKS.findall(paragraph)]
    return found
