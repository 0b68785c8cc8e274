"""One PostgreSQL server on one data folder."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from .errors import PORT_TAKEN, EmbeddedError, explain
from .launch import end, free_port, launch, run
from .place import Layout, Place, write_private
from .processes import Process
from .wheels import Programs

ROLE = DATABASE = "newsroom"
_FAST, _IMMEDIATE = signal.SIGINT, signal.SIGQUIT
START_SECONDS = 60.0
_STOP = ((_FAST, 20.0), (_IMMEDIATE, 5.0))
# Text search asks the C library what a letter is: under plain C a curly quotation mark would count as one.
_LETTERS = ("C.UTF-8", "en_US.UTF-8", "C")
_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "jit": "off",
    "logging_collector": "off",
    "log_min_messages": "warning",
}


def data_folder(place: Place) -> Path:
    """The data folder inside the place."""
    return place.folder / "postgres"


def data_version(place: Place) -> int | None:
    """The major version that made the data folder, or None where there is none yet.

    Raises:
        EmbeddedError: the folder exists but is no data folder.
    """
    folder = data_folder(place)
    if not folder.exists():
        return None
    try:
        return int((folder / "PG_VERSION").read_text().split(".")[0])
    except (OSError, ValueError) as error:
        raise EmbeddedError(f"{folder} is not a PostgreSQL data folder: move it away to start afresh") from error


def create(programs: Programs, place: Place, layout: Layout) -> None:
    """Make the data folder and its database, or do nothing when they exist.

    Args:
        programs: reachable by the user of the place.
        place: where the data lies.
        layout: of the home; the role's password is kept there.

    Raises:
        EmbeddedError: a full disk, or whatever initdb says.
    """
    folder = data_folder(place)
    if folder.exists():
        return
    for rubbish in place.folder.glob("postgres-new-*"):
        shutil.rmtree(rubbish) if rubbish.is_dir() else rubbish.unlink()
    # Built beside and renamed when whole: an initdb that was cut off is never taken for a data folder.
    fresh = place.folder / f"postgres-new-{secrets.token_hex(4)}"
    secret = secrets.token_hex(16)
    handed = fresh.with_name(fresh.name + ".password")
    try:
        # initdb reads it as its own user, in that user's closed folder; it goes again below.
        write_private(handed, secret)
        if place.user is not None:
            os.chown(handed, place.user.uid, place.user.gid, follow_symlinks=False)
        _initdb(programs, place, fresh, handed)
        _single(programs, place, fresh, f"CREATE DATABASE {DATABASE}")
        write_private(layout.password, secret)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    finally:
        handed.unlink(missing_ok=True)


def password(programs: Programs, place: Place, layout: Layout) -> str:
    """The password of the role; a new one is set where the home has lost it. The server must be stopped.

    Raises:
        EmbeddedError: PostgreSQL refuses.
    """
    try:
        known = layout.password.read_text().strip()
    except FileNotFoundError:
        known = ""
    if known:
        return known
    fresh = secrets.token_hex(16)
    _single(programs, place, data_folder(place), f"ALTER ROLE {ROLE} PASSWORD '{fresh}'")
    write_private(layout.password, fresh)
    return fresh


def start(
    programs: Programs, place: Place, log: Path, options: Mapping[str, str], port: int | None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server and wait until it answers.

    Args:
        programs: reachable by the user of the place.
        place: where the data lies.
        log: what the server says goes there.
        options: settings for the command line; they win over ours, except the port.
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
        settings = {**_ALWAYS, **options, "port": str(chosen)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = launch(
            [programs.postgres_bin / "postgres", "-D", data_folder(place), *arguments],
            user=place.user,
            stdin=subprocess.DEVNULL,
            output=log,
            parent_dies=_FAST,
        )
        if _ready(server, data_folder(place), deadline):
            return server, chosen
        stop(server)
        said = _since(log, before)
        # After kill -9 of the postmaster its last backends hold the old memory for a moment; and another program may
        # have taken the port since we asked for it. Both pass.
        passing = "pre-existing shared memory block" in said or any(mark in said for mark in PORT_TAKEN)
        if time.monotonic() >= deadline:
            raise EmbeddedError(f"PostgreSQL did not answer within {START_SECONDS:.0f} seconds; see {log}")
        if not passing:
            raise explain("PostgreSQL", said, data_folder(place))
        time.sleep(0.2)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server that we started: sessions are cut off, committed data is kept."""
    end(server, *_STOP)


def clear_remains(place: Place) -> None:
    """Stop a server that an earlier keeper left behind, and take away a pid file that a reused number makes look alive.

    Only for the keeper, whose lock says that no other keeper runs a server on this folder.

    Raises:
        EmbeddedError: the earlier server does not stop.
    """
    file = data_folder(place) / "postmaster.pid"
    try:
        pid = int(file.read_text(errors="replace").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    process = Process.of(pid)
    if process is None:
        return  # PostgreSQL deals with this itself, and checks that no backend of the old server is left.
    if not _serves(pid, data_folder(place)):
        # The number was given out again, to a process that has nothing to do with us: PostgreSQL would take it for its
        # own earlier self and refuse to start.
        file.unlink(missing_ok=True)
    elif not process.stop(*_STOP):
        raise EmbeddedError(f"an earlier PostgreSQL (process {pid}) on {data_folder(place)} does not stop")


def _initdb(programs: Programs, place: Place, fresh: Path, handed: Path) -> None:
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.postgres_major >= 17 else []
    said = ""
    for letters in _LETTERS:
        code, said = run(
            [
                programs.postgres_bin / "initdb",
                f"--pgdata={fresh}",
                *(f"--username={ROLE}", "--encoding=UTF8", *provider),
                *("--locale=C", "--lc-collate=C", f"--lc-ctype={letters}"),
                *("--auth=scram-sha-256", f"--pwfile={handed}", "--no-instructions", "--no-sync"),
                # The password is random, 128 bits: stretching it would only make every connection slower.
                *(("-c", "scram_iterations=1") if programs.postgres_major >= 16 else ()),
            ],
            user=place.user,
        )
        if code == 0:
            return
        shutil.rmtree(fresh, ignore_errors=True)
        if "invalid locale" not in said:
            break
    raise explain("PostgreSQL", said, place.folder)


def _single(programs: Programs, place: Place, folder: Path, statement: str) -> None:
    """Run one statement without a server; the exit code is 0 even when it fails, so the output decides."""
    server = programs.postgres_bin / "postgres"
    code, said = run(
        [server, "--single", "-F", "-D", folder, "-c", "log_min_messages=error", "postgres"],
        user=place.user,
        text=statement + "\n",
    )
    if code or re.search(r"\b(ERROR|FATAL|PANIC):", said):
        # The statement can hold a password, and PostgreSQL repeats it.
        raise explain("PostgreSQL", re.sub(r"(?m)^.*STATEMENT:.*$", "", said), folder)


def _ready(server: subprocess.Popen[bytes], folder: Path, deadline: float) -> bool:
    while server.poll() is None and time.monotonic() < deadline:
        try:
            lines = (folder / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        # Line 8 is the server's own word for its state; line 1 guards against the file of an earlier server.
        if len(lines) >= 8 and lines[0].strip() == str(server.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False


def _since(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read(100_000).decode(errors="replace")


def _serves(pid: int, folder: Path) -> bool:
    """Whether the process is a PostgreSQL server on this data folder, by its command line, which everybody may read."""
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.path.basename(command[0]) == b"postgres" and os.fsencode(folder) in command
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    ).stdout
    return "bin/postgres" in shown and str(folder) in shown
