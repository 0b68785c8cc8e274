"""The demo's inbox: everybody may read it, on this machine alone, and only where the demo runs."""

from __future__ import annotations

from typing import Any

from tests.factories.demo import letter
from tests.house.matrix import EVERYBODY, Row


def _letter() -> dict[str, Any]:
    return {"name": letter()}


MATRIX: dict[str, Row] = {
    "demo:inbox": Row(allow=EVERYBODY),
    "demo:letter": Row(kwargs=_letter, allow=EVERYBODY),
    "demo:formatted": Row(kwargs=_letter, allow=EVERYBODY),
}
