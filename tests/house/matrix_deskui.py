from __future__ import annotations

from tests.house.matrix import STAFF, Row

MATRIX = {
    "deskui:find": Row(data={"q": "windsor"}, allow=STAFF),
    "deskui:help": Row(allow=STAFF),
}
