"""What becomes of a page's parts between two states: whoever applies the changes has the new state, whatever it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsroom.live import Part, digest
from newsroom.live.parts import changes, told

KEYS = ["abc", "bcd", "cde", "def", "efg", "fgh"]


@st.composite
def states(draw: st.DrawFn) -> tuple[Part, ...]:
    found = []
    for place in ("story", "text"):
        for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
            words = draw(st.sampled_from(["one", "two"]))
            found += [Part(place, key, f"<p>{words}</p>")]
    return tuple(found)


def applied(before: tuple[Part, ...], gone: list[list[str]], put: list[list[str]]) -> dict[str, list[tuple[str, str]]]:
    """As static/js/story-live.js does it."""
    page: dict[str, list[tuple[str, str]]] = {"story": [], "text": []}
    for part in before:
        page[part.place].append((part.key, part.html))
    for place, key in gone:
        page[place] = [row for row in page[place] if row[0] != key]
    for place, key, front, html in put:
        rows = page[place]
        old = next((at for at, row in enumerate(rows) if row[0] == key), None)
        before_it = next((at for at, row in enumerate(rows) if row[0] == front), None) if front else -1
        assert before_it is not None, "what it is to stand behind is there"
        if old is not None and old == before_it + 1:
            rows[old] = (key, html)
            continue
        if old is not None:
            del rows[old]
        at = next((at for at, row in enumerate(rows) if row[0] == front), -1)
        rows.insert(at + 1, (key, html))
    return page


@given(states(), states())
def test_applied_to_the_old_state_the_changes_make_the_new_one(
    before: tuple[Part, ...], after: tuple[Part, ...]
) -> None:
    found = changes(told(before), after)
    assert applied(before, found.gone, found.put) == applied(after, [], [])
    assert bool(found) == (applied(before, [], []) != applied(after, [], []))
    assert (digest(before) == digest(after)) == (before == after)


@given(states(), states())
def test_applied_twice_they_change_nothing_more(before: tuple[Part, ...], after: tuple[Part, ...]) -> None:
    found = changes(told(before), after)
    assert applied(after, found.gone, found.put) == applied(after, [], [])


def test_what_stays_as_it_is_is_not_sent() -> None:
    before = tuple(Part("text", key, f"<p>{key}</p>") for key in KEYS)
    after = (Part("text", "new", "<p>new</p>"), *before[:2], Part("text", "cde", "<p>changed</p>"), *before[4:])
    found = changes(told(before), after)
    assert found.gone == [["text", "def"]]
    assert found.put == [["text", "new", "", "<p>new</p>"], ["text", "cde", "bcd", "<p>changed</p>"]]
