"""Load: wrk where it is installed, else a small client of our own."""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import time

CONNECTIONS = 32


def wrk() -> bool:
    """Say whether wrk is installed."""
    return shutil.which("wrk") is not None


def load(port: int, path: str, headers: dict[str, str], *, seconds: float, host: str, core: set[int]) -> float:
    """Ask for one page over kept connections as fast as it comes. Return requests per second.

    Raises:
        SystemExit: an answer was not 200.
    """
    if wrk():
        return _wrk(port, path, headers | {"Host": host}, seconds, core)
    return _own(port, path, headers | {"Host": host}, seconds)


def _wrk(port: int, path: str, headers: dict[str, str], seconds: float, core: set[int]) -> float:
    command = ["taskset", "-c", ",".join(map(str, sorted(core)))] if core and shutil.which("taskset") else []
    command += ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{max(1, round(seconds))}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True, timeout=seconds + 20
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"Not all answers were 200:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def _own(port: int, path: str, headers: dict[str, str], seconds: float) -> float:
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    selector = selectors.DefaultSelector()
    try:
        for _ in range(CONNECTIONS):
            wire = socket.create_connection(("127.0.0.1", port), 5)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.sendall(request)
            selector.register(wire, selectors.EVENT_READ, bytearray())
        done, began = 0, time.monotonic()
        ends = began + seconds
        while time.monotonic() < ends:
            for key, _ in selector.select(1):
                wire, held = key.fileobj, key.data
                assert isinstance(wire, socket.socket)
                held += wire.recv(262_144)
                head, found, body = bytes(held).partition(b"\r\n\r\n")
                if not found or len(body) < _length(head):
                    continue
                held.clear()
                done += 1
                wire.sendall(request)
        return done / (time.monotonic() - began)
    finally:
        for key in list(selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        selector.close()


def _length(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"Not all answers were 200: {head[:80]!r}")
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    assert found, head
    return int(found[1])
