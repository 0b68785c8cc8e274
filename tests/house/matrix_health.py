"""What a monitor asks: open to everybody."""

from __future__ import annotations

from tests.house.matrix import EVERYBODY, Row

MATRIX = {"health": Row(allow=EVERYBODY, status=200)}
