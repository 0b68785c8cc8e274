"""A mailbox that speaks POP3 (RFC 1939): what a test lays in, until somebody deletes it and says goodbye."""

from __future__ import annotations

import contextlib
import socket
import threading


class Mailbox:
    """One mailbox of "bounces" with the password "a password"; deletes at QUIT and never before.

    dies_after: the number of RETR commands after which it hangs up.
    """

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.dies_after: int | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"pop3://bounces:a%20password@127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            with wire, wire.makefile("rwb", buffering=0) as line, contextlib.suppress(OSError):
                self._talk(line)

    def _talk(self, line: socket.SocketIO) -> None:  # type: ignore[name-defined]
        gone: set[int] = set()
        read, said_user = 0, ""
        line.write(b"+OK ready\r\n")
        while command := line.readline():
            verb, _, rest = command.decode().strip().partition(" ")
            verb = verb.upper()
            if verb == "USER":
                said_user = rest
                line.write(b"+OK\r\n")
            elif verb == "PASS":
                right = (said_user, rest) == ("bounces", "a password")
                line.write(b"+OK\r\n" if right else b"-ERR [AUTH] no\r\n")
            elif verb == "LIST":
                rows = b"".join(b"%d %d\r\n" % (n, len(one)) for n, one in enumerate(self.letters, 1))
                line.write(b"+OK\r\n" + rows + b".\r\n")
            elif verb in ("RETR", "TOP"):
                if self.dies_after is not None and read >= self.dies_after:
                    return
                read += 1
                letter = self.letters[int(rest.split()[0]) - 1].replace(b"\r\n.", b"\r\n..")
                line.write(b"+OK\r\n" + letter.rstrip(b"\r\n") + b"\r\n.\r\n")
            elif verb == "DELE":
                gone.add(int(rest) - 1)
                line.write(b"+OK\r\n")
            elif verb == "QUIT":
                self.letters = [one for number, one in enumerate(self.letters) if number not in gone]
                line.write(b"+OK\r\n")
                return
            else:
                line.write(b"-ERR\r\n")
