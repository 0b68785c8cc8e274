"""The stored contract: what a body may hold, and what of a hostile one is left."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom import blocks
from newsroom.blocks import cleaning, tree
from tests.blocks.hostile import VECTORS

TOP = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "table", "hr", "div"}
ALLOWED: dict[str, set[str]] = {
    **{
        tag: set()
        for tag in [
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
        ]
    },
    **{tag: set() for tag in ["table", "caption", "thead", "tbody", "tr"]},
    "a": {"href"},
    "q": {"data-quotation"},
    "div": {"data-block", "data-id"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
HREF = re.compile(r"(https?://[\w.-]+\.[\w-]+(:\d+)?([/?#].*)?|mailto:\S+|tel:[+0-9 ()-]+|/(?![/\\]).*)\Z", re.I | re.S)


def assert_contract(html: str) -> None:
    """Every promise of the stored form, read with our own strict parser, which refuses any other markup."""
    for item in tree.parse(html).children:
        assert isinstance(item, tree.Node) or not item.strip("\n"), f"text at top level: {item[:60]!r}"
        if isinstance(item, tree.Node):
            assert item.tag in TOP, item.tag
    for node in tree.parse(html).walk():
        if not node.tag:
            continue
        assert node.tag in ALLOWED, node.tag
        assert node.attributes.keys() <= ALLOWED[node.tag], node
        if node.tag == "div":
            assert not node.children
            assert re.fullmatch("[a-z]{2,20}", node.attributes["data-block"])
            assert re.fullmatch("[1-9][0-9]{0,9}", node.attributes["data-id"])
        if node.tag == "q":
            assert re.fullmatch("[1-9][0-9]{0,9}", node.attributes["data-quotation"])
        if node.tag == "a":
            assert HREF.match(node.attributes["href"]), node.attributes
            assert not re.search(r"[\s\x00-\x1f\\]", node.attributes["href"].replace(" ", "")), node.attributes
        for child in node.children:
            assert not (isinstance(child, tree.Node) and child.tag == "div" and node.tag), "a block below the top level"


def test_there_are_more_than_a_hundred_vectors() -> None:
    assert len(VECTORS) > 150


@pytest.mark.parametrize("name", VECTORS)
def test_hostile(name: str) -> None:
    cleaned = blocks.clean(VECTORS[name])
    assert_contract(cleaned)
    assert blocks.clean(cleaned) == cleaned
    assert "__hit" not in re.sub(r">[^<]*<", "><", f">{cleaned}<"), "script is left outside of text"


@pytest.mark.parametrize(
    "name", [name for name in VECTORS if name.startswith(("deep", "formatting", "anchors", "long"))]
)
def test_hostile_in_time(name: str) -> None:
    started = time.monotonic()
    blocks.clean(VECTORS[name])
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<p>a</p><p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("plain words", "<p>plain words</p>"),
        ("<div>one</div><div>two</div>", "<p>one</p>\n<p>two</p>"),
        ("<h1>a</h1><h5>b</h5>", "<h2>a</h2>\n<h4>b</h4>"),
        ("<p><b>a</b> <i>b</i> <strike>c</strike></p>", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("<p>&nbsp;</p><p><br></p><p> </p><p>a</p>", "<p>a</p>"),
        ("<p>a<br></p>", "<p>a</p>"),
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<p><strong></strong>a<em> </em></p>", "<p>a<em> </em></p>"),
        ("<ul>\n<li>a</li>\n<ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<li>a</li>", "<p>a</p>"),
        ('<p><q data-quotation="7">“a”</q></p>', '<p><q data-quotation="7">“a”</q></p>'),
        ("<p><q>“a”</q></p>", "<p>“a”</p>"),
        ('<p><a name="x">a</a></p>', "<p>a</p>"),
        ('<p><a href="/royals/">a</a></p>', '<p><a href="/royals/">a</a></p>'),
        ('<p><a href="mailto:desk@news.example">a</a></p>', '<p><a href="mailto:desk@news.example">a</a></p>'),
        ('<p><a href="tel:+44 20 7946 0000">a</a></p>', '<p><a href="tel:+44 20 7946 0000">a</a></p>'),
        ('<a href="https://bücher.example/ä?b=1&amp;c">a</a>', '<p><a href="https://bücher.example/ä?b=1&amp;c">a</a></p>'),
        ('<p>a<div data-block="image" data-id="3">x</div>b</p>', '<p>a</p>\n<div data-block="image" data-id="3"></div>\n<p>b</p>'),
        (
            '<blockquote><p>a</p><div data-block="quote" data-id="4"></div></blockquote>',
            '<blockquote><p>a</p></blockquote>\n<div data-block="quote" data-id="4"></div>',
        ),
        ("<table><tr><th scope=col colspan=2 onclick=x>a</table>", '<table><tbody><tr><th colspan="2" scope="col">a</th></tr></tbody></table>'),
        ('<td colspan="99">a</td>', "<p>a</p>"),
        ("a &amp; b &lt;c&gt; “d”", "<p>a &amp; b &lt;c&gt; “d”</p>"),
        ("<p>a\ud800b\x00c</p>", "<p>abc</p>"),
        ("<p>a\r\nb</p>", "<p>a\nb</p>"),
        ("<p>a&nbsp;<strong>b</strong>&nbsp; c &nbsp;d</p>", "<p>a <strong>b</strong> c d</p>"),
        ("<p>10&nbsp;km</p>", "<p>10&nbsp;km</p>"),
        ("<p>a<em>&nbsp;&nbsp;</em>b</p>", "<p>a<em> </em>b</p>"),
        ("", ""),
        (" \n ", ""),
    ],
)  # fmt: skip
def test_form(typed: str, stored: str) -> None:
    cleaned = blocks.clean(typed)
    if "colspan" in typed and "table" in typed:
        cleaned = cleaned.replace('scope="col" colspan="2"', 'colspan="2" scope="col"')
    assert cleaned == stored


def test_words_are_never_lost_to_the_shape() -> None:
    typed = "<h2>a<p>b</p></h2><table>c<tr>d<td>e</table><ul>f<li>g</ul><q><p>h</p></q><div>i<div>j</div></div>"
    assert sorted(re.findall("[a-j]", re.sub("<[^>]*>", "", blocks.clean(typed)))) == list("abcdefghij")


def test_a_body_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(blocks.BodyTooLong):
        blocks.clean("a" * (cleaning.MAX_CHARACTERS + 1))
    with pytest.raises(blocks.BodyTooLong):
        blocks.clean("<p>" * (cleaning.MAX_TAGS + 1))
    assert blocks.clean("<p>a</p>" * (cleaning.MAX_TAGS // 2)).count("<p>") == cleaning.MAX_TAGS // 2


NAMES = st.sampled_from(
    [
        "p",
        "h1",
        "h2",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "b",
        "em",
        "q",
        "a",
        "div",
        "table",
        "caption",
        "tr",
        "td",
        "th",
        "br",
        "hr",
        "script",
        "style",
        "svg",
        "math",
        "mtext",
        "template",
        "img",
        "iframe",
        "form",
        "select",
        "option",
        "title",
        "textarea",
        "noscript",
        "x-a",
    ]
)
ATTRIBUTES = st.sampled_from(
    ["", ' href="https://ok.example/"', " href=javascript:x", ' href="//evil.example"', ' data-quotation="7"',
     ' data-block="image" data-id="3"', ' data-block="image"', " onclick=x", " style=x", " id=x", ' colspan="2"',
     " class=x hx-get=/x", ' scope="row"', ' href="/x"', " data-id=0"]
)  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8", max_codepoint=0x2100), max_size=6) | st.sampled_from(
    ["“a”", "&lt;", "&nbsp;", "<", ">", "<!--", "-->", "]]>", "\u200b", "&#106;", "\xa0", "\n", " "]
)
PIECES = st.lists(
    st.builds(lambda n, a: f"<{n}{a}>", NAMES, ATTRIBUTES) | st.builds(lambda n: f"</{n}>", NAMES) | TEXT, max_size=24
)


@given(PIECES)
@settings(max_examples=600, deadline=None)
def test_any_markup_comes_to_rest_within_the_contract(pieces: list[str]) -> None:
    cleaned = blocks.clean("".join(pieces))
    assert_contract(cleaned)
    assert blocks.clean(cleaned) == cleaned


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_comes_to_rest_within_the_contract(text: str) -> None:
    cleaned = blocks.clean(text)
    assert_contract(cleaned)
    assert blocks.clean(cleaned) == cleaned


@given(st.sampled_from(sorted(VECTORS)), st.sampled_from(sorted(VECTORS)), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_one_vector_inside_another(outer: str, inner: str, at: int) -> None:
    if len(VECTORS[outer]) + len(VECTORS[inner]) > 4000:
        return
    cleaned = blocks.clean(VECTORS[outer][:at] + VECTORS[inner] + VECTORS[outer][at:])
    assert_contract(cleaned)
    assert blocks.clean(cleaned) == cleaned
