from __future__ import annotations

from tests.house.matrix import STAFF, Row

MATRIX = {
    "deskui:start": Row(allow=STAFF, status=302),
    "deskui:find": Row(data={"q": "windsor"}, allow=STAFF),
    "deskui:help": Row(allow=STAFF),
}
