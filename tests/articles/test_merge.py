"""Three-way, by paragraph: whatever two people do to a text, no word of either is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.merge import FIELDS, Merged, Text, merge
from newsroom import blocks

NOTHING = dict.fromkeys(FIELDS, "")


def text(**paragraphs: str) -> Text:
    return Text(NOTHING, {key: f"<p>{words}</p>" for key, words in paragraphs.items() if words})


def said(merged: Merged) -> list[str]:
    return [html.removeprefix("<p>").removesuffix("</p>") for html in merged.text.paragraphs.values()]


BASE = text(a="One", b="Two", c="Three")


@pytest.mark.parametrize(
    ("theirs", "yours", "result"),
    [
        (text(a="One!", b="Two", c="Three"), text(a="One", b="Two", c="Three!"), ["One!", "Two", "Three!"]),
        (text(a="One", b="Two", c="Three"), text(a="One", c="Three"), ["One", "Three"]),
        (text(a="One", c="Three"), text(a="One!", b="Two", c="Three"), ["One!", "Three"]),
        (text(a="One", x="New", b="Two", c="Three"), BASE, ["One", "New", "Two", "Three"]),
        (
            text(a="One", x="Theirs", b="Two", c="Three"),
            text(a="One", y="Mine", b="Two", c="Three"),
            ["One", "Theirs", "Mine", "Two", "Three"],
        ),
        (text(x="Top", a="One", b="Two", c="Three"), text(b="Two"), ["Top", "Two"]),
        (text(c="Three", a="One", b="Two"), text(a="One", b="Two!", c="Three"), ["Three", "One", "Two!"]),
        (text(a="One", b="Two!", c="Three"), text(c="Three", a="One", b="Two"), ["Three", "One", "Two!"]),
        (text(a="Same", b="Two", c="Three"), text(a="Same", b="Two", c="Three"), ["Same", "Two", "Three"]),
    ],
)
def test_edits_of_different_paragraphs_go_together(theirs: Text, yours: Text, result: list[str]) -> None:
    merged = merge(BASE, theirs, yours)
    assert not merged.clashes
    assert sorted(said(merged)) == sorted(result)
    if "Theirs" not in result:
        assert said(merged) == result


def test_the_same_paragraph_keeps_both() -> None:
    merged = merge(BASE, text(a="Theirs", b="Two", c="Three"), text(a="Yours", b="Two", c="Three"))
    assert said(merged) == ["Theirs", "Two", "Three"]
    (clash,) = merged.clashes
    assert (clash.place, clash.base, clash.yours, clash.theirs) == ("a", "<p>One</p>", "<p>Yours</p>", "<p>Theirs</p>")


def test_what_one_took_out_and_the_other_changed_is_a_clash_both_ways() -> None:
    merged = merge(BASE, text(a="One", c="Three"), text(a="One", b="Two, and more", c="Three"))
    assert [(clash.place, clash.yours, clash.theirs, clash.after) for clash in merged.clashes] == [
        ("b", "<p>Two, and more</p>", "", "a")
    ]
    merged = merge(BASE, text(a="One", b="Two, and more", c="Three"), text(a="One", c="Three"))
    assert [(clash.place, clash.yours, clash.theirs) for clash in merged.clashes] == [("b", "", "<p>Two, and more</p>")]
    assert said(merged) == ["One", "Two, and more", "Three"]


@pytest.mark.parametrize("name", FIELDS)
def test_fields_merge_one_by_one(name: str) -> None:
    def with_(**fields: str) -> Text:
        return Text({**NOTHING, **fields}, {})

    other = next(one for one in FIELDS if one != name)
    merged = merge(with_(**{name: "1"}), with_(**{name: "2"}), with_(**{name: "1", other: "9"}))
    assert (merged.text.fields[name], merged.text.fields[other], merged.clashes) == ("2", "9", ())
    merged = merge(with_(**{name: "1"}), with_(**{name: "2"}), with_(**{name: "3"}))
    assert merged.text.fields[name] == "2"
    assert [(clash.place, clash.yours, clash.theirs) for clash in merged.clashes] == [(name, "3", "2")]


WORDS = st.sampled_from(["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"])
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
EDITS = st.lists(
    st.tuples(st.sampled_from(["change", "add", "out", "up", "split", "join"]), st.integers(0, 11), PARAGRAPH),
    max_size=6,
)


def edited(paragraphs: list[str], edits: list[tuple[str, int, str]]) -> list[str]:
    now = list(paragraphs)
    for what, where, words in edits:
        at = where % (len(now) + 1)
        if what == "add" or not now:
            now.insert(at, words)
            continue
        at = min(at, len(now) - 1)
        if what == "change":
            now[at] = f"{now[at]} {words}"
        elif what == "out":
            del now[at]
        elif what == "up":
            now.insert(0, now.pop(at))
        elif what == "split" and " " in now[at]:
            first, rest = now[at].split(" ", 1)
            now[at : at + 1] = [first, rest]
        elif what == "join" and at:
            now[at - 1 : at + 1] = [f"{now[at - 1]} {now[at]}"]
    return now


def html(paragraphs: list[str]) -> str:
    return "\n".join(f"<p>{words}</p>" for words in paragraphs)


def in_order(text: Text) -> list[tuple[str, str]]:
    """Two dictionaries are equal whatever their order, and a paragraph that was moved is an edit."""
    return list(text.paragraphs.items())


@given(st.lists(PARAGRAPH, max_size=8), EDITS, EDITS, st.tuples(*[st.sampled_from(["", "x", "y"])] * 3))
def test_no_word_of_either_is_lost(
    paragraphs: list[str],
    theirs_edits: list[tuple[str, int, str]],
    yours_edits: list[tuple[str, int, str]],
    headlines: tuple[str, str, str],
) -> None:
    base_html = html(paragraphs)
    base_keys = blocks.paragraphs.keys("", [], base_html)

    def state(edits: list[tuple[str, int, str]], headline: str) -> Text:
        body = html(edited(paragraphs, edits))
        keys = blocks.paragraphs.keys(base_html, base_keys, body)
        return Text({**NOTHING, "headline": headline}, dict(zip(keys, blocks.paragraphs.split(body), strict=True)))

    base, theirs, yours = state([], headlines[0]), state(theirs_edits, headlines[1]), state(yours_edits, headlines[2])
    merged = merge(base, theirs, yours)
    result = merged.text.paragraphs
    kept = Counter(result.values()) + Counter(clash.yours for clash in merged.clashes)
    for side, other in ((theirs, yours), (yours, theirs)):
        for key, words in side.paragraphs.items():
            if words != base.paragraphs.get(key):
                assert kept[words], f"{words} was written and is nowhere"
            elif key not in result:
                assert key not in other.paragraphs, f"{words} was taken out by nobody"
        if side.fields["headline"] != base.fields["headline"]:
            assert side.fields["headline"] in (
                merged.text.fields["headline"],
                *(clash.yours for clash in merged.clashes if clash.place == "headline"),
            )
    # Nobody's work comes twice, and what nobody else touched stands as it was written.
    assert len(set(result)) == len(result)
    if in_order(theirs) == in_order(base):
        assert list(result.items()) == in_order(yours)
    if in_order(yours) == in_order(base):
        assert list(result.items()) == in_order(theirs)
    assert not [clash for clash in merged.clashes if clash.yours == clash.theirs]


ORDERS = st.permutations("abcdefg").map("".join)


def ordered(keys: str, **added: str) -> Text:
    words = {key: f"<p>{key}</p>" for key in keys}
    return Text(NOTHING, words | added)


@pytest.mark.parametrize(
    ("theirs", "yours", "result"),
    [
        ("bacdefg", "abcdegf", "bacdegf"),  # each moved something else: both stand
        ("gabcdef", "bcdefag", "gbcdefa"),
        ("gabcdef", "gabcdef", "gabcdef"),  # the same
        ("abcdefg", "gfedcba", "gfedcba"),
    ],
)
def test_two_orders_that_can_be_had_together_are(theirs: str, yours: str, result: str) -> None:
    merged = merge(ordered("abcdefg"), ordered(theirs), ordered(yours))
    assert ("".join(merged.text.paragraphs), merged.order_lost) == (result, False)


@given(ORDERS, ORDERS)
def test_no_order_is_lost_unsaid_and_the_later_one_never(theirs: str, yours: str) -> None:
    base = "abcdefg"
    merged = merge(ordered(base), ordered(theirs, x="<p>x</p>"), ordered(yours, y="<p>y</p>"))
    result = "".join(merged.text.paragraphs)
    assert sorted(result) == sorted(f"{base}xy")

    def turned(side: str) -> set[tuple[str, str]]:
        return {(one, other) for one in base for other in base if one > other and side.index(one) < side.index(other)}

    stands = {(one, other) for one in base for other in base if result.index(one) < result.index(other)}
    assert turned(yours) <= stands, "what the later one moved stands"
    assert turned(theirs) <= stands or merged.order_lost, "what the earlier one moved stands, or it is said"
    if merged.order_lost:
        assert result.replace("x", "").replace("y", "") == yours, "one whole order, no mixture that nobody made"
        assert base not in (theirs, yours)
