"""Each way in which the servers refuse to start is told in one sentence."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from newsroom import embedded
from newsroom.embedded import EmbeddedError, postgres, wheels
from newsroom.embedded.errors import explain, explain_os
from newsroom.embedded.place import Layout, find_place
from newsroom.embedded.wheels import Programs

from .conftest import ask


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('could not write to file "pg_wal/1": No space left on device', "the disk that holds /x is full"),
        ("could not resize shared memory segment: No space left on device", "/dev/shm is full"),
        ("FATAL:  database files are incompatible with server", "another PostgreSQL"),
        ('could not bind IPv4 address "127.0.0.1": Address already in use', "no free port"),
        ("/lib/libc.so.6: version `GLIBC_2.99' not found", "needs a newer C library"),
        ("[Errno 8] Exec format error: 'postgres'", "another processor"),
        ("first\nFATAL:  something new\n", "FATAL:  something new"),
        ("initdb: error: no luck\ninitdb: removing data directory /x\n", "initdb: error: no luck"),
        ('could not write to file "base/1": File too large', "larger than files may be here"),
        ("", "it printed nothing"),
    ],
)
def test_what_a_server_prints_becomes_a_sentence(said: str, sentence: str) -> None:
    told = str(explain("PostgreSQL", said, "/x"))
    assert sentence in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "the disk that holds /x is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "set NEWSROOM_HOME"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_the_system_refuses_becomes_a_sentence(number: int, sentence: str) -> None:
    assert sentence in str(explain_os(OSError(number, os.strerror(number)), "/x"))


def test_a_disk_that_fills_up_during_initdb_leaves_no_half_of_a_data_folder(home: Path) -> None:
    fake = home.parent / "bin"
    fake.mkdir()
    initdb = fake / "initdb"
    # Writes as far as it gets, as the real one does.
    initdb.write_text(
        '#!/bin/sh\nfor a; do case $a in --pgdata=*) mkdir "${a#--pgdata=}";; esac; done\n'
        "echo 'initdb: error: could not write to file: No space left on device' >&2; exit 1\n"
    )
    initdb.chmod(0o755)
    layout = Layout.of(home)
    layout.make()
    place = find_place(layout)
    with pytest.raises(EmbeddedError, match=r"the disk that holds .* is full"):
        postgres.create(Programs(fake, 18, fake / "valkey-server"), place, layout)
    assert list(place.folder.iterdir()) == []
    with embedded.running(home, fsync=False) as servers:
        assert servers.postgres_pid


def test_an_interrupted_initdb_leaves_nothing_that_counts(home: Path) -> None:
    layout = Layout.of(home)
    layout.make()
    rubbish = find_place(layout).folder / "postgres-new-0000"
    rubbish.mkdir()
    (rubbish / "PG_VERSION").write_text("18\n")
    with embedded.running(home, fsync=False) as servers:
        assert ask(servers, "SELECT 1") == 1
    assert not rubbish.exists()


@pytest.mark.parametrize("ask", [wheels.postgres_versions, wheels.valkey_program])
def test_a_missing_wheel_is_said_with_the_way_out(ask: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_package", lambda name: None)
    assert callable(ask)
    with pytest.raises(
        EmbeddedError, match=r"no (PostgreSQL|Valkey) wheel for this platform; set DATABASE_URL and REDIS_"
    ):
        ask()


def test_a_data_folder_of_a_version_that_no_wheel_brings_is_refused_and_kept(home: Path) -> None:
    layout = Layout.of(home)
    layout.make()
    folder = postgres.data_folder(find_place(layout))
    folder.mkdir()
    (folder / "PG_VERSION").write_text("11\n")
    with (
        pytest.raises(EmbeddedError, match="made by PostgreSQL 11 but the wheel brings 16 and 18"),
        embedded.running(home, fsync=False),
    ):
        pass
    assert (folder / "PG_VERSION").read_text() == "11\n"
    assert embedded.holders(home) == {}


def test_a_setting_that_postgresql_does_not_know_is_named(home: Path) -> None:
    with (
        pytest.raises(EmbeddedError, match='unrecognized configuration parameter "crown"'),
        embedded.running(home, fsync=False, postgres_options={"crown": "jewel"}),
    ):
        pass
    # Nothing stays behind that would stop the next one.
    with embedded.running(home, fsync=False) as servers:
        assert servers.postgres_pid


def test_servers_of_another_version_of_the_code_are_named_and_can_be_stopped(home: Path) -> None:
    layout = Layout.of(home)
    with embedded.running(home, fsync=False):
        told = json.loads(layout.state.read_text())
        del told["processes"]
        layout.state.write_text(json.dumps(told))
        with (
            pytest.raises(EmbeddedError, match="another version of this code"),
            embedded.running(home, fsync=False),
        ):
            pass
        assert embedded.find(home) is None
        assert embedded.stop(home)
