"""Looking at files of strangers in a process of their own, with little memory and little time.

A decoder that crashes, hangs or wants gigabytes takes that process down and nothing else; what was asked about that file is
refused. A helper is started once for each process of ours and forks for each file, which costs milliseconds where a new
interpreter would cost a quarter of a second. It has no Django, no database and no secrets, and ends when our end of its
pipe is closed.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from media_assets import inspection, pixels
from media_assets.inspection import Refused

MEMORY = 1_500_000_000  # bytes of address space: 64 megapixels with transparency want two thirds of that
SECONDS = 30  # of processor time; a JPEG of 64 megapixels takes one
WAIT = 60  # seconds until somebody who waits is answered, whatever the helper does
_ROOT = Path(__file__).resolve().parents[1]

_guard = threading.Lock()  # one file at a time: a process of ours never has more than one picture's memory out
_helper: subprocess.Popen[bytes] | None = None
_owner = 0  # who started it: after a fork the child needs one of its own


class Seen:
    """What a good file turned out to be; ``preview`` and ``placeholder`` as WebP."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.file_format: str = told["file_format"]
        self.width: int = told["width"]
        self.height: int = told["height"]
        self.said: dict[str, dict[str, str]] = told["said"]
        self.preview = base64.b64decode(told["preview"])
        self.placeholder = base64.b64decode(told["placeholder"])


def inspect(path: Path, *, name: str) -> Seen:
    """Decode the file fully, elsewhere, and return what it is.

    Raises:
        Refused: with field "file".
    """
    with _guard:
        answer = _asked({"path": str(path), "name": name, "memory": MEMORY, "seconds": SECONDS})
    if answer is None or answer.get("killed"):
        raise Refused(
            "file",
            "The file stopped the program that looked at it: it is damaged, or made to do that. Export the picture again.",
        )
    if "refused" in answer:
        raise Refused("file", answer["refused"])
    return Seen(answer)


def _asked(question: dict[str, Any]) -> dict[str, Any] | None:
    """One question, one answer; None where the helper died or did not answer in time. The next one gets a new helper."""
    for _ in range(2):  # a helper that was killed while nobody needed it is not this file's fault
        helper, fresh = _running()
        assert helper.stdin is not None
        try:
            helper.stdin.write(json.dumps(question).encode() + b"\n")
            helper.stdin.flush()
        except BrokenPipeError:
            end()
            if fresh:
                return None
            continue
        answer = _read(helper)
        if answer is None:
            end()
        return answer
    return None


def _read(helper: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    assert helper.stdout is not None
    data, until = b"", time.monotonic() + WAIT
    while len(data) < 4 or len(data) < 4 + struct.unpack(">I", data[:4])[0]:
        ready, _, _ = select.select([helper.stdout], [], [], max(0, until - time.monotonic()))
        piece = os.read(helper.stdout.fileno(), 65_536) if ready else b""
        if not piece:
            return None
        data += piece
    told: dict[str, Any] = json.loads(data[4:])
    return told


def _running() -> tuple[subprocess.Popen[bytes], bool]:
    global _helper, _owner
    if _helper is not None and _owner == os.getpid() and _helper.poll() is None:
        return _helper, False
    _helper = subprocess.Popen(
        [sys.executable, "-m", "media_assets.confined"],
        cwd=_ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    _owner = os.getpid()
    return _helper, True


def end() -> None:
    """Let the helper go; the next file starts another."""
    global _helper
    if _helper is not None and _owner == os.getpid():
        _helper.kill()
        _helper.wait()
        for pipe in (_helper.stdin, _helper.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
    _helper = None


atexit.register(end)


# What follows runs in the helper.


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each line of ``questions`` until there are no more."""
    for line in questions:
        data = _apart(json.loads(line))
        answers.write(struct.pack(">I", len(data)) + data)
        answers.flush()


def _apart(question: dict[str, Any]) -> bytes:
    """What a child of ours says of one file, or that it did not live to say it."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(read)
            _limit(question["memory"], question["seconds"])
            with os.fdopen(write, "wb") as out:
                out.write(json.dumps(_look(Path(question["path"]), question["name"])).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        data = said.read()
    _, status = os.waitpid(child, 0)
    return data if status == 0 and data else json.dumps({"killed": status}).encode()


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write but its answer


def _look(path: Path, name: str) -> dict[str, Any]:
    try:
        seen = inspection.inspect(path, name=name)
        preview, placeholder = pixels.webp(seen.small, quality=75), pixels.placeholder(seen.small)
    except Refused as refused:
        return {"refused": refused.message}
    except MemoryError:
        return {"refused": inspection.TOO_MUCH}
    return {
        "file_format": seen.file_format,
        "width": seen.width,
        "height": seen.height,
        "said": seen.said,
        "preview": base64.b64encode(preview).decode(),
        "placeholder": base64.b64encode(placeholder).decode(),
    }


if __name__ == "__main__":
    # Ctrl-C reaches every process of the terminal; this one ends with the process that started it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import warnings

    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.init()  # before the first fork: a child would do it again
    serve(sys.stdin.buffer, sys.stdout.buffer)
