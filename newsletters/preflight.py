"""What is looked at before an issue goes out. What has been mailed cannot be called back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser

from articles import products
from newsletters import audience, message
from newsletters.composition.letter import Composed
from newsletters.models import Issue
from newsroom.publication.current import current
from newsroom.wording import quoted

LARGEST = 102 * 1024  # bytes of HTML: Gmail cuts a longer letter, and with it the way to leave
DISCLOSURE = "We earn a commission if you buy through"


@dataclass(frozen=True)
class Check:
    """One thing looked at. ``stops``: it must be mended before sending; ``warns``: somebody should look."""

    message: str
    stops: bool = False
    warns: bool = False


def checks(issue: Issue, composed: Composed, *, at: datetime) -> list[Check]:
    """Look at everything, in the order in which a person would mend it."""
    read = _Letter()
    read.feed(composed.html)
    return [
        _words(issue),
        *_preview(issue),
        *_stories(composed),
        *_pictures(composed, read),
        *_selling(composed, read),
        *_leaving(composed),
        _size(composed),
        _sender(issue),
        _audience(issue, at),
    ]


def _words(issue: Issue) -> Check:
    if not issue.subject:
        return Check("The issue needs a subject.", stops=True)
    try:
        message.check_headers(issue)
    except message.Unfit as error:
        return Check(str(error), stops=True)
    return Check("Subject and headers can be written as mail asks")


def _preview(issue: Issue) -> list[Check]:
    if issue.preview_text:
        return [Check("Preview text is there")]
    return [Check("No preview text: mail apps will show the first words of the letter.", warns=True)]


def _stories(composed: Composed) -> list[Check]:
    if composed.missing:
        named = ", ".join(quoted(headline) for headline in composed.missing)
        return [
            Check(f"Readers can no longer see {named}. Take it out of the issue, or wait until it is back.", stops=True)
        ]
    if not composed.items:
        return [Check("Pick at least one story.", stops=True)]
    number, beside = len(composed.items), len(composed.shown) - len(composed.items)
    counted = "1 story" if number == 1 else f"{number} stories"
    if beside:
        counted += f" and {beside} more in related blocks"
    return [
        Check(f"{counted}, published" if number + beside == 1 else f"{counted}, all published"),
        *(
            Check(f"The related story {quoted(title)} is left out: readers cannot see it.", warns=True)
            for title in composed.left_out
        ),
    ]


def _pictures(composed: Composed, read: _Letter) -> list[Check]:
    found = [
        Check(f"The picture of {quoted(item.headline)} is left out. {item.picture_left_out}", warns=True)
        for item in composed.items
        if item.picture_left_out
    ]
    if read.without_alternative:
        found.append(Check(f"{read.without_alternative} pictures have no alternative text.", stops=True))
    bare = [item.headline for item in composed.items if item.picture and not item.picture.credit]
    if bare:
        found.append(Check(f"The picture of {quoted(bare[0])} has no credit.", stops=True))
    shown = sum(1 for item in composed.items if item.picture)
    if not read.without_alternative and not bare:
        found.append(Check(f"Alternative text on every picture, a credit under each of {shown} lead pictures"))
    return found


def _selling(composed: Composed, read: _Letter) -> list[Check]:
    """Domain 16: rel on every affiliate link, and the disclosure met first."""
    if read.undeclared:
        return [Check(f"A link to a merchant is not marked as sponsored: {read.undeclared[0][:80]}", stops=True)]
    if not read.sponsored:
        return [Check("No affiliate links")]
    bare = products.undisclosed(composed.html) or products.undisclosed(composed.text, text=True)
    if bare or DISCLOSURE not in composed.text:
        return [Check("Each affiliate link needs the affiliate disclosure before it.", stops=True)]
    return [Check(f"Affiliate links: {read.sponsored}, all marked, disclosure before each")]


def _leaving(composed: Composed) -> list[Check]:
    here = message.TOKEN_HERE
    if composed.html.count(here) < 2 or here not in composed.text:
        return [Check("The letter has no way to leave at the top and at the foot.", stops=True)]
    if not current().postal_address.strip():
        return [
            Check("The publication has no postal address. An administrator adds it to the publication.", stops=True)
        ]
    return [Check("One-click leave in the headers, at the top and at the foot; postal address at the foot")]


def _size(composed: Composed) -> Check:
    size = len(composed.html.encode())
    said = f"{size / 1024:.0f} kB"
    if size >= LARGEST:
        return Check(
            f"The letter has {said}; mail apps cut it at 102 kB. Show a story as a card, not whole.", stops=True
        )
    return Check(f"Size {said}, under 102 kB")


def _sender(issue: Issue) -> Check:
    return Check(f"From {issue.newsletter.sender_name}")


def _audience(issue: Issue, at: datetime) -> Check:
    number = audience.size(issue.newsletter, at=at)
    if not number:
        return Check("Nobody is on this list with a live consent yet.", stops=True)
    return Check(f"Audience {number:,}, each with a confirmed address and a live consent")


class _Letter(HTMLParser):
    """What the finished HTML shows, read as a mail program would."""

    def __init__(self) -> None:
        super().__init__()
        self.without_alternative = 0
        self.sponsored = 0
        self.undeclared: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img" and values.get("alt") is None:
            self.without_alternative += 1
        if tag == "a" and (href := values.get("href")):
            given = set((values.get("rel") or "").split())
            asked = set(products.link_rel(href).split())
            if "sponsored" in given:
                self.sponsored += 1
            if asked - given:
                self.undeclared.append(href)
