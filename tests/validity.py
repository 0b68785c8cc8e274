"""Is this valid HTML? html5lib says what a browser would have to mend; what elements may hold each other is asked here.

The rules are the HTML standard's content models, for the elements that our pages have.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as SAID

# Elements whose children are of these kinds alone.
ONLY = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup"},
    "picture": {"source", "img"},
    "datalist": {"option"},
}
_PHRASING = (
    "a abbr b bdi bdo br button cite code data del dfn em i img input ins kbd label link map mark meta meter noscript"
    " object output picture progress q ruby s samp script select small span strong sub sup svg template textarea time u"
    " var wbr"
)
PHRASING = set(_PHRASING.split())
# What holds words and no blocks; with headings where the standard allows them as well.
_WORDS = "p h1 h2 h3 h4 h5 h6 span em strong small cite q b i s u sub sup time label button abbr mark code kbd"
WORDS = dict.fromkeys(_WORDS.split(), PHRASING)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "hgroup"}
WORDS |= {"summary": PHRASING | HEADINGS, "legend": PHRASING | HEADINGS}
PRESSED = {"a", "button", "input", "label", "select", "textarea", "details", "summary"}
LABELLED = {"input", "select", "textarea", "button", "output", "meter", "progress"}
OBSOLETE = {"center", "font", "big", "tt", "strike", "marquee", "acronym", "frame", "frameset"}
_EVERYWHERE = (
    "class id lang dir title hidden tabindex role translate inert autofocus popover itemscope itemprop itemtype"
    " spellcheck style enterkeyhint inputmode autocapitalize slot"
)
EVERYWHERE = set(_EVERYWHERE.split())
OWN = {
    "a": "href rel target hreflang type download referrerpolicy",
    "article": "", "aside": "", "section": "", "nav": "", "header": "", "footer": "", "main": "", "div": "", "span": "",
    "p": "", "h1": "", "h2": "", "h3": "", "ul": "", "dl": "", "dt": "", "dd": "", "figure": "", "figcaption": "",
    "blockquote": "cite", "q": "cite", "time": "datetime", "data": "value", "ol": "start reversed type", "li": "value",
    "img": "src srcset sizes alt width height loading decoding fetchpriority referrerpolicy",
    "source": "srcset sizes type media width height",
    "form": "action method novalidate autocomplete enctype name target accept-charset rel",
    "input": "type name value checked required disabled readonly autocomplete placeholder maxlength minlength min max"
    " step pattern list size multiple form",
    "button": "type name value disabled form formaction formnovalidate popovertarget",
    "label": "for", "select": "name required multiple size disabled autocomplete",
    "option": "value selected disabled label",
    "textarea": "name rows cols required maxlength minlength placeholder disabled readonly autocomplete wrap",
    "fieldset": "name disabled form", "output": "for name form", "details": "open name", "th": "scope colspan rowspan abbr",
    "td": "colspan rowspan headers", "link": "rel href type title media sizes as crossorigin fetchpriority imagesrcset imagesizes",
    "meta": "name content charset http-equiv property", "script": "src type defer async nomodule", "html": "",
}  # fmt: skip


def problems(html: str) -> list[str]:
    """Return what is wrong with a page, one line each; an empty list is the goal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        root = parser.parse(html)
    lines = html.splitlines()
    found = [
        f"line {line}: {SAID[code] % data} {lines[line - 1].strip()[:100] if line <= len(lines) else ''}"
        for (line, _), code, data in parser.errors
    ]
    return [*found, *_elements(root), *_names(root)]


def _tags(root: Element) -> Iterator[tuple[Element, list[Element]]]:
    """Every element with those around it, the nearest last; what stands in a drawing is SVG's own."""
    waiting: list[tuple[Element, list[Element]]] = [(root, [])]
    while waiting:
        one, around = waiting.pop()
        yield one, around
        if "svg" in str(one.tag):
            continue
        waiting += [(child, [*around, one]) for child in reversed(list(one)) if isinstance(child.tag, str)]


def _elements(root: Element) -> Iterator[str]:
    for one, around in _tags(root):
        tag = one.tag
        parent = around[-1].tag if around else ""
        shown = f"<{tag} {' '.join(f'{name}={value[:40]!r}' for name, value in one.items())}>"
        if tag in OBSOLETE:
            yield f"{shown} is obsolete"
        if parent in ONLY and tag not in ONLY[parent] | {"script", "template"}:
            yield f"{shown} may not stand in <{parent}>"
        if parent in WORDS and tag not in WORDS[parent] and "svg" not in tag:
            yield f"{shown} may not stand in <{parent}>, which holds words"
        pressed = [
            other.tag for other in around if other.tag in {"a", "button"} or (other.tag == "label" and tag == "label")
        ]
        if tag in PRESSED - {"summary"} and not (tag == "input" and one.get("type") == "hidden") and pressed:
            yield f"{shown} may not stand in <{pressed[-1]}>"
        if tag in OWN:
            allowed = EVERYWHERE | set(OWN[tag].split())
            yield from (
                f"{shown} has no attribute {name}"
                for name in one.keys()  # noqa: SIM118  an element is no dictionary
                if name not in allowed and not str(name).startswith(("data-", "aria-", "hx-"))
            )
        if tag == "img" and not one.get("src"):
            yield f"{shown} shows nothing"
        if tag == "img" and one.get("sizes") and not one.get("srcset"):
            yield f"{shown} has sizes without srcset"
        if tag == "source" and parent == "picture" and not one.get("srcset"):
            yield f"{shown} offers nothing"
        if tag == "time" and not (one.get("datetime") or "".join(one.itertext())):
            yield f"{shown} says no time"
        if tag in {"section", "article"} and not (
            one.get("aria-label") or any(other.tag in HEADINGS for other in one.iter())
        ):
            yield f"{shown} has no heading"


def _names(root: Element) -> Iterator[str]:
    """Ids stand once, and whoever names one finds it."""
    every = [one for one, _ in _tags(root)]
    ids = Counter(one.get("id") for one in every if one.get("id") is not None)
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    yield from (f"id {name!r} is none" for name in ids if not name or " " in str(name))
    labelled = {one.get("id"): one.tag for one in every if one.get("id")}
    for one in every:
        for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list"):
            for wanted in (one.get(name) or "").split():
                if wanted not in ids:
                    yield f"{name} names #{wanted}, which is not on the page"
        target = labelled.get(one.get("for") or "", "input")
        if one.tag == "label" and target not in LABELLED:
            yield f"a label is for <{target}>"
        href = one.get("href") or ""
        if one.tag == "a" and href.startswith("#") and len(href) > 1 and href[1:] not in ids:
            yield f"a link leads to {href}, which is not on the page"
