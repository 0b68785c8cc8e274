"""Root runs the servers as somebody else; no folder's permissions are widened for it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from newsroom import embedded
from newsroom.embedded import postgres, wheels
from newsroom.embedded.place import Layout, Place, User, discard, find_place

from .conftest import Holder, ask, user_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def modes(path: Path) -> dict[Path, int]:
    return {folder: folder.stat().st_mode for folder in (path, *path.parents) if folder.exists()}


def nobody() -> User:
    entry = pwd.getpwnam("nobody")
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid)


def test_the_servers_run_as_an_unprivileged_user(home: Path) -> None:
    with embedded.running(home, fsync=False) as servers:
        owners = {user_of(servers.postgres_pid), user_of(servers.valkey_pid)}
    assert len(owners) == 1
    if os.geteuid() == 0:
        assert 0 not in owners
    else:
        assert owners == {os.geteuid()}


def test_no_folder_that_stood_there_is_changed(home: Path) -> None:
    home.mkdir(mode=0o755)
    (home / "a file of the caller").write_text("kept")
    before = modes(home)
    with embedded.running(home, fsync=False):
        assert modes(home) == before
    embedded.remove(home)
    assert modes(home) == before
    assert (home / "a file of the caller").read_text() == "kept"


@as_root
def test_data_that_the_user_cannot_reach_lies_elsewhere_and_is_remembered(tmp_path: Path) -> None:
    closed = tmp_path / "closed to others"
    closed.mkdir(mode=0o700)
    home, before = closed / "home", modes(closed)
    layout = Layout.of(home)
    try:
        with embedded.running(home) as servers:
            ask(servers, "CREATE TABLE crown (jewel text)")
        assert modes(closed) == before
        place = Path(layout.elsewhere.read_text())
        assert not place.is_relative_to(tmp_path)
        assert place.stat().st_mode & 0o077 == 0
        with embedded.running(home) as servers:
            assert ask(servers, "SELECT count(*) FROM crown") == 0
    finally:
        embedded.remove(home)
    assert not place.exists()
    assert not home.exists()


@as_root
def test_only_a_data_folder_that_was_made_for_a_home_is_ever_deleted(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path / "home")
    layout.make()
    other = tmp_path / "newsroom-other"
    other.mkdir()
    layout.elsewhere.write_text(str(other))
    discard(layout)
    assert other.is_dir()


@as_root
def test_programs_that_the_user_cannot_reach_are_copied(home: Path) -> None:
    layout = Layout.of(home)
    layout.make()
    place = find_place(layout)
    assert place.user is not None
    programs = wheels.copy(wheels.programs(None), place.folder)
    assert programs.postgres_bin.is_relative_to(place.folder)
    assert wheels.copy(wheels.programs(None), place.folder) == programs
    postgres.create(programs, place, layout)
    server, _ = postgres.start(programs, place, home / "copied.log", {}, None)
    assert Path(f"/proc/{server.pid}/exe").readlink().is_relative_to(place.folder)
    postgres.stop(server)


@as_root
def test_a_user_who_is_not_root_runs_them_as_themselves(home: Path, hold: Callable[..., Holder]) -> None:
    user = nobody()
    home.mkdir(mode=0o700)
    os.chown(home, user.uid, user.gid)
    how = {"user": user.uid, "group": user.gid, "extra_groups": [], "fsync": False}
    # The packages stand in our environment; the interpreter may lie where only root gets to.
    environment = {"PATH": os.defpath, "PYTHONPATH": sysconfig.get_path("purelib"), "LC_ALL": "C.UTF-8"}
    holder = hold(python=python_for(user), env=environment, **how)
    servers = holder.servers()
    assert user_of(servers.postgres_pid) == user_of(servers.valkey_pid) == user.uid
    assert ask(servers, "SELECT 1") == 1
    assert {path.stat().st_uid for path in home.rglob("*")} == {user.uid}
    assert holder.leave() == 0


@as_root
def test_the_home_of_somebody_else_is_refused_in_one_sentence(home: Path, hold: Callable[..., Holder]) -> None:
    with embedded.running(home, fsync=False):
        pass
    user = nobody()
    environment = {"PATH": os.defpath, "PYTHONPATH": sysconfig.get_path("purelib"), "LC_ALL": "C.UTF-8"}
    holder = hold(python=python_for(user), env=environment, user=user.uid, group=user.gid, extra_groups=[])
    with pytest.raises(AssertionError, match=r"EmbeddedError: no permission to use .*NEWSROOM_HOME"):
        holder.servers()


@as_root
def test_root_keeps_the_user_that_owns_the_data(home: Path) -> None:
    user = nobody()
    layout = Layout.of(home)
    layout.make()
    data = home / "data"
    data.mkdir(mode=0o700)
    os.chown(data, user.uid, user.gid)
    postgres.create(wheels.programs(None), Place(data, user), layout)
    with embedded.running(home, fsync=False) as servers:
        assert user_of(servers.postgres_pid) == user.uid


def python_for(user: User) -> str:
    """A Python of 3.11 or later that this user can run."""
    for name in (
        sys.executable,
        *(shutil.which(f"python3.{minor}") or "" for minor in range(11, 16)),
        "/usr/bin/python3",
    ):
        if name and user.can_enter(Path(name).resolve()):
            check = [name, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            if subprocess.run(check, check=False).returncode == 0:
                return name
    raise AssertionError(f"there is no Python that the user {user.name} can run")
