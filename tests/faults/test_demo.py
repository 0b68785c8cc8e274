"""The demo's main job with its processes killed and its broker emptied under it."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from newsroom import embedded
from tests.browser import ROOT, free_port

VICTIMS = ["mail", "worker", "worker's child", "web", "postgres", "valkey", "demo"]
# A kill at the start of a step meets the process at work; which step is told apart by what it prints when it is done.
MOMENTS = {
    "mail": "The reader signs up",
    "worker": "Marketing composes",
    "worker's child": "Marketing sends",
    "web": "The reporter submits",
    "postgres": "The confirmation arrives",
    "valkey": "The editor approves it",
    "demo": "Marketing sends",
}
STANDING = """
import json
from newsroom.mail.models import Letter
from newsletters.models import Delivery, Issue
from newsroom.outbox.models import Effect
print(json.dumps({
    "letters": sorted(set(Letter.objects.values_list("state", flat=True))),
    "deliveries": sorted(set(Delivery.objects.values_list("state", flat=True))),
    "unsent": Issue.objects.filter(state="sending").count(),
    "effects": Effect.objects.filter(done_at=None).count(),
}))
"""


class Demo:
    """One run of ``manage.py demo --once`` with its own home and servers."""

    def __init__(self, home: Path) -> None:
        self.home = home
        left_out = {"DATABASE_URL", "REDIS_URL", "MAIL_URL", "ORIGIN", "DEMO", "DEBUG", "PORT"}
        self.environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment |= {"NEWSROOM_HOME": str(home), "PYTHONUNBUFFERED": "1"}

    def run(self, on_line: Callable[[str], None] = lambda line: None) -> tuple[int, str]:
        """Run it to its end; ``on_line`` is called with each line as it is printed."""
        command = [sys.executable, "manage.py", "demo", "--once", "--port", str(free_port())]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        watchdog = threading.Timer(240, self.process.kill)
        watchdog.start()
        said = []
        assert self.process.stdout
        for line in self.process.stdout:
            said.append(line)
            on_line(line)
        watchdog.cancel()
        return self.process.wait(), "".join(said)

    def pid(self, victim: str) -> int:
        if victim == "demo":
            return self.process.pid
        if victim in ("postgres", "valkey"):
            servers = embedded.find(self.home / "servers")
            assert servers
            return int(getattr(servers, f"{victim}_pid"))
        name, _, child = victim.partition("'s ")
        processes = dict(line.split() for line in (self.home / "demo-processes").read_text().splitlines())
        pid = int(processes[name])
        if child:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            return int(children[-1])
        return pid

    def left_over(self) -> list[str]:
        """Processes of this home's runs that still live (not its servers' keeper, which ends by itself)."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ours = f"NEWSROOM_HOME={self.home}\0".encode() in (place / "environ").read_bytes()
            except OSError:
                continue
            if ours and ("celery" in command or "granian" in command or "newsroom.demo.sink" in command):
                found.append(f"{place.name} {command[:80]}")
        return found

    def shell(self, code: str) -> dict[str, object]:
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
        return found

    def letters(self) -> Counter[tuple[str, str]]:
        """How often each letter arrived, by recipient and Message-ID."""
        found: Counter[tuple[str, str]] = Counter()
        for path in (self.home / "inbox").glob("*.eml"):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found[str(letter["X-Envelope-To"]), str(letter["Message-ID"])] += 1
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("a demo's home"))
    yield made
    for process in made.left_over():  # a worker whose demo was killed may wait for its servers; known by its home
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process.split()[0]), signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the worker's child through /proc")
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_mailed_twice(demo: Demo) -> None:
    for victim in VICTIMS:
        killed = []

        def kill_at_its_moment(line: str, victim: str = victim, killed: list[int] = killed) -> None:
            if MOMENTS[victim] in line and not killed:
                killed.append(demo.pid(victim))
                os.kill(killed[0], signal.SIGKILL)

        demo.run(kill_at_its_moment)
        assert killed, f"{victim} was not there to be killed"
    code, said = demo.run()
    assert code == 0, said
    assert said.count("  ok  ") >= 19, said
    arrived = demo.letters()
    assert arrived
    assert [letter for letter, times in arrived.items() if times > 1] == [], "mailed twice"
    standing = demo.shell(STANDING)
    assert set(standing["letters"]) <= {"sent", "uncertain", "claimed"}, standing  # type: ignore[call-overload]
    assert set(standing["deliveries"]) <= {"sent", "uncertain", "skipped", "claimed"}, standing  # type: ignore[call-overload]
    # "claimed": a killed sender's lease has not run out yet; the row stands, and the next sweep after that makes it.


def test_valkey_emptied_between_any_two_steps(demo: Demo) -> None:
    emptied = []

    def empty(line: str) -> None:
        servers = embedded.find(demo.home / "servers")
        if "  ok  " in line and servers:
            with redis.Redis.from_url(servers.redis_url) as client:
                client.flushall()
            emptied.append(line)

    code, said = demo.run(empty)
    assert code == 0, said
    assert len(emptied) >= 19


def test_a_taken_port_is_said_in_one_sentence(demo: Demo) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "manage.py", "demo", "--once", "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, env=demo.environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert (
        done.stderr.strip() == f"Port {port} is taken. Choose another one with PORT=, like: make demo PORT={port + 1}."
    )


def test_a_full_disk_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    from newsroom.demo import place

    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
    with pytest.raises(place.DemoError, match="The disk is full: 0 MB are free"):
        place.prepare(tmp_path, free_port())


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_a_port_that_is_none_is_said_in_one_sentence(port: str, tmp_path: Path) -> None:
    from newsroom.demo import place

    with pytest.raises(place.DemoError, match="is no port"):
        place.prepare(tmp_path, place.port_asked(["--port", port]))
