"""Mail servers for tests: one that takes everything, one that does exactly what it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Delivered:
    sender: str
    to: list[str]
    content: bytes


class Sink:
    """A real server (aiosmtpd) that takes everything."""

    def __init__(self, **options: Any) -> None:
        self.letters: list[Delivered] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=port, **options)
        self.controller.start()
        self.url = f"smtp://127.0.0.1:{port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.original_content, bytes)
        self.letters.append(Delivered(str(envelope.mail_from), list(envelope.rcpt_tos), envelope.original_content))
        return "250 Taken"

    def stop(self) -> None:
        self.controller.stop()


Step = str | Callable[[socket.socket], None]


def hang_up(wire: socket.socket) -> None:
    wire.close()


@dataclass
class Script:
    """A server that answers each command from a script: ``{"RCPT": "450 later"}``; "." is the end of the content.

    A step may be a function of the socket instead (hang up, wait). Steps are taken in turn when a list is given.
    """

    steps: dict[str, Any] = field(default_factory=dict)
    pipelining: bool = True
    contents: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = True
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self.open = False
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # closing alone leaves the port open while a thread accepts
        self.listener.close()

    def _serve(self) -> None:
        while self.open:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(wire,), daemon=True).start()

    def _talk(self, wire: socket.socket) -> None:
        try:
            with wire, wire.makefile("rb") as lines:
                self._say(wire, "CONNECT", "220 ready")
                for raw in lines:
                    command = raw.decode("latin-1").strip()
                    self.commands.append(command)
                    verb = command.split(" ")[0].upper()
                    offers = "250-script\r\n250-PIPELINING\r\n250 SIZE" if self.pipelining else "250 script"
                    plain = {"EHLO": offers, "DATA": "354 go on", "QUIT": "221 bye"}
                    answer = self._say(wire, verb, plain.get(verb, "250 fine"))
                    if verb == "QUIT":
                        return
                    if verb == "DATA" and answer.startswith("354"):
                        content = b""
                        while not content.endswith(b"\r\n.\r\n") and content != b".\r\n":
                            line = lines.readline()
                            if not line:
                                return
                            content += line
                        self.contents.append(content)
                        self._say(wire, ".", "250 taken")
        except OSError:
            pass

    def _say(self, wire: socket.socket, verb: str, plain: str) -> str:
        step = self.steps.get(verb, plain)
        if isinstance(step, list):
            step = step.pop(0) if step else plain
        if callable(step):
            step(wire)
            raise OSError
        wire.sendall(step.encode() + b"\r\n")
        return str(step)
