"""One sentence for each way in which the servers can refuse to start."""

from __future__ import annotations

import errno
import re
from pathlib import Path

ELSEWHERE = "set DATABASE_URL and REDIS_URL to use servers of your own"


class EmbeddedError(RuntimeError):
    """The servers cannot be had; the message is one sentence for the person at the terminal."""


# The first line that fits wins, so the narrow ones stand above the wide ones: a full /dev/shm also says
# "No space left on device", and freeing disk would not help there.
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("could not resize shared memory", "{server} cannot start: /dev/shm is full or too small"),
    ("could not create shared memory segment", "{server} cannot start: the system gives it no shared memory"),
    ("No space left on device", "{server} cannot start: the disk that holds {where} is full"),
    ("Disk quota exceeded", "{server} cannot start: the disk quota for {where} is used up"),
    ("File too large", "{server} cannot start: a file in {where} would be larger than files may be here (ulimit -f)"),
    ("Read-only file system", "{server} cannot start: {where} lies on a read-only file system"),
    ("database files are incompatible", "{where} was made by another PostgreSQL; move it away to start afresh"),
    ("has wrong ownership", "{server} cannot start: {where} belongs to another user"),
    ("Permission denied", "{server} cannot start: permission denied in {where}"),
    ("GLIBC_", "the {server} of the wheel needs a newer C library than this system has; " + ELSEWHERE),
    ("Exec format error", "the {server} of the wheel was built for another processor; " + ELSEWHERE),
)

PORT_TAKEN = ("Address already in use", "could not bind IPv4 address")


def explain(server: str, output: str, where: Path | str) -> EmbeddedError:
    """Turn what a server printed into one sentence.

    Args:
        server: its name for people, "PostgreSQL" or "Valkey".
        output: what it printed before it gave up, any length.
        where: the folder or log that the sentence points to.

    Returns:
        The error to raise, with the first line that calls itself an error, or else the last one, when nothing better is
        known.
    """
    for mark, sentence in _SENTENCES:
        if mark in output:
            return EmbeddedError(sentence.format(server=server, where=where))
    if any(mark in output for mark in PORT_TAKEN):
        return EmbeddedError(f"{server} cannot start: no free port on 127.0.0.1")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "it printed nothing"
    # What stands below it says how the program cleaned up after itself.
    words = next((line for line in lines if re.search(r"\b(error|FATAL|PANIC): ", line)), last)
    return EmbeddedError(f"{server} cannot start ({where}): {words}")


def explain_os(error: OSError, where: Path | str) -> EmbeddedError:
    """Turn the refusal of a file operation of ours into one sentence.

    Args:
        error: what the operating system answered.
        where: the folder that we were working in.

    Returns:
        The error to raise.
    """
    if error.errno == errno.ENOSPC:
        return EmbeddedError(f"the disk that holds {where} is full")
    if error.errno == errno.EDQUOT:
        return EmbeddedError(f"the disk quota for {where} is used up")
    if error.errno in (errno.EACCES, errno.EPERM):
        return EmbeddedError(
            f"no permission to use {error.filename or where}: run as its owner, or set NEWSROOM_HOME to a folder of yours"
        )
    if error.errno == errno.EROFS:
        return EmbeddedError(
            f"{where} lies on a read-only file system: set NEWSROOM_HOME to a folder that can be written"
        )
    return EmbeddedError(f"{where}: {error.strerror or error}")
