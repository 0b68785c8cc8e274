"""The demo's story page from the page cache, beside a granian application that returns the same bytes from a dict, and
nginx giving them as a file where Debian's is installed.

``python -m tests.benchmarks.story_vs_dict``: one core for the server, another for the load, alternating runs, the
median of five. Uses DATABASE_URL and REDIS_URL where they are set, else servers of its own; the story stands in a
database that is made for it and taken away again.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import nginx
from tests.benchmarks.demo_story import newsroom, publish
from tests.benchmarks.loading import have_wrk, load
from tests.benchmarks.serving import Server, cores, granian, pin

RUNS = 5
SECONDS = 3.0
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9",
}


def fetch(server: Server, path: str, host: str) -> http.client.HTTPResponse:
    """Ask for the page once, as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers=BROWSER | {"Host": host})
    return connection.getresponse()


def measure(server: Server, path: str, host: str, core: set[int], seconds: float) -> tuple[float, float]:
    """Return requests per second and processor microseconds per request."""
    before = server.cpu_seconds()
    rate = load(server.port, path, BROWSER, seconds=seconds, host=host, core=core)
    return rate, (server.cpu_seconds() - before) / (rate * seconds) * 1e6


def main() -> None:
    serving, loading = cores()
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        with (folder / "apt.log").open("w") as log:
            have_wrk(log)  # first: whoever has none need not wait for the servers
        port = held.enter_context(newsroom("bench_story", folder))
        from django.db import connections

        environment = dict(os.environ)
        ours = held.enter_context(
            granian(
                "newsroom.asgi:application", core=serving, environment=environment, log=folder / "ours.log", port=port
            )
        )
        path, host = publish(os.environ["ORIGIN"]), f"127.0.0.1:{port}"
        connections.close_all()
        for _ in range(3):
            answer = fetch(ours, path, host)
            body = answer.read()
        if answer.status != 200 or not answer.headers["Surrogate-Key"]:
            raise SystemExit(f"{path} is not served from the page cache: {answer.status} {answer.headers}")
        kept = folder / "page.json"
        names = [(name, value) for name, value in answer.getheaders() if name.lower() not in {"date", "server"}]
        kept.write_text(json.dumps({"path": path, "headers": names, "body": base64.b64encode(body).decode()}))
        plain = held.enter_context(
            granian(
                "tests.benchmarks.dict_app:application",
                core=serving,
                environment=environment | {"BENCH_PAGE": str(kept)},
                log=folder / "dict.log",
            )
        )
        pairs = {"page cache": ours, "dict": plain}
        if nginx.there():
            given = {name.lower(): value for name, value in names}
            pairs["nginx"] = held.enter_context(nginx.nginx(body, given, core=serving, folder=folder))
        else:
            print("There is no nginx here: nothing is compared with it. On Debian apt-get install nginx brings it.")
        for name, server in pairs.items():
            again = fetch(server, path, host)
            if again.read() != body or again.headers["Content-Encoding"] != answer.headers["Content-Encoding"]:
                raise SystemExit(f"{name} does not answer the same bytes.")

        pin(loading)
        for server in pairs.values():
            measure(server, path, host, loading, 1.0)  # warm
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
        for run in range(RUNS):
            for name in sorted(pairs, reverse=bool(run % 2)):  # neither always goes first
                figures[name].append(measure(pairs[name], path, host, loading, SECONDS))
        print(
            f"{path}: {len(body):,} bytes ({answer.headers['Content-Encoding'] or 'identity'}), one core, median of {RUNS}"
        )
        rates = {name: statistics.median(rate for rate, _ in runs) for name, runs in figures.items()}
        costs = {name: statistics.median(cost for _, cost in runs) for name, runs in figures.items()}
        for name in pairs:
            print(f"{name}: {rates[name]:,.0f} requests a second, {costs[name]:.1f} µs of processor time each")
        print(f"figure: story_page_rate = {rates['page cache']:.0f} requests/s")
        print(f"figure: dict_rate = {rates['dict']:.0f} requests/s")
        if "nginx" in rates:
            print(f"figure: nginx_rate = {rates['nginx']:.0f} requests/s")
            print(f"figure: story_vs_nginx = {rates['page cache'] / rates['nginx']:.3f} ratio")
        print(f"figure: story_vs_dict = {rates['page cache'] / rates['dict']:.3f} ratio")
        least = {"dict": 0.8, "nginx": 0.3}
        if slow := [name for name in rates if rates["page cache"] < least.get(name, 0) * rates[name]]:
            raise SystemExit(f"Less than it should be, beside {' and '.join(slow)}: {least}.")


if __name__ == "__main__":
    main()
