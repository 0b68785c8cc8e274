"""Five thousand open pages on one process, and how soon each has what an editor posts.

``python -m tests.benchmarks.open_pages``: one web process, a Celery worker of two, the demo's running story. Posts go the
product's own road: transaction, outbox, worker, channel, stream. Time counts from before the post is handed in until a
page has the changed paragraph; every page must have every version once. Some pages read nothing at all. ``PAGES`` and
``POSTS`` set other numbers.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from tests.benchmarks.demo_story import newsroom, publish
from tests.benchmarks.serving import REPOSITORY, Server, cores, granian, pin

PAGES = int(os.environ.get("PAGES", "5000"))
POSTS = int(os.environ.get("POSTS", "20"))
FEW = 50
SLOW = 50  # pages that read nothing
PER_ADDRESS = 400
MOST = 1.0  # seconds, of the 99th in a hundred
PAUSE = 1.0  # seconds between two posts


class Page(asyncio.Protocol):
    """An open page: it notes when which version came."""

    def __init__(self, path: str, host: str, *, reads: bool) -> None:
        self.request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n".encode()
        self.reads = reads
        self.greeted = False
        self.came: list[tuple[int, float]] = []
        self.lost = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        *events, self._rest = (self._rest + data).split(b"\n\n")
        for event in events:
            if not self.greeted:
                self.greeted = True
                if not self.reads:
                    self.transport.pause_reading()
            elif b"event: beat" not in event:  # a change; or that it missed one, which no page here does
                number = event[event.index(b"id: ") + 4 :].split(b"\n", 1)[0]
                self.came.append((int(number), at))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True


def readers(orders: Connection, number: int, port: int, path: str, core: set[int]) -> None:
    """A process that has ``number`` pages open; tells when they are, and what came when asked."""
    pin(core)
    asyncio.run(_read(orders, number, port, path))


async def _read(orders: Connection, number: int, port: int, path: str) -> None:
    loop = asyncio.get_running_loop()
    pages = [Page(path, f"127.0.0.1:{port}", reads=n >= min(SLOW, number // 10)) for n in range(number)]
    for n, page in enumerate(pages):
        source = (f"127.0.1.{1 + n // PER_ADDRESS}", 0)
        await loop.create_connection(lambda page=page: page, "127.0.0.1", port, local_addr=source)  # type: ignore[misc]
        if n % 50 == 49:
            await asyncio.sleep(0.02)
    while not all(page.greeted for page in pages):
        await asyncio.sleep(0.05)
    orders.send("open")
    await loop.run_in_executor(None, orders.recv)
    orders.send([(page.reads, page.lost, page.came) for page in pages])
    for page in pages:
        page.transport.abort()


def memory(server: Server) -> int:
    """Bytes of the process that holds the pages."""
    found = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(server.process.pid)], capture_output=True, text=True, check=True
    )
    return max(int(line) for line in found.stdout.split()) * 1024


def measure(
    number: int, posts: int, server: Server, path: str, story_id: int, core: set[int]
) -> tuple[list[float], int, int, float]:
    """Have ``number`` pages open and post; return each page's waiting times in seconds, the bytes before and with them, and
    the processor seconds of the web process.

    Raises:
        SystemExit: a page missed a version, had one twice or lost its connection.
    """
    from django.utils import timezone

    from articles import posting
    from newsroom.accounts.models import Person
    from newsroom.demo import content

    before = memory(server)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=readers, args=(theirs, number, server.port, path, core)
    )
    process.start()
    with closing(ours):
        assert ours.recv() == "open"
        with_them = memory(server)
        editor = Person.objects.get(name=next(name for role, name, _ in content.PEOPLE if role == "editor"))
        cost, began = server.cpu_seconds(), []
        for n in range(posts):
            began.append(time.monotonic())
            posting.post(
                story_id=story_id, person=editor, words=f"{n}. {'What is seen at the gate. ' * 12}", at=timezone.now()
            )
            time.sleep(PAUSE)
        cost = server.cpu_seconds() - cost
        time.sleep(7)  # a sweep and more: what was lost would come only now
        ours.send("enough")
        found = ours.recv()
    process.join()
    waits = []
    versions: list[int] | None = None
    for reads, lost, came in found:
        if not reads:
            continue
        mine = [version for version, _ in came]
        versions = versions or mine
        if lost or mine != versions or len(mine) != posts or any(b != a + 1 for a, b in pairwise(mine)):
            raise SystemExit(f"A page had the versions {mine}, another {versions} of {posts} posts; lost: {lost}")
        waits += [at - start for (_, at), start in zip(came, began, strict=True)]
    return waits, before, with_them, cost


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < PAGES + 200:
        raise SystemExit(f"This machine lets a process have {hard} files open; {PAGES} pages need {PAGES + 200}.")
    serving, loading = cores()
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        port = held.enter_context(newsroom("bench_live", folder))
        from django.db import connections

        environment = dict(os.environ)
        with (folder / "worker.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "newsroom.celery", "worker", "--concurrency", "2", "--loglevel",
                 "WARNING", "--without-gossip", "--without-mingle"],
                cwd=REPOSITORY, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        held.callback(worker.wait)
        held.callback(worker.terminate)
        server = held.enter_context(
            granian("newsroom.asgi:application", core=serving, environment=environment, log=folder / "web.log", port=port,
                    more=("--backpressure", str(PAGES + 1000)))
        )  # fmt: skip
        section, slug = publish(os.environ["ORIGIN"]).strip("/").split("/")
        from articles.models import Story
        from newsroom.live import following

        story = Story.objects.get(section__slug=section, slug=slug)
        topic = f"story:{story.pk}"
        results = {}
        for number in (FEW, PAGES):
            followed = following.look(topic)
            assert followed is not None
            path = f"/live/story/{story.pk}/events/?at={followed.digest}"
            results[number] = measure(number, POSTS, server, path, story.pk, loading)
            waits = results[number][0]
            cuts = statistics.quantiles(waits, n=100)
            print(
                f"{number} open pages, {POSTS} posts: median {statistics.median(waits) * 1000:.0f} ms, "
                f"p99 {cuts[98] * 1000:.0f} ms, latest {max(waits) * 1000:.0f} ms; every page had every version once"
            )
        connections.close_all()
        p99 = {number: statistics.quantiles(waits, n=100)[98] for number, (waits, *_) in results.items()}
        _, before, with_them, cost = results[PAGES]
        print(f"memory: {before / 1e6:.0f} MB without them, {with_them / 1e6:.0f} MB with {PAGES} pages")
        print(f"figure: live_cpu_per_delivery = {cost / POSTS / PAGES * 1e6:.0f} µs")
        print(f"figure: memory_per_open_page = {(with_them - before) / PAGES / 1000:.1f} kB")
        print(f"figure: publish_to_page_p99_vs_{FEW}_pages = {p99[PAGES] / p99[FEW]:.2f} ratio")
        print(f"figure: publish_to_page_p99_ms = {p99[PAGES] * 1000:.0f} ms")
        if p99[PAGES] >= MOST:
            raise SystemExit(f"One page in a hundred waits for {MOST:.0f} s or more.")


if __name__ == "__main__":
    main()
