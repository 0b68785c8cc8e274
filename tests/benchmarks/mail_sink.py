"""A mail server that takes everything and counts: as little work as a server can do. Its port is the first line it prints,
its counts (letters, different Message-IDs) the last, when its standard input ends.

    python -m tests.benchmarks.mail_sink [PORT [LOG]]

With LOG each Message-ID stands there before the sender has its answer, as in a mail server's own log.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT) if len(sys.argv) > 2 else None
letters = 0
seen: set[bytes] = set()


class Conversation(asyncio.Protocol):
    """One sender (RFC 5321, with RFC 2920's pipelining)."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.out = transport
        self.buffer = bytearray()
        self.content = False
        self.looked = 0
        self.out.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        global letters
        self.buffer += data
        while True:
            if self.content:
                end = self.buffer.find(END, max(0, self.looked - len(END)))
                if end < 0:
                    self.looked = len(self.buffer)
                    return
                letters += 1
                found = MESSAGE_ID.search(self.buffer, 0, 4096)
                seen.add(bytes(found[1]) if found else b"")
                if log is not None:
                    os.write(log, b"message-id=%s\n" % (found[1] if found else b""))
                del self.buffer[: end + len(END)]
                self.content, self.looked = False, 0
                self.out.write(b"250 taken\r\n")
                continue
            line = self.buffer.find(b"\r\n")
            if line < 0:
                return
            verb = bytes(self.buffer[:4]).upper()
            del self.buffer[: line + 2]
            if verb == b"DATA":
                self.content = True
                self.out.write(b"354 go on\r\n")
            elif verb == b"EHLO":
                self.out.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            elif verb == b"QUIT":
                self.out.write(b"221 bye\r\n")
                self.out.close()
            else:
                self.out.write(b"250 fine\r\n")


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(letters, len(seen), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
