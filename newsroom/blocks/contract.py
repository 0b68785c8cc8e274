"""What a kind of block promises. An app writes one subclass of ``Block`` per kind in its ``blocks.py`` and registers
one object of it in ``AppConfig.ready()``:

    from newsroom import blocks
    blocks.register(ImageBlock())

Templates, one per target, under ``templates/public/blocks/<kind>/``:

    web.html    the reader's page
    mail.html   inside a mail (no CSS file, no form that needs one)
    text.txt    plain text (turn autoescaping off in it: plain text has no entities)
    feed.html   RSS and other feeds
    desk.html   the card in the editor. Only the inside: the frame with kind, state and the Edit button is drawn by the
                writing screen. It is shown in a shadow root with static/editor/cards.css, which knows: img, .pull,
                .shop (picture beside words), .price, .quiet, .small, strong, p, figcaption, blockquote, cite.

Every template gets what ``context()`` returns, and beside it: ``placement``, ``kind``, ``id``, ``page`` (PageContext),
``target``, ``at``, ``first`` (first block of its kind in this body: the lead picture is not lazy), ``allowed``.
Addresses that start with "/" in href, src, srcset, action and poster become absolute by themselves in mail and feed.

A placement is immutable (domain: "editing one makes a new id"): ``place()`` always makes a new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Target(StrEnum):
    """Where a body is written to. The value is the stem of the template's name."""

    WEB = "web"
    MAIL = "mail"
    TEXT = "text"
    FEED = "feed"
    DESK = "desk"

    @property
    def for_readers(self) -> bool:
        return self is not Target.DESK

    @property
    def needs_absolute_addresses(self) -> bool:
        return self in (Target.MAIL, Target.FEED)


@dataclass(frozen=True)
class PageContext:
    """The page that a body is written into.

    path: the page's own path, "/royals/a-visit/" (a newsletter box records it in the consent receipt).
    base_url: scheme and host without a slash at the end, "https://news.example".
    story_id: the story, where there is one.
    form: which form on the page a sign-up came from, recorded in the consent receipt.
    """

    path: str
    base_url: str
    story_id: int | None = None
    form: str = "story"


@dataclass(frozen=True)
class Problem:
    """Something a publish check found. ``stop`` holds the publication back; otherwise it is a warning. page: of the desk,
    where it is put right when that is not the text. guarded: not everybody reads it who reads the text (of a quotation, what
    the ledger says)."""

    message: str
    stop: bool = True
    kind: str = ""
    id: int = 0
    page: str = ""
    guarded: bool = False


@dataclass(frozen=True)
class Reference:
    """A block in a body: its kind and the id of its placement."""

    kind: str
    id: int


@dataclass(frozen=True)
class Choice:
    """One row of a picker's search.

    id: what ``place`` gets back as ``fields["choice"]``.
    title, meta: the row's two lines, plain text. thumb_url: a small picture of our own, or "".
    values: what choosing it fills into the picker's fields, by field name (an asset's own caption, say).
    barred: why it cannot be chosen now, in words; shown, so that nobody looks for it in vain.
    """

    id: int
    title: str
    meta: str = ""
    thumb_url: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    barred: str = ""


@dataclass(frozen=True)
class Filter:
    """One filter of a picker. options: value, label with its number, whether it is chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True)
class Found:
    """What a picker found. older: where the next page begins, for ``asked["before"]``; "": there is none."""

    choices: Sequence[Choice]
    filters: Sequence[Filter] = ()
    older: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a picker. ``kind``: text, textarea, url, select (then ``options`` are value and label), hidden, or
    offer: a box to tick, drawn only where ``values()`` has a sentence for it; a ticked one sends "yes"."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    help: str = ""
    max_length: int = 0
    options: tuple[tuple[str, str], ...] = ()
    initial: str = ""


@dataclass(frozen=True)
class Picker:
    """How the picker of a kind asks.

    search: label of the search field ("Search the picture library"); "" when there is nothing to search.
    fields: asked for whatever was chosen (caption, alternative text, blurb, style).
    new: asked instead of a choice, when the writer makes a new entry; () when that is not offered.
    new_label: what the switch says ("Write a new quotation").
    link, link_label: where entries are made elsewhere, opened in a new tab: a URL name such as
        "media-desk:upload" (named, not reversed: the contract is read before the URLs are), or "".
    empty: said when a search finds nothing.
    upload: the URL name that files are sent to one by one from the picker, or "".
    """

    search: str = ""
    fields: tuple[Field, ...] = ()
    new: tuple[Field, ...] = ()
    new_label: str = ""
    link: str = ""
    link_label: str = ""
    empty: str = "Nothing found."
    upload: str = ""


class PlaceRefused(Exception):
    """A picker's fields were not good enough. ``messages``: field name -> what to do about it. "" is the whole form."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = dict(messages)


class Block:
    """One kind of block. Subclass it; every method with a body here may be left as it is."""

    kind: str = ""
    label: str = ""
    icon: str = ""
    """Name of the symbol in static/icons/desk.svg: "i-picture"."""

    asked: str = ""
    """What ``checks`` asks, in a sentence for the help page; a kind without checks leaves it empty."""

    asked_stops: bool = True
    """Whether anything that ``checks`` finds holds a publication back."""

    picker: Picker = Picker()

    # -- showing ---------------------------------------------------------------------------------------------------

    def load(self, ids: set[int]) -> Mapping[int, Any]:
        """The placements of ``ids`` by id, with all that the templates need, in ONE query; absent ones left out."""
        raise NotImplementedError

    def tags(self, placement: Any) -> set[str]:
        """The page tags that a page showing ``placement`` stands on: {"asset:7"}."""
        return set()

    def allowed(self, placement: Any, at: datetime, target: Target) -> bool:
        """May it be shown there at that time (rights, stock, withdrawn story)? No query: ``load`` brought it all."""
        return True

    def checks(self, placement: Any, at: datetime) -> Iterable[Problem]:
        """What the publish checks ask of it. ``kind`` and ``id`` are filled in by the caller."""
        return ()

    def context(self, placement: Any, target: Target, at: datetime) -> dict[str, Any]:
        """What the templates get beside the placement. No query."""
        return {}

    def title(self, placement: Any) -> str:
        """What a screen reader and the outline call it: "Harry arrives at Clarence House". Plain text."""
        return ""

    def published_words(self, placement: Any) -> Mapping[str, str]:
        """What a story says here in words of its own, by what that is called at the desk ("caption"): a quotation in
        it needs a source, as one in the text does. No query."""
        return {}

    # -- picking ---------------------------------------------------------------------------------------------------

    def search(self, person: Any, q: str) -> list[Choice]:
        """At most 24 entries that this person may use; the newest ones when ``q`` is empty. At most four queries."""
        return []

    def look(self, person: Any, q: str, asked: Mapping[str, str]) -> Found:
        """What a picker shows for these words and filters (``asked``: the address's query). The same for every kind
        without filters."""
        return Found(self.search(person, q))

    def barred(self, story_id: int) -> str:
        """Why no block of this kind may stand in that story, for the picker; "" where it may. At most one query."""
        return ""

    def place(self, person: Any, fields: Mapping[str, str]) -> int:
        """Make a placement of what the picker sent and return its id.

        fields: "choice" (a Choice.id as digits, or "" when a new entry was written), the picker's ``fields`` and
        ``new`` by name, and "story" (the story being written, digits or "").
        Raises PlaceRefused with a message per field; never stores half of it.
        """
        raise PlaceRefused({"": f"{self.label or self.kind} cannot be placed here."})

    def values(self, placement: Any) -> dict[str, str]:
        """What the picker's fields show when this placement is edited; "choice" and "choice_title" among them."""
        return {}

    def may_use(self, person: Any, placement: Any) -> bool:
        """May this person put this placement into a text (asked when a body is saved)?"""
        return True
