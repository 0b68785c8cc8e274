"""One Valkey server on a loopback port, its data in memory only."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

from .errors import PORT_TAKEN, EmbeddedError, explain
from .launch import end, free_port, launch
from .place import Place
from .wheels import Programs

START_SECONDS = 30.0

# volatile-ttl: what ends soonest makes room, so finished pages (a day) go before the counters of limits (two days and
# more). The queues of Celery and the state of the pages carry no end and are never thrown away. Nothing is written to the disk: what must survive stands in PostgreSQL.
_CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
protected-mode yes
daemonize no
save ""
appendonly no
databases 64
maxmemory 256mb
maxmemory-policy volatile-ttl
maxmemory-samples 10
tcp-backlog 128
timeout 0
dir "{folder}"
"""


def start(
    programs: Programs, place: Place, log: Path, password: str, port: int | None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server and wait until it answers.

    Args:
        programs: reachable by the user of the place.
        place: a folder that the server may work in.
        log: what the server says goes there.
        password: what clients must send; hexadecimal digits.
        port: to listen on; None for a free one.

    Returns:
        The process and its port.

    Raises:
        EmbeddedError: with the reason in one sentence.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        chosen = port or free_port()
        before = log.stat().st_size if log.exists() else 0
        # Read from the standard input, so that the password stands neither in a file nor in the list of processes.
        server = launch(
            [programs.valkey, "-"], user=place.user, stdin=subprocess.PIPE, output=log, parent_dies=signal.SIGTERM
        )
        folder = str(place.folder).replace("\\", "\\\\").replace('"', '\\"')
        try:
            assert server.stdin is not None
            server.stdin.write(_CONFIGURATION.format(port=chosen, password=password, folder=folder).encode())
            server.stdin.close()
        except OSError:
            pass  # It ended before it read; the log says why.
        while server.poll() is None and time.monotonic() < deadline:
            if _answers(chosen, password):
                return server, chosen
            time.sleep(0.02)
        stop(server)
        with log.open("rb") as file:
            file.seek(before)
            said = file.read(100_000).decode(errors="replace")
        if time.monotonic() >= deadline:
            raise EmbeddedError(f"Valkey did not answer within {START_SECONDS:.0f} seconds; see {log}")
        if not any(mark in said for mark in PORT_TAKEN):
            raise explain("Valkey", said, log)
        time.sleep(0.2)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server that we started."""
    end(server, (signal.SIGTERM, 5.0))


def _answers(port: int, password: str) -> bool:
    """Whether our server is behind the port: another one would not know the password."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:
                part = client.recv(256)
                if not part:
                    return False
                said += part
    except OSError:
        return False
    return said == b"+OK\r\n+PONG\r\n"
