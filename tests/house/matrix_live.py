"""What open pages ask for: open to everybody, as the pages are."""

from __future__ import annotations

from typing import Any

from tests.house.matrix import EVERYBODY, Row


def _story() -> dict[str, Any]:
    from tests.factories.articles import published_story

    return {"kind": "story", "number": published_story().pk}


MATRIX: dict[str, Row] = {
    "live:state": Row(kwargs=_story, allow=EVERYBODY),
    "live:events": Row(kwargs=_story, allow=EVERYBODY, status=204),  # the stream itself is held before Django
}
