"""What counts as an address, and when two are the same mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletters import addresses


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("alice@example.org", "alice@example.org"),
        ("  Alice@Example.ORG ", "alice@example.org"),
        ("o'brien+news@mail.example.co.uk", "o'brien+news@mail.example.co.uk"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
        ("alice@BÜCHER.example", "alice@xn--bcher-kva.example"),
        ("alice@xn--bcher-kva.example", "alice@xn--bcher-kva.example"),
    ],
)
def test_the_same_mailbox_has_one_normalised_form(typed: str, normalised: str) -> None:
    read = addresses.read(typed)
    assert read.normalised == normalised
    assert read.typed == typed.strip()
    assert read.deliverable.isascii()


def test_what_was_typed_before_the_at_is_kept_for_sending() -> None:
    assert addresses.read("Alice.B@example.org").deliverable == "Alice.B@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alice",
        "alice@",
        "@example.org",
        "alice@example",
        "alice@exam ple.org",
        "al ice@example.org",
        "alice@@example.org",
        "älice@example.org",
        "alice@-example.org",
        "alice@example..org",
        "alice@127.0.0.1",
        ".alice@example.org",
        "alice.@example.org",
        '"a\r\nBcc: x"@example.org',
        "alice@example.org\r\nBcc: mallory@example.org",
        "a@b.c, d@e.f",
        "<alice@example.org>",
        f"{'a' * 65}@example.org",
        f"alice@{'a' * 64}.org",
        f"alice@{'abc.' * 70}org",
    ],
)
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(addresses.NotAnAddress) as refused:
        addresses.read(typed)
    assert refused.value.message.endswith(".")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_what_is_read_stays_the_same(text: str) -> None:
    try:
        read = addresses.read(text)
    except addresses.NotAnAddress:
        return
    assert addresses.read(read.normalised).normalised == read.normalised
    assert not set(read.deliverable) & set("\r\n<>, ")
