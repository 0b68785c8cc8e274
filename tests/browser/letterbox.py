"""An SMTP server that keeps what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from tests.browser.waiting import PATIENCE, free_port, until


@dataclass
class Mailbox:
    """Letters that were handed over, in the order of their arrival.

    ``refuse`` may hold a function (sender, recipient) -> SMTP answer like "450 4.2.1 later", or None to take it.
    """

    url: str
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: Callable[[str, str], str | None] | None = None

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in list(self.letters) if letter["X-Recipient"] == address]

    def wait_for(self, address: str, *, count: int = 1, seconds: float = PATIENCE) -> list[EmailMessage]:
        """Return the letters to this address as soon as there are ``count``."""
        return until(
            lambda: found if len(found := self.to(address)) >= count else [],
            f"letter {count} to {address}",
            seconds=seconds,
        )

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.refuse(envelope.mail_from, address) if self.refuse else None
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for recipient in envelope.rcpt_tos:
            letter = message_from_bytes(envelope.original_content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            letter["X-Recipient"] = recipient
            letter["X-Envelope-From"] = envelope.mail_from or "<>"
            self.letters.append(letter)
        return "250 OK"


@pytest.fixture(scope="session")
def only_mailbox() -> Iterator[Mailbox]:
    """The sink of this pytest process: its address stands in the settings of processes that outlive a test."""
    from aiosmtpd.controller import Controller

    port = free_port()
    box = Mailbox(url=f"smtp://127.0.0.1:{port}")
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=30, enable_SMTPUTF8=True)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def mailbox(only_mailbox: Mailbox) -> Mailbox:
    """The sink, empty, and taking everything."""
    only_mailbox.letters.clear()
    only_mailbox.refuse = None
    return only_mailbox
