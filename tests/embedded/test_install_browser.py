"""Chromium where there is none: Debian's is installed for root, and nobody else is asked for rights."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from newsroom import install

CALLED = ["update noninteractive", "install -y --no-install-recommends {} noninteractive"]
# Debian's apt-get, as far as it is asked: FAILS names what it does not manage, BRINGS what there is in its packages.
APT_GET = """#!/bin/sh
last=""
for last; do :; done
[ "$1" = -q ] && shift
echo "$* $DEBIAN_FRONTEND" >>"$BIN/calls"
case " $FAILS " in *" $1 "*) echo "E: $SAYS"; exit 100;; esac
[ "$1" = install ] || exit 0
case " $BRINGS " in *" $last "*) ;; *) echo "E: Unable to locate package $last"; exit 100;; esac
case " $EMPTY " in *" $last "*) exit 0;; esac
echo "#!/bin/sh" >"$BIN/$last"
/bin/chmod 755 "$BIN/$last"
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Have a machine, ask it for a browser; returns the reason against it, if any, and what apt-get was called with."""

    def ask(*, root: bool = True, debian: bool = True, **how: str) -> list[str]:
        programs = tmp_path / "bin"
        programs.mkdir()
        (programs / "apt-get").write_text(APT_GET)
        (programs / "apt-get").chmod(0o755)
        mark = tmp_path / "debian_version"
        if debian:
            mark.touch()
        monkeypatch.setattr(install, "DEBIAN", mark)
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
        for name, value in {"FAILS": "", "SAYS": "", "BRINGS": "", "EMPTY": "", **how}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("BIN", str(programs))
        monkeypatch.setenv("PATH", str(programs))
        log = io.StringIO()
        why = install.browser(log)
        calls = (programs / "calls").read_text().splitlines() if (programs / "calls").exists() else []
        assert log.getvalue().count("$ apt-get") == len(calls), "the log has every call"
        return [why or "", *calls]

    return ask


def called(*programs: str) -> list[str]:
    return [each.format(program) for program in programs for each in CALLED]


def test_root_on_debian_gets_the_browser_without_windows(
    machine: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine(BRINGS="chromium-headless-shell chromium") == ["", *called("chromium-headless-shell")]
    assert capsys.readouterr().out == "Installing Debian's chromium-headless-shell for the browser tests\n"
    chromium = install.chromium()
    assert chromium
    assert Path(chromium).name == "chromium-headless-shell"


def test_an_older_debian_has_the_one_with_windows_alone(machine: Callable[..., list[str]]) -> None:
    assert machine(BRINGS="chromium") == ["", *called("chromium-headless-shell", "chromium")]
    assert str(install.chromium()).endswith("/chromium")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"FAILS": "update", "SAYS": "Temporary failure resolving 'deb.debian.org'"}, "apt-get update failed"),
        ({"FAILS": "install", "SAYS": "Could not get lock"}, "apt-get install failed"),
        ({"FAILS": "install", "SAYS": "You don't have enough free space"}, "the disk is too full for chromium"),
        ({"BRINGS": "chromium-headless-shell chromium", "EMPTY": "chromium-headless-shell chromium"}, "apt-get installed no chromium"),
    ],
)  # fmt: skip
def test_what_apt_get_cannot_do_is_said_in_a_few_words(
    how: dict[str, str], why: str, machine: Callable[..., list[str]]
) -> None:
    assert machine(**how)[0] == why
    assert install.chromium() is None


@pytest.mark.parametrize(("root", "debian"), [(False, True), (True, False), (False, False)])
def test_nobody_else_is_asked_for_rights(root: bool, debian: bool, machine: Callable[..., list[str]]) -> None:
    assert machine(root=root, debian=debian, BRINGS="chromium") == ["there is no chromium on the PATH"]
