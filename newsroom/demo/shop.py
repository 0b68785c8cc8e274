"""The demo's shop: real pages on this machine that the recheck of prices reads, each with another fate.

python -m newsroom.demo.shop --port 8090
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAME = "Castle Hill Outfitters"
MICRODATA, JSON_LD, GONE, AWAY = "microdata", "json-ld", "gone", "away"


@dataclass(frozen=True, kw_only=True)
class Article:
    """What the shop sells at ``/<path>/``, and what the library thought it costs.

    price: what the page says now. library: what is entered when the demo begins; both in pounds. told: how the page
    says it, or GONE (410), or AWAY (it leads to the front page). here: whether it is in stock.
    """

    path: str
    maker: str
    title: str
    price: str
    library: str
    told: str = JSON_LD
    here: bool = True
    blurb: str = ""


ARTICLES = (
    Article(path="waxed-coat", maker="Harrow & Vale", title="Waxed walking coat", price="245.00", library="245.00",
            blurb="Cut long enough for a wet avenue, with a collar that stands up by itself."),
    Article(path="wide-hat", maker="Brim & Daughters", title="Wide straw hat", price="64.00", library="64.00",
            told=MICRODATA, blurb="Blocked warm, left for a week, and sat upon once."),
    Article(path="boots", maker="Fell Makers", title="Long boots", price="185.40", library="180.00",
            blurb="Three per cent dearer than last week: taken by itself."),
    Article(path="picnic-rug", maker="Penrose Mill", title="Picnic rug", price="85.00", library="50.00",
            blurb="Seventy per cent dearer overnight: a person looks first."),
    Article(path="scarf", maker="Penrose Mill", title="Lambswool scarf", price="38.00", library="38.00", here=False,
            blurb="Out of stock when we last looked."),
    Article(path="umbrella", maker="Rain & Sons", title="Walking umbrella", price="72.00", library="72.00", told=GONE,
            blurb="The shop has taken its page down."),
    Article(path="gloves", maker="Fell Makers", title="Driving gloves", price="55.00", library="55.00", told=AWAY,
            blurb="Its old link leads to the front page."),
)  # fmt: skip


def page(path: str) -> tuple[int, dict[str, str], str]:
    """What the shop answers: status, headers, HTML."""
    found = next((one for one in ARTICLES if path == f"/{one.path}/"), None)
    if path == "/":
        rows = "".join(f'<li><a href="/{one.path}/">{escape(one.maker)} {escape(one.title)}</a>' for one in ARTICLES)
        return 200, {}, _html(NAME, f"<p>A shop for trying out. It sells nothing.</p><ul>{rows}</ul>")
    if found is None or found.told == GONE:
        return 410 if found else 404, {}, _html("Gone", '<p>There is no such page. <a href="/">To the shop</a></p>')
    if found.told == AWAY:
        return 301, {"Location": "/"}, ""
    return 200, {}, _html(f"{found.maker} {found.title}", _offer(found))


def _offer(article: Article) -> str:
    stock = f"https://schema.org/{'InStock' if article.here else 'OutOfStock'}"
    words = "In stock" if article.here else "Out of stock"
    if article.told == MICRODATA:
        return (
            '<div itemscope itemtype="https://schema.org/Product"><p itemprop="name">'
            f"{escape(article.title)}</p><div itemprop='offers' itemscope itemtype='https://schema.org/Offer'>"
            f'<p>£<span itemprop="price">{article.price}</span></p><meta itemprop="priceCurrency" content="GBP">'
            f'<link itemprop="availability" href="{stock}"><p>{words}</p></div></div>'
        )
    told = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": article.title,
        "brand": article.maker,
        "offers": {"@type": "Offer", "price": article.price, "priceCurrency": "GBP", "availability": stock},
    }
    data = json.dumps(told).replace("<", "\\u003c")
    return f'<p>£{article.price}</p><p>{words}</p><script type="application/ld+json">{data}</script>'


def _html(title: str, inside: str) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1>{inside}"
    )


class Counter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, html = page(self.path.partition("?")[0])
        body = html.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *rest: Any) -> None:
        """Nothing: each look of the recheck would be a line."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Counter)
    server.daemon_threads = True
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread: it waits until the loop below has ended.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(0.05)
    server.server_close()


if __name__ == "__main__":
    main()
