"""A publication with an address, and a mail server that keeps what it gets."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newsletters import book, delivery
from newsletters.models import Issue
from newsroom.publication.current import forget
from newsroom.publication.models import Publication
from tests.factories import newsletters as factory
from tests.mail.refusing import Refusing
from tests.newsletters.sending import sending


@dataclass
class Sink:
    """A mail server. ``answer`` may be replaced: it gets the recipient and returns what the server says."""

    url: str = ""
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Callable[[str], str] = lambda to: "250 OK"
    recipient: Callable[[str], str] = lambda to: "250 OK"
    slow: float = 0.0

    def to(self) -> list[str]:
        with self.lock:
            return [to for to, _ in self.kept]

    def letter(self, to: str) -> EmailMessage:
        """The one letter to this address; fails when there are none or two."""
        with self.lock:
            found = [content for address, content in self.kept if address == to]
        assert len(found) == 1, f"{len(found)} letters to {to}"
        message = email.message_from_bytes(found[0], policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        said = self.recipient(address)
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.slow:
            await asyncio.sleep(self.slow)
        to = envelope.rcpt_tos[0]
        said = self.answer(to)
        if said == "hang up":
            with self.lock:
                self.kept.append((to, envelope.content))
            server.transport.close()
            return "250 OK"
        if said.startswith("2"):
            with self.lock:
                self.kept.append((to, envelope.content))
        return said


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is young enough: what a letter goes on does not hang on how quick the machine is."""
    monkeypatch.setattr(book, "FRESH", 0.0)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server of the test's own; MAIL_URL points to it."""
    made = Sink()
    with socket.socket() as free:  # the controller cannot tell which port it was given
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    made.url = settings.MAIL_URL = f"smtp://127.0.0.1:{port}"
    yield made
    controller.stop()


@pytest.fixture
def refusing(settings: Any) -> Iterator[Refusing]:
    """A mail server that can be told to say no at any step; MAIL_URL points to it."""
    made = Refusing()
    settings.MAIL_URL = made.url
    yield made
    made.stop()


@pytest.fixture
def publication(db: None) -> Publication:
    """The publication, with the postal address that every letter needs."""
    made, _ = Publication.objects.update_or_create(
        pk=1, defaults={"name": "The Long Walk", "postal_address": "1 Castle Hill\nWindsor SL4 1PD"}
    )
    forget()
    return made


@pytest.fixture
def issue(sink: Sink) -> Issue:
    """An issue with five planned letters."""
    begun = sending()
    factory.subscribers(begun.newsletter, 5)
    delivery.plan(begun.pk)
    return begun
