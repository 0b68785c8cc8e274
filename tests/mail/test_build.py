"""Building a message."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom.mail import MailError, build

AT = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


def parsed(raw: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def letter(**changes: object) -> dict[str, object]:
    return {"to": "alice@example.org", "subject": "Hello", "text": "Good morning."} | changes


def test_build_has_what_every_message_needs() -> None:
    message = parsed(build(**letter(sender="The newsroom <news@example.org>", at=AT)))  # type: ignore[arg-type]
    assert message["From"] == "The newsroom <news@example.org>"
    assert message["To"] == "alice@example.org"
    assert message["Subject"] == "Hello"
    assert message["Date"].datetime == AT
    assert message["Message-ID"].endswith("@example.org>")
    assert message["MIME-Version"] == "1.0"
    assert message.get_content() == "Good morning."


def test_build_with_html_has_both_and_the_text_first() -> None:
    message = parsed(build(**letter(html="<p>Good <b>morning</b></p>")))  # type: ignore[arg-type]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("html",)).get_content() == "<p>Good <b>morning</b></p>"  # type: ignore[union-attr]


def test_the_same_letter_has_the_same_bytes() -> None:
    made = letter(html="<p>x</p>", message_id="<1@example.org>", at=AT)
    assert build(**made) == build(**made)  # type: ignore[arg-type]


def test_a_long_address_in_a_header_stays_whole() -> None:
    """A folded or encoded List-Unsubscribe is one that no mailbox understands."""
    link = "<https://www.example.org/newsletters/leave/" + "x" * 300 + "/>"
    raw = build(**letter(headers={"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}))  # type: ignore[arg-type]
    assert b"List-Unsubscribe: " + link.encode() + b"\r\n" in raw


@settings(deadline=None)
@given(
    subject=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200),
    text=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00")
    ),
)
def test_what_is_built_is_ascii_with_short_lines_and_says_the_same(subject: str, text: str) -> None:
    raw = build(to="alice@example.org", subject=subject, text=text)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = parsed(raw)
    assert " ".join(message["Subject"].split()) == " ".join(subject.split())
    assert message.get_content().rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize("bad", ["x\r\nBcc: mallory@example.org", "x\nBcc: m@example.org", "x\rBcc: y", "x\0", "x\x7f"])
@pytest.mark.parametrize("where", ["subject", "to", "sender", "message_id", "header"])
def test_a_line_break_in_a_header_is_refused(where: str, bad: str) -> None:
    made = letter(**({"headers": {"X-Thing": bad}} if where == "header" else {where: bad}))
    with pytest.raises(MailError):
        build(**made)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["X Thing", "X:Thing", "", "Bcc\r\nX", "Subject", "to", "Größe"])
def test_a_header_name_that_is_none_or_ours_is_refused(name: str) -> None:
    with pytest.raises(MailError):
        build(**letter(headers={name: "value"}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "to",
    ["", "alice", "alice@", "@example.org", "alice@example.org, bob@example.org", "a b@example.org",
     "ålice@example.org", "alice@exam..ple.org", "<>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(MailError):
        build(**letter(to=to))  # type: ignore[arg-type]


def test_an_international_domain_is_written_in_ascii() -> None:
    raw = build(**letter(to="Älice <alice@bücher.example>"))  # type: ignore[arg-type]
    assert b"<alice@xn--bcher-kva.example>" in raw
    assert parsed(raw)["To"].addresses[0].display_name == "Älice"
