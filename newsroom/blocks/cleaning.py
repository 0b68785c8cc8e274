"""One allow list for the body of a story, whoever wrote it and whatever with.

First nh3 takes away everything that is not on the list, then the shape pass (shape.py) puts what is left into the form
of the contract, then nh3 looks again, until nothing changes. The result:

    top level       p h2 h3 h4 ul ol blockquote table hr and blocks, one per line, no text between them
    block           <div data-block="image" data-id="12"></div>, always empty, only at top level
    quotation       <q data-quotation="7">"..."</q>, the typed marks stay inside
    inside          strong em s sub sup br a[href] li caption thead tbody tr th[scope] td, colspan, rowspan

rel, loading, class, id, style and every other attribute are never stored.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import nh3

from newsroom.blocks import shape
from newsroom.blocks.tree import NotOurs, escape, parse, write

MAX_CHARACTERS = 1_000_000
MAX_TAGS = 20_000
"""nh3's parser takes quadratic time over deep nesting; 20,000 tags end within a second, a long story has 2,000."""

TAGS = frozenset(
    [
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "em",
        "s",
        "sub",
        "sup",
        "br",
        "hr",
        "a",
        "q",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
# Their content is code or another language's markup, not words that somebody meant to publish.
DROPPED_WITH_CONTENT = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "template",
        "noscript",
        "title",
        "textarea",
        "select",
        "xmp",
        "noembed",
        "noframes",
        "applet",
        "audio",
        "video",
        "canvas",
        "head",
    ]
)
# Other names for what the list has: what browsers, Word and Docs write.
_RENAMED = re.compile(r"<(/?)(b|i|strike|del|h1|h5|h6)(?=[\s/>])", re.IGNORECASE)
_NAMES = {"b": "strong", "i": "em", "strike": "s", "del": "s", "h1": "h2", "h5": "h4", "h6": "h4"}

# An HTML parser opens every unclosed formatting element again in each new paragraph, but at most three alike. With
# attributes no two are alike: 8,000 of them before 8,000 paragraphs would be 64 million elements.
_FORMATTING = r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
_DRESSED = re.compile(_FORMATTING + r"(?=[\s/])[^<>]*>", re.IGNORECASE)
_STILL_DRESSED = re.compile(_FORMATTING + r"(?=[\s/])", re.IGNORECASE)

_KIND = re.compile(r"[a-z]{2,20}\Z")
_ID = re.compile(r"[1-9][0-9]{0,9}\Z")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}\Z")
_MAILTO = re.compile(r"mailto:[^\s@:/?#<>\"]+@[\w.-]+\.[\w-]+\Z", re.IGNORECASE)
_TEL = re.compile(r"tel:\+?[0-9][0-9 ()-]{2,30}\Z", re.IGNORECASE)
_PATH = re.compile(r"/(?![/\\])[^\\\s]*\Z")
# Controls, lone surrogates (nh3 cannot encode them, PostgreSQL stores no NUL), non-characters, and the marks that turn
# the direction of text around so that it reads otherwise than it is.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef\u202a-\u202e]")
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


class BodyTooLong(ValueError):
    """The body is longer, or more deeply tagged, than any story: see MAX_CHARACTERS and MAX_TAGS."""


def safe_address(value: str) -> str | None:
    """``value`` as an address that a link may lead to, or None.

    http and https with a real host and no name or password before it, mailto, tel, and a path of our own. A path may
    not start with two slashes: a browser takes that (and the backslash) for another host.
    """
    value = value.strip()
    if not value or len(value) > 2000 or _UNSEEN.search(value) or _UNWRITABLE.search(value):
        return value if len(value) <= 40 and _TEL.match(value) else None
    if _PATH.match(value) or _MAILTO.match(value) or _TEL.match(value):
        return value
    if not value[:8].lower().startswith(("http://", "https://")) or "\\" in value:
        return None
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return None
    if "@" in parts.netloc or not parts.hostname or not _HOST.match(parts.hostname) or not port_is_fine:
        return None
    return value


def _attribute(tag: str, name: str, value: str) -> str | None:
    # nh3 swallows an exception here and drops the attribute, so a bug in this function loses links, not safety.
    if name in ("data-id", "data-quotation"):
        return value if _ID.match(value) else None
    if name == "data-block":
        return value if _KIND.match(value) else None
    if name == "href":
        return safe_address(value)
    if name in ("colspan", "rowspan"):
        return value if value.isascii() and value.isdigit() and value[0] != "0" and 1 < int(value) <= 20 else None
    if name == "scope":
        return value if value in ("row", "col") else None
    return None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes={
        "a": {"href"},
        "q": {"data-quotation"},
        "div": {"data-block", "data-id"},  # never the prefix "data-": it would let htmx's attributes in
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    },
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    strip_comments=True,
    link_rel=None,
)


def clean(html: str) -> str:
    """``html`` in the stored form (see the module). clean(clean(x)) == clean(x).

    Raises BodyTooLong before any work is done on it.
    """
    if len(html) > MAX_CHARACTERS or html.count("<") > MAX_TAGS:
        raise BodyTooLong("The body is too long to be saved.")
    html = _UNWRITABLE.sub("", html.replace("\r\n", "\n").replace("\r", "\n"))
    html = _STILL_DRESSED.sub("<span", _DRESSED.sub(r"<\1>", html))
    html = _RENAMED.sub(lambda match: f"<{match[1]}{_NAMES[match[2].lower()]}", html)
    for _ in range(6):
        before = html
        try:
            html = write(shape.settle(parse(_CLEANER.clean(html))))
        except (NotOurs, RecursionError):
            break
        if html == before:
            return html
    # Never seen to happen. What does not come to rest is kept as words alone.
    return "\n".join(f"<p>{escape(line)}</p>" for line in _words_alone(html))


def _words_alone(html: str) -> list[str]:
    text = nh3.clean(html, tags=set(), clean_content_tags=set(DROPPED_WITH_CONTENT), strip_comments=True)
    return [line.strip() for line in unescape(text).split("\n") if line.strip()]
