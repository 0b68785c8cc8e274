from __future__ import annotations

from typing import Any

from tests.house.matrix import Row
from tests.undelivered.waiting import failed_work, uncertain_letter

ADMINISTRATOR = {"administrator"}


def work() -> dict[str, Any]:
    return {"pk": failed_work().pk}


def letter() -> dict[str, Any]:
    return {"pk": uncertain_letter().pk}


MATRIX = {
    "undelivered:undelivered": Row(allow=ADMINISTRATOR),
    "undelivered:try-again": Row(kwargs=work, method="POST", allow=ADMINISTRATOR, status=302),
    "undelivered:try-all-again": Row(method="POST", allow=ADMINISTRATOR, status=302),
    "undelivered:give-up": Row(
        kwargs=work, method="POST", both=True, data={"reason": "The page is gone."}, allow=ADMINISTRATOR, status=302
    ),
    "undelivered:send-again": Row(kwargs=letter, method="POST", allow=ADMINISTRATOR, status=302),
    "undelivered:arrived": Row(kwargs=letter, method="POST", allow=ADMINISTRATOR, status=302),
}
