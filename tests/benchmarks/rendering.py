"""What it costs to put the demo's story page together when it is not kept: processor time, beside the same page with all
its SQL made anew, by turns; then with all that is around it, from the ASGI request to the page packed and kept.

``python -m tests.benchmarks.rendering``. Only this process's time counts, not PostgreSQL's. What else a machine does makes
a page cost more processor time, never less (caches, a core shared by two threads): so the figure is the median of the
round that was disturbed least. The median of all is printed beside it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.demo_story import newsroom, publish
from tests.benchmarks.serving import granian

ROUNDS, RUNS = 7, 20
MOST = 10.0  # milliseconds


def main() -> None:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        port = held.enter_context(newsroom("bench_render", folder))
        environment = dict(os.environ)
        log = folder / "site.log"
        with granian("newsroom.asgi:application", core=set(), environment=environment, log=log, port=port):
            path = publish(os.environ["ORIGIN"])
        measure(path)


def measure(path: str) -> None:
    from django.test import RequestFactory

    from articles.reader import views
    from newsroom.prepared import Prepared

    _, section, slug, _ = path.split("/")
    asked = RequestFactory().get(path)

    def render() -> bytes:
        return views.story(asked, section, slug).content

    def anew(self: Prepared[Any], **values: Any) -> list[Any]:
        return list(self._build(**values))

    kept = Prepared.__call__
    ways: dict[str, Any] = {"prepared": kept, "anew": anew}
    took: dict[str, list[list[float]]] = {name: [] for name in ways}
    said = set()
    for turn in range(ROUNDS + 1):  # the first warms up
        for name in sorted(ways, reverse=bool(turn % 2)):
            Prepared.__call__ = ways[name]  # type: ignore[method-assign]
            took[name].append([])
            for _ in range(RUNS):
                began = time.process_time()
                said.add(render())
                took[name][-1].append((time.process_time() - began) * 1000)
    Prepared.__call__ = kept  # type: ignore[method-assign]
    if len(said) != 1:
        raise SystemExit("The two ways do not write the same page.")
    known: dict[str, bool] = {}  # on which routes there are pages: a process learns it once
    whole = [with_all_around(path, known) for _ in range(ROUNDS * RUNS)]
    cost = {name: min(statistics.median(times) for times in rounds[1:]) for name, rounds in took.items()}
    usual = statistics.median(each for times in took["prepared"][1:] for each in times)
    print(f"{path}: {len(said.pop()):,} bytes, best of {ROUNDS} rounds of {RUNS}; median of all {usual:.1f} ms")
    print(f"figure: render_cpu_ms = {cost['prepared']:.1f} ms")
    print(f"figure: render_and_keep_cpu_ms = {statistics.median(whole[RUNS:]):.1f} ms")
    print(f"figure: render_vs_sql_made_anew = {cost['prepared'] / cost['anew']:.3f} ratio")
    if cost["prepared"] > MOST:
        raise SystemExit(f"A page that is not kept costs more than {MOST:.0f} ms of processor time.")


def with_all_around(path: str, known: dict[str, bool]) -> float:
    """Milliseconds for a process that has nothing in its memory and finds nothing in Redis."""
    from tests import valkey
    from tests.pagecache import visiting

    valkey.emptied()
    app = visiting.process()
    app.routes.known = known

    async def ask() -> float:
        began = time.process_time()
        answer = await visiting.get(app, path, host=urlsplit(os.environ["ORIGIN"]).netloc, accept_encoding="br")
        took = (time.process_time() - began) * 1000
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}.")
        return took

    return asyncio.run(ask())


if __name__ == "__main__":
    main()
