"""The demo's Getty Images: API v3 as Getty documents it, for the calls that the desk makes, with pictures drawn here.

python -m newsroom.demo.getty --port 8091
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .getty_account import Account, Reply, told
from .getty_files import dressed

KEY, SECRET = "demo-key", "demo-secret"
LASTS = 1800
THUMBNAIL = 170  # pixels, the longer side


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture of the agency's."""

    id: str
    title: str
    caption: str
    artist: str
    scene: str
    created: str
    partner: str = ""
    restrictions: tuple[str, ...] = ()
    call: bool = False

    @property
    def credit(self) -> str:
        return (
            f"{self.artist}/{self.partner} via Getty Images" if self.partner else f"Photo by {self.artist}/Getty Images"
        )


PICTURES = (
    Shown(id="1690000101", title="The Long Walk at dusk", artist="Anna Meyer", scene="avenue",
          caption="WINDSOR, ENGLAND: The Long Walk leads to the castle at dusk.", created="2025-09-08T18:42:00-00:00"),
    Shown(id="1690000102", title="Garden party at the castle", artist="Tom Okafor", scene="garden",
          caption="WINDSOR, ENGLAND: The borders are ready for the garden party.", created="2025-07-02T14:10:00-00:00",
          restrictions=("Editorial use only.", "No use in print before 1 October 2025.")),
    Shown(id="1690000103", title="St George’s Chapel before the service", artist="Ines Varga", scene="chapel",
          caption="WINDSOR, ENGLAND: Light falls through the chapel’s windows.", created="2025-04-20T08:15:00-00:00",
          partner="Royal Pictures"),
    Shown(id="1690000104", title="State banquet in St George’s Hall", artist="Anna Meyer", scene="banquet",
          caption="WINDSOR, ENGLAND: The table is laid for the state banquet.", created="2025-09-17T19:05:00-00:00",
          restrictions=("Not for commercial use.",), call=True),
    Shown(id="1690000105", title="Hats at the races", artist="Joe Lindqvist", scene="hat",
          caption="ASCOT, ENGLAND: A hat in the royal enclosure.", created="2025-06-19T12:30:00-00:00"),
    Shown(id="1690000106", title="The palace gates", artist="Ines Varga", scene="gates",
          caption="LONDON, ENGLAND: The gates are closed for the change of the guard.", created="2025-05-11T10:00:00-00:00"),
    Shown(id="1690000107", title="Morning on the lake", artist="Tom Okafor", scene="lake",
          caption="BALMORAL, SCOTLAND: Morning on the lake before the family arrives.", created="2025-08-15T06:20:00-00:00"),
)  # fmt: skip


UNAUTHORIZED = told(401, {"message": "Unauthorized"})
TOO_MANY = told(429, {"message": "Account Over Queries Per Second Limit"})  # with no Retry-After, as Getty does
USED_UP = told(403, {"ErrorCode": "OverageLimitReached", "ErrorMessage": "The overage limit was reached."})


@dataclass
class Agency:
    """What the agency has and allows. faults: answered in place of the call whose path begins so. asked: every call.

    limit: downloads of the agreement. per_second: calls. note, codes: what a download needs. draw: a scene's JPEG.
    """

    draw: Callable[[str], bytes]
    pictures: list[Shown] = field(default_factory=lambda: list(PICTURES))
    limit: int = 40
    per_second: int = 50
    lasts: int = LASTS
    note: bool = False
    codes: tuple[str, ...] = ()
    faults: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    tokens: dict[str, float] = field(default_factory=dict)
    granted: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, bytes] = field(default_factory=dict)
    lately: deque[float] = field(default_factory=deque)
    numbers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # It knows a use of what it has taken back since.
        self.numbers |= {one.id for one in self.pictures}
        self.account = Account(knows=lambda number: number in self.numbers or self._found(number) is not None)

    def take_back(self, number: str) -> None:
        """Delete a picture: nobody finds it any more, and every partner is told to remove it."""
        self.pictures = [one for one in self.pictures if one.id != number]
        self.account.change(number, "Delete")

    def answer(self, method: str, address: str, headers: dict[str, str], body: bytes, origin: str) -> Reply:
        """What is answered to one request."""
        parts = urlsplit(address)
        path, query = parts.path, {name: values[-1] for name, values in parse_qs(parts.query).items()}
        given = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        self.asked.append((method, path, query))
        if fault := next((one for start, one in self.faults.items() if path.startswith(start)), None):
            return fault
        if path.startswith("/files/"):
            return self._file(path.removeprefix("/files/"), query)
        if self._too_often():
            return TOO_MANY
        if (method, path) == ("POST", "/oauth2/token"):
            return self._token(given)
        if headers.get("api-key") != KEY or not self._knows(headers.get("authorization", "")):
            return UNAUTHORIZED
        if (method, path) == ("GET", "/v3/search/images/editorial"):
            return self._search(query, origin)
        if (method, path) == ("GET", "/v3/products"):
            return self._products(query)
        if method == "GET" and path.startswith("/v3/images/"):
            return self._image(path.removeprefix("/v3/images/"), query, origin)
        if method == "POST" and path.startswith("/v3/downloads/images/"):
            return self._download(path.removeprefix("/v3/downloads/images/"), query, body, origin)
        return self.account.answer(method, path, query, body) or told(404, {"message": "Not Found"})

    def _too_often(self) -> bool:
        now = time.monotonic()
        while self.lately and self.lately[0] < now - 1:
            self.lately.popleft()
        self.lately.append(now)
        return len(self.lately) > self.per_second

    def _token(self, given: dict[str, str]) -> Reply:
        if given != {"grant_type": "client_credentials", "client_id": KEY, "client_secret": SECRET}:
            return told(401, {"error": "invalid_client"})
        token = secrets.token_hex(16)
        self.tokens[token] = time.monotonic() + self.lasts
        return told(200, {"access_token": token, "token_type": "Bearer", "expires_in": str(self.lasts)})

    def _knows(self, authorization: str) -> bool:
        return time.monotonic() < self.tokens.get(authorization.removeprefix("Bearer "), 0.0)

    def _found(self, number: str) -> Shown | None:
        return next((one for one in self.pictures if one.id == number), None)

    def _search(self, query: dict[str, str], origin: str) -> Reply:
        words = query.get("phrase", "").casefold().split()
        page, size = query.get("page", "1"), query.get("page_size", "30")
        if not (page.isdigit() and size.isdigit() and int(page) and 1 <= int(size) <= 100):
            return told(400, {"ErrorCode": "InvalidParameterValue", "ErrorMessage": "page or page_size"})
        found = [one for one in self.pictures if all(word in _text(one) for word in words)]
        if query.get("sort_order") == "newest":
            found.sort(key=lambda one: one.created, reverse=True)
        fields = set(query.get("fields", "id,title,caption").split(",")) - {"credit_line"}  # which no search returns
        start = (int(page) - 1) * int(size)
        rows = [_row(one, fields, origin) for one in found[start : start + int(size)]]
        return told(200, {"result_count": len(found), "images": rows})

    def _image(self, number: str, query: dict[str, str], origin: str) -> Reply:
        found = self._found(number)
        if found is None:
            return told(404, {"ErrorCode": "ImageNotFound", "ErrorMessage": "Image not found."})
        fields = set(query.get("fields", "id,title,caption").split(","))
        return told(200, {"images": [_row(found, fields, origin)], "images_not_found": []})

    def _products(self, query: dict[str, str]) -> Reply:
        product: dict[str, Any] = {
            "id": 7711,
            "type": "editorialsubscription",
            "name": "Editorial Subscription",
            "status": "active",
            "download_limit": self.limit,
            "downloads_remaining": max(0, self.limit - len(self.granted)),
            "overage": {"limit": 0, "count": 0, "remaining": 0, "overages_reached": False},
        }
        if "download_requirements" in query.get("fields", ""):
            asked = {"is_note_required": self.note, "is_project_code_required": bool(self.codes)}
            product["download_requirements"] = {**asked, "project_codes": list(self.codes)}
        return told(200, {"products": [{"id": 7700, "type": "easyaccess", "status": "active"}, product]})

    def _download(self, number: str, query: dict[str, str], body: bytes, origin: str) -> Reply:
        found = self._found(number)
        if found is None or found.call:
            return told(404, {"ErrorCode": "ImageNotFound", "ErrorMessage": "Image not found."})
        if query.get("product_type") != "editorialsubscription" or query.get("auto_download") != "false":
            return told(400, {"ErrorCode": "MissingRequiredQueryParameters", "ErrorMessage": "product_type"})
        said = json.loads(body or b"{}")
        if (self.note and not said.get("download_notes")) or (
            self.codes and said.get("project_code") not in self.codes
        ):
            return told(400, {"ErrorCode": "MissingRequiredParameters", "ErrorMessage": "download_notes, project_code"})
        if len(self.granted) >= self.limit:
            return USED_UP
        permission = secrets.token_hex(16)
        self.granted[permission] = number
        return told(200, {"uri": f"{origin}/files/{number}.jpg?permission={permission}"})

    def _file(self, name: str, query: dict[str, str]) -> Reply:
        number, _, way = name.removesuffix(".jpg").partition("-")
        found = self._found(number)
        if found is None or (way != "thumb" and self.granted.get(query.get("permission", "")) != number):
            return Reply(403, b"Forbidden", "text/plain")
        if found.scene not in self.drawn:
            self.drawn[found.scene] = self.draw(found.scene)
        if way == "thumb":
            return Reply(200, _small(self.drawn[found.scene]), "image/jpeg")
        file = dressed(
            self.drawn[found.scene],
            number=found.id,
            headline=found.title,
            caption=found.caption,
            artist=found.artist,
            instructions=" ".join(found.restrictions),
        )
        return Reply(200, file, "image/jpeg")


def _text(one: Shown) -> str:
    return f"{one.title} {one.caption} {one.artist}".casefold()


def _row(one: Shown, fields: set[str], origin: str) -> dict[str, Any]:
    """A picture with the fields that were asked for, as Getty names them."""
    whole = {
        "title": one.title,
        "caption": one.caption,
        "artist": one.artist,
        "credit_line": one.credit,
        "copyright": "Getty Images",
        "collection_code": "GEN",
        "collection_name": one.partner or "Getty Images News",
        "asset_family": "editorial",
        "license_model": "rightsmanaged",
        "call_for_image": one.call,
        "allowed_use": {
            "how_can_i_use_it": "Available for editorial use.",
            "release_info": "No release available.",
            "usage_restrictions": list(one.restrictions),
        },
        "date_created": one.created,
        "max_dimensions": {"width": 1920, "height": 1200},
    }
    row = {"id": one.id, **{name: value for name, value in whole.items() if name in fields}}
    if "thumb" in fields:
        row["display_sizes"] = [{"name": "thumb", "is_watermarked": False, "uri": f"{origin}/files/{one.id}-thumb.jpg"}]
    return row


def _small(data: bytes) -> bytes:
    from PIL import Image

    picture = Image.open(BytesIO(data))
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def open_for(agency: Agency, port: int) -> ThreadingHTTPServer:
    """Return a server that answers for this agency on a port of 127.0.0.1 (0: a free one); it does not run yet."""

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def do_PUT(self) -> None:
            self._answer("PUT")

        def do_DELETE(self) -> None:
            self._answer("DELETE")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            origin = f"http://{headers.get('host', '')}"
            reply = agency.answer(method, self.path, headers, body, origin)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *rest: Any) -> None:
            """Nothing: each look of the desk would be a line."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Counter)
    server.daemon_threads = True
    return server


def main() -> None:
    from .drawings import drawing

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    server = open_for(Agency(draw=drawing), parser.parse_args().port)
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread: it waits until the loop below has ended.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(0.05)
    server.server_close()


if __name__ == "__main__":
    main()
