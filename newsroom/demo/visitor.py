"""Somebody at a browser, for the demo's steps: keeps cookies, sends forms, reads pages. Standard library only."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

PATIENCE = 20.0  # seconds for a site that is just being started again


@dataclass(frozen=True)
class Answer:
    """What the site said. ``url`` is where the answer came from after redirects."""

    status: int
    url: str
    text: str
    headers: dict[str, str]
    body: bytes = b""

    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.text)
        return found


class Visitor:
    """One person's browser.

    Args:
        origin: the site's address without a slash at the end.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        ).open

    def get(self, path: str, **headers: str) -> Answer:
        return self._send(urllib.request.Request(self._url(path), headers=headers))

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]] | None = None, **headers: str) -> Answer:
        """Send a form, with the cookie's token where there is one."""
        body = urllib.parse.urlencode(fields or {}).encode()
        return self._send(urllib.request.Request(self._url(path), body, self._headers(headers), method="POST"))

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.origin + path

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        headers = {"Referer": self.origin + "/", "Origin": self.origin} | more
        for cookie in self.jar:
            if cookie.name == "csrftoken":
                headers["X-CSRFToken"] = cookie.value or ""
        return headers

    def _send(self, request: urllib.request.Request) -> Answer:
        """Send it, again while nobody listens; a page also when the line broke under it, a form never.

        Raises:
            OSError: nobody answers, or the line broke while a form was under way: nobody knows whether it was taken.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._once(request)
            except (OSError, http.client.HTTPException) as error:
                refused = isinstance(getattr(error, "reason", error), ConnectionRefusedError)
                if time.monotonic() >= deadline or not (refused or request.get_method() == "GET"):
                    where = f"{request.get_method()} {request.selector}"
                    raise ConnectionError(f"{where}: {getattr(error, 'reason', error)}") from error
            time.sleep(0.1)

    def _once(self, request: urllib.request.Request) -> Answer:
        try:
            with self._open(request, timeout=30) as response:
                return self._answer(response.status, response)
        except urllib.error.HTTPError as error:
            with error:
                return self._answer(error.code, error)

    @staticmethod
    def _answer(status: int, response: object) -> Answer:
        body: bytes = response.read()  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in response.headers.items()}  # type: ignore[attr-defined]
        return Answer(status, response.geturl(), body.decode("utf-8", "replace"), headers, body)  # type: ignore[attr-defined]
