"""A real mail server (aiosmtpd) that says no at whatever step of the conversation it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Said = str | Callable[[str], str]  # an answer, or a function of the recipient's address that gives one; "" takes it


@dataclass
class Refusing:
    """``says``: step ("connect", "ehlo", "mail", "rcpt", "data", "content") -> the answer instead of yes.

    Attributes:
        kept: recipient and content of what it took.
        asked: how often it was asked at each step.
        letters_a_line: after so many it ends the connection at the next MAIL; with a word (421) unless ``curt``.
    """

    says: dict[str, Said] = field(default_factory=dict)
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    letters_a_line: int = 0
    curt: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        outer = self

        class Listening(Controller):
            def factory(self) -> SMTP:
                return Speaking(outer, hostname="refusing.example")

        self.controller = Listening(self, hostname="127.0.0.1", port=port, ready_timeout=30)
        self.controller.start()  # which talks to it once by itself
        self.asked.clear()
        self.url = f"smtp://127.0.0.1:{port}"

    def stop(self) -> None:
        self.controller.stop()

    def to(self) -> list[str]:
        with self.lock:
            return [to for to, _ in self.kept]

    def answer(self, step: str, to: str = "") -> str:
        with self.lock:
            self.asked[step] = self.asked.get(step, 0) + 1
            said = self.says.get(step, "")
            return said(to) if callable(said) else said

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        said = self.answer("ehlo")
        return [said] if said else responses

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        return self.answer("ehlo") or "250 OK"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.answer("mail")
        if self.letters_a_line and getattr(session, "letters", 0) >= self.letters_a_line:
            if self.curt:
                server.transport.abort()  # type: ignore[union-attr]
            return "421 4.7.0 Enough on this line"
        if not said:
            envelope.mail_from = address
        return said or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.answer("rcpt", address)
        if said == "hang up":
            server.transport.abort()  # type: ignore[union-attr]
        if not said:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        to = envelope.rcpt_tos[0]
        said = self.answer("content", to)
        if not said:
            session.letters = getattr(session, "letters", 0) + 1  # type: ignore[attr-defined]
            assert isinstance(envelope.content, bytes)
            with self.lock:
                self.kept.append((to, envelope.content))
        return said or "250 Taken"


class Speaking(SMTP):
    """The two answers for which aiosmtpd has no hook: the greeting, and the one to DATA itself."""

    def __init__(self, says: Refusing, **options: Any) -> None:
        super().__init__(says, **options)
        self.says = says
        self.greeted = False

    async def push(self, status: Any) -> None:
        if not self.greeted:
            self.greeted = True
            if said := self.says.answer("connect"):
                await super().push(said)
                assert self.transport is not None
                self.transport.close()
                return
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        if said := self.says.answer("data"):
            await self.push(said)
        else:
            await super().smtp_DATA(arg)
