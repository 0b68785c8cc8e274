"""A sending during which everything is killed with -9: workers with their relay, PostgreSQL, the broker, the mail server, in
any order and again and again. Then every person has the letter exactly once, counted by Message-ID at the mail server.

``python -m tests.benchmarks.mail_drill`` (``LETTERS`` sets another number than 100,000; ``SEED`` repeats a run's choices). What
plain SMTP cannot know stands as uncertain, by name; the mail server's log settles it (``manage.py settle_letters``).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from tests.benchmarks.serving import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_DEATHS = 4  # of the servers in a minute: those who look after them take more for a fault of their own and stop
STEP = 0.5  # seconds between two looks
NAME = "drill"
VICTIMS = ("worker", "PostgreSQL", "Valkey", "mail server", "broker emptied")

# Waits of real time that nobody wants to sit out: the lease of a process that was killed, the next try after a refusal.
# What is younger than four seconds may be a living process's.
HURRY = """
UPDATE newsletters_issue SET next_try_at = now() WHERE next_try_at > now();
UPDATE newsletters_delivery SET not_before = now() WHERE state = 'planned' AND not_before > now();
UPDATE newsletters_delivery SET lease_until = now() - interval '1 s' WHERE claimed_at < now() - interval '8 s' AND (
    state = 'claimed' AND lease_until < now() + %(claimed)s::interval
    OR state = 'handing_over' AND lease_until < now() + %(handing)s::interval);
UPDATE outbox_effect SET due_at = now() WHERE done_at IS NULL AND attempts > 0 AND due_at > now();
UPDATE outbox_effect SET claimed_until = now() - interval '1 s'
 WHERE done_at IS NULL AND claimed_until < now() + interval '1 minute';
"""


@dataclass
class Drill:
    """The processes and what was done to them. log: the mail server's."""

    home: Path
    letters: int
    seed: int
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.log = self.home / "mail.log"
        self.sink_port = free_port()
        self.workers: list[subprocess.Popen[bytes]] = []
        self.sink: subprocess.Popen[bytes] | None = None
        self.environment = dict(os.environ)
        self.deck: list[str] = []
        self.deaths: list[float] = []
        self.leases: dict[str, str] = {}

    # ---- the parts ----

    def start_sink(self) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.mail_sink", str(self.sink_port), str(self.log)]
        self.sink = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def start_worker(self) -> None:
        number = len(list(self.home.glob("worker-*.log")))
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "newsroom.celery",
            "worker",
            "-c",
            "1",
            "-n",
            f"w{number}@drill",
        ]
        command += ["-B", "-s", str(self.home / f"beat-{number}")]
        with (self.home / f"worker-{number}.log").open("wb") as log:
            self.workers.append(
                subprocess.Popen(
                    command, cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            )

    def kill(self, servers: Any) -> None:
        """Kill one of them and see to it that it comes back, as whoever looks after it in production does."""
        if not self.deck:  # each of them comes before any comes again
            self.deck = self.chance.sample(VICTIMS, len(VICTIMS))
        what = self.deck.pop()
        if what in ("PostgreSQL", "Valkey"):
            if len([when for when in self.deaths if time.monotonic() - when < 60]) >= MOST_DEATHS:
                return
            self.deaths.append(time.monotonic())
        self.killed[what] += 1
        if what == "worker":
            victim = self.workers.pop(self.chance.randrange(len(self.workers)))
            os.killpg(victim.pid, signal.SIGKILL)
            victim.wait()
            self.start_worker()
        elif what == "mail server":
            assert self.sink is not None
            self.sink.kill()
            self.sink.wait()
            self.start_sink()
        elif what == "broker emptied":
            import redis

            with suppress(redis.RedisError), redis.Redis.from_url(servers.redis_url) as client:
                client.flushall()
        else:
            from newsroom import embedded

            now = embedded.find(self.home / "servers")
            if now is not None:
                with suppress(ProcessLookupError):
                    os.kill(now.postgres_pid if what == "PostgreSQL" else now.valkey_pid, signal.SIGKILL)

    def end(self) -> None:
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        if self.sink is not None:
            self.sink.kill()
            self.sink.wait()

    # ---- what is known ----

    def ask(self, statement: str, values: Any = None, *, anew: bool = True) -> list[tuple[Any, ...]]:
        """Ask on a connection of its own; tries again while PostgreSQL comes back."""
        until = time.monotonic() + 60
        while True:
            try:
                with psycopg2.connect(self.environment["DATABASE_URL"]) as line, line.cursor() as cursor:
                    cursor.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []
            except psycopg2.OperationalError:
                if not anew or time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def states(self) -> dict[str, int]:
        return dict(self.ask("SELECT state, count(*) FROM newsletters_delivery GROUP BY 1"))  # type: ignore[arg-type]

    def taken(self) -> Counter[str]:
        """How often the mail server took each Message-ID."""
        return Counter(self.log.read_text().split("\n")[:-1]) if self.log.exists() else Counter()

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=REPOSITORY, env=self.environment, check=True, capture_output=True, text=True
        ).stdout


def run(home: Path, letters: int, seed: int, *, seconds: float, kills: tuple[float, float] = (1.5, 5.0)) -> Drill:
    """Send so many letters while everything is killed; everything that must hold is asserted.

    Args:
        seconds: give up after so long. kills: the least and the longest pause between two, in seconds.
    """
    from newsroom import embedded

    drill = Drill(home, letters, seed)
    with ExitStack() as held:
        servers = held.enter_context(embedded.running(home / "servers"))
        line = psycopg2.connect(servers.database_url)
        line.autocommit = True
        line.cursor().execute(f"CREATE DATABASE {NAME}")
        line.close()
        drill.environment |= {
            "DATABASE_URL": servers.database_url.rpartition("/")[0] + f"/{NAME}",
            "REDIS_URL": servers.redis_url,
            "MAIL_URL": f"smtp://127.0.0.1:{drill.sink_port}",
            "NEWSROOM_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        }
        drill.manage("migrate", "--verbosity", "0")
        fill = [sys.executable, "-m", "tests.benchmarks.mail_drill", "fill", str(letters)]
        said = subprocess.run(fill, cwd=REPOSITORY, env=drill.environment, check=True, capture_output=True).stdout
        issue, claimed, handing = said.decode().split()
        drill.leases = {"claimed": f"{float(claimed) - 4} seconds", "handing": f"{float(handing) - 4} seconds"}
        held.callback(drill.end)
        drill.start_sink()
        drill.start_worker()
        drill.start_worker()
        _until_sent(drill, servers, until=time.monotonic() + seconds, kills=kills)
        _hold(drill, "after the sending")
        unsure = drill.states().get("uncertain", 0)
        names = drill.ask(
            "SELECT s.address FROM newsletters_delivery d JOIN newsletters_subscriber s ON s.id = d.subscriber_id"
            " WHERE d.state = 'uncertain' AND d.why <> ''"
        )
        assert len(names) == unsure, "somebody is uncertain without a word why"
        said = drill.manage("settle_letters", issue, "--log", str(drill.log), "--rest-again")
        print(f"{unsure} uncertain: {said.strip()}", flush=True)
        _until_sent(drill, servers, until=time.monotonic() + 120, kills=None)
        _hold(drill, "after the mail server's log was read")
        assert drill.states() == {"sent": letters}
        assert len(drill.taken()) == letters, "somebody has no letter"
    return drill


def _until_sent(drill: Drill, servers: Any, *, until: float, kills: tuple[float, float] | None) -> None:
    following = time.monotonic() + 3.0
    while drill.ask("SELECT count(*) FROM newsletters_issue WHERE state <> 'sent'") != [(0,)]:
        assert time.monotonic() < until, f"not sent in time: {drill.states()}; killed {dict(drill.killed)}"
        time.sleep(STEP)
        drill.ask(HURRY, drill.leases)
        if kills and time.monotonic() > following:
            drill.kill(servers)
            following = time.monotonic() + drill.chance.uniform(*kills)


def _hold(drill: Drill, when: str) -> None:
    """Promise 18: nobody has two, nobody is lost, and who is uncertain is named."""
    twice = [one for one, number in drill.taken().items() if number > 1]
    assert not twice, f"{when}: taken twice: {twice[:5]}"
    states = drill.states()
    assert sum(states.values()) == drill.letters, f"{when}: {states}"
    assert set(states) <= {"sent", "uncertain"}, f"{when}: {states}"
    # A letter that is known as sent is there; the answer of one that is not known may have been lost.
    assert states.get("sent", 0) <= len(drill.taken()), f"{when}: something is said to be sent that nobody took"


def fill(letters: int) -> None:
    """In a process with the drill's database: people and an issue that begins to be sent. Prints the issue's id,
    and in seconds how long a claimed letter and one that is handed over are held."""
    import django

    django.setup()
    from newsletters.book import HANDING_LEASE
    from newsletters.delivery import LEASE
    from tests.benchmarks.mail import issue, newsletter_with

    begun = issue(newsletter_with(letters))
    print(begun.pk, LEASE.total_seconds(), HANDING_LEASE.total_seconds())


def main() -> None:
    letters, seed = int(os.environ.get("LETTERS", "100000")), int(os.environ.get("SEED", str(time.time_ns() % 100_000)))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        began = time.monotonic()
        drill = run(Path(folder), letters, seed, seconds=letters / 20 + 300)
        took = time.monotonic() - began
    print(f"SEED={seed}; killed: {dict(drill.killed)}; {letters:,} letters, each once, in {took:.0f} s")
    print(f"figure: drill_letters = {letters} letters")
    print(f"figure: drill_kills = {sum(drill.killed.values())} kills")


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(int(sys.argv[2]))
    else:
        main()
