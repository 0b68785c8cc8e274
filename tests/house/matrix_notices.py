"""Notices: everybody at the desk has their own, and only those."""

from __future__ import annotations

from tests.house.matrix import STAFF, Row

MATRIX = {
    "notices:notices": Row(allow=STAFF),
    "notices:read-all": Row(method="POST", data={"up_to": "1"}, allow=STAFF, status=302),
    "notices:preferences": Row(method="POST", both=True, data={}, allow=STAFF, status=302),
    # The one in the matrix is nobody's: each is answered that there is no such notice of theirs.
    "notices:read": Row(kwargs={"pk": 1}, method="POST", allow=STAFF, status=404),
}
