"""The letter as bytes: whole, safe, and the same for everybody but for their own parts."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletters import message, tokens
from newsletters.models import Issue, Newsletter

KEY = tokens.leave_token(7, 9)


def frozen(*, subject: str = "A visit", text: str = "", html: str = "", sender: str = "The Long Walk") -> Issue:
    newsletter = Newsletter(name="The Long Walk letter", slug="the-long-walk-letter", sender_name=sender)
    return Issue(
        pk=9,
        newsletter=newsletter,
        frozen_subject=subject,
        frozen_text=text or f"Leave: {message.leave_url()}\n",
        frozen_html=html or f'<p><a href="{message.leave_url()}">Leave</a></p>',
        frozen_at=datetime(2025, 9, 11, 8, 0, tzinfo=UTC),
    )


def filled(issue: Issue) -> email.message.EmailMessage:
    content = message.template(issue).fill(address="alice@example.org", token=KEY, message_id=message.message_id(9, 3))
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]


def test_the_headers_that_bulk_mail_needs() -> None:
    letter = filled(frozen())
    assert letter["List-Unsubscribe"] == f"<{message.leave_url(KEY)}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"].endswith(f"<the-long-walk-letter.newsletters.{message.host()}>")
    assert letter["Feedback-ID"].count(":") == 3
    assert letter["Message-ID"] == message.message_id(9, 3)
    assert letter["To"] == "alice@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"


# What a desk may type; the mark's own characters too, so that lines break all around it.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=400
)


@settings(max_examples=60)
@given(WORDS, WORDS, WORDS)
def test_any_words_arrive_as_they_were_and_the_key_is_never_cut(before: str, between: str, after: str) -> None:
    url = message.leave_url()
    text = f"{before}{url}{between}{url}{after}"
    letter = filled(frozen(text=text, html=f"<p>{url}</p>"))
    part = letter.get_body(("plain",))
    assert part is not None
    wanted = text.replace(message.TOKEN_HERE, KEY)
    assert part.get_content().replace("\r\n", "\n").rstrip("\n") == wanted.rstrip("\n")


@settings(max_examples=40)
@given(WORDS)
def test_no_line_is_longer_than_mail_allows_and_all_end_in_crlf(words: str) -> None:
    content = message.template(
        frozen(text=f"{words} {message.leave_url()}", html=f"<p>{words}{message.leave_url()}</p>")
    ).fill(address="alice@example.org", token=KEY, message_id="<a@b>")
    body = content.partition(b"\r\n\r\n")[2]
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert content.isascii()


@pytest.mark.parametrize("subject", ["One\r\nBcc: mallory@example.org", "One\nTwo", "One\x00"])
def test_a_subject_cannot_add_a_header(subject: str) -> None:
    with pytest.raises(message.Unfit):
        message.template(frozen(subject=subject))


@pytest.mark.parametrize(
    ("address", "token", "message_id"),
    [
        ("a@example.org\r\nBcc: m@example.org", KEY, "<a@b>"),
        ("a@example.org, m@example.org", KEY, "<a@b>"),
        ("ä@example.org", KEY, "<a@b>"),
        ("a@example.org", KEY[:-1] + "\n", "<a@b>"),
        ("a@example.org", "short", "<a@b>"),
        ("a@example.org", KEY, "<a@b>\r\nBcc: m@example.org"),
    ],
)
def test_what_is_filled_in_cannot_add_a_header(address: str, token: str, message_id: str) -> None:
    with pytest.raises(message.Unfit):
        message.template(frozen()).fill(address=address, token=token, message_id=message_id)


def test_words_beyond_ascii_stand_in_the_subject_and_the_sender() -> None:
    letter = filled(frozen(subject="Harry’s visit, “private” · één " * 3, sender="Le Château"))
    assert letter["Subject"].startswith("Harry’s visit, “private” · één")
    assert letter["From"].addresses[0].display_name == "Le Château"


def test_a_letter_without_a_way_to_leave_is_not_written() -> None:
    with pytest.raises(message.Unfit):
        message.template(frozen(html="<p>No way out</p>"))
