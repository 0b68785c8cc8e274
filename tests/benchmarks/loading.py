"""Load: wrk, on a core of its own. A client in Python would be slower than what it measures."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import IO

from newsroom import install

CONNECTIONS = 32


def have_wrk(log: IO[str]) -> None:
    """Have wrk, installed where that can be done; ``log`` takes what apt-get says.

    Raises:
        SystemExit: there is none, with one sentence.
    """
    if why := install.debian("wrk", "for the benchmarks", log):
        raise SystemExit(
            f"The benchmark needs wrk, which makes the load: {why}; on Debian apt-get install wrk brings it."
        )


def load(port: int, path: str, headers: dict[str, str], *, seconds: float, host: str, core: set[int]) -> float:
    """Ask for one page over kept connections as fast as it comes. Return requests per second.

    Raises:
        SystemExit: an answer was not 200.
    """
    command = ["taskset", "-c", ",".join(map(str, sorted(core)))] if core and shutil.which("taskset") else []
    command += ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{max(1, round(seconds))}s"]
    for name, value in (headers | {"Host": host}).items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True, timeout=seconds + 20
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"Not all answers were 200:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])
