"""What a mail server said, at which step, and whose business a refusal is: the reader's, the letter's or ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_STATUS = re.compile(r"\b[245]\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463: class, subject, detail


class Step(StrEnum):
    """Where the conversation stood (RFC 5321): each command by its name, ``content`` after the final dot."""

    CONNECT = "connect"  # greeting, EHLO, STARTTLS, AUTH
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"


@dataclass(frozen=True)
class Answer:
    """A server's answer: three digits and the text behind them, without control characters."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()

    @property
    def status(self) -> tuple[int, int] | None:
        """The enhanced status code's subject and detail (RFC 3463), or None where the server gives none."""
        found = _STATUS.match(self.text)
        return (int(found[1]), int(found[2])) if found else None


class Refused(Exception):
    """The server said no. ``permanent``: 5xx, the same message will be refused again; else 4xx, it may pass later.

    Of a refusal at most one of ``ours``, ``too_big`` and ``the_readers`` is true. None of them: it may be about this
    reader or about all of our mail (554 5.7.1, for example), and only the next answers tell.
    """

    def __init__(self, answer: Answer, step: Step) -> None:
        super().__init__(str(answer))
        self.answer = answer
        self.step = step
        self.code = answer.code
        self.text = answer.text
        self.permanent = answer.code >= 500

    @property
    def ours(self) -> bool:
        """Whether every letter would be refused like this: the server itself, our sign-in or our sender address."""
        if self.step in (Step.CONNECT, Step.MAIL, Step.DATA) or self.code == 421:  # RFC 5321 3.8: it is closing
            return True
        # 50x: it does not take the command at all; 530 and 535: it wants us to sign in; X.1.7 and X.1.8: our sender.
        return self.step is Step.RCPT and (
            500 <= self.code <= 504 or self.code in (530, 535) or self.answer.status in ((1, 7), (1, 8))
        )

    @property
    def too_big(self) -> bool:
        """Whether the server takes no message of this size, whoever it is for.

        552 says so, but also that one mailbox is full; X.2 (RFC 3463 3.3, mailbox status) tells the two apart.
        """
        if self.ours or self.step is not Step.CONTENT:
            return False
        status = self.answer.status
        return status == (3, 4) or (self.code == 552 and (status is None or status[0] != 2))

    @property
    def the_readers(self) -> bool:
        """Whether it is about this address for certain: X.1 addressing or X.2 mailbox (RFC 3463 3.2, 3.3)."""
        status = self.answer.status
        return not self.ours and not self.too_big and status is not None and status[0] in (1, 2)


class Lost(Exception):
    """The connection broke or could not be made, or the server does not let us in.

    ``content_sent``: from the first byte of the content on nobody can know whether the server keeps the message
    (RFC 1047). ``step``: ``CONNECT`` when no conversation began, and no message can be to blame. ``permanent``: the
    server answered 5xx instead of letting us in.
    """

    def __init__(
        self, reason: str, *, content_sent: bool = False, step: Step = Step.MAIL, permanent: bool = False
    ) -> None:
        super().__init__(reason)
        self.content_sent = content_sent
        self.step = step
        self.permanent = permanent


__all__ = ["Answer", "Lost", "Refused", "Step"]
