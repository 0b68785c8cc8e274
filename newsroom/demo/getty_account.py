"""What the demo's Getty Images says to a partner's account: changes of pictures by channel, and uses that are reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

MOST_USES, MOST_CHANGES = 1000, 2200
CHANNEL = 4711


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    kind: str = "application/json; charset=utf-8"


def told(status: int, said: Any) -> Reply:
    return Reply(status, json.dumps(said).encode())


@dataclass
class Account:
    """changes: what waits in the channel, the oldest first. given: change sets that nobody confirmed yet. batches: the uses
    that were reported, by the number of their report."""

    knows: Callable[[str], bool]
    channels: tuple[int, ...] = (CHANNEL,)
    changes: list[dict[str, Any]] = field(default_factory=list)
    given: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    batches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def change(self, number: str, lifecycle: str) -> None:
        self.changes.append(
            {
                "id": number,
                "asset_type": "Image",
                "asset_lifecycle": lifecycle,
                "asset_changed_utc_datetime": datetime.now(UTC).isoformat(),
                "uri": None,
            }
        )

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Reply | None:
        """What is answered to a request about the account; None for any other."""
        if (method, path) == ("GET", "/v3/asset-changes/channels"):
            rows = [{"channel_id": one, "asset_family": "editorial"} for one in self.channels]
            return told(200, {"channels": rows})
        if (method, path) == ("PUT", "/v3/asset-changes/change-sets"):
            return self._changes(query)
        if method == "DELETE" and path.startswith("/v3/asset-changes/change-sets/"):
            return self._confirm(path.removeprefix("/v3/asset-changes/change-sets/"))
        if method == "PUT" and path.startswith("/v3/usage-batches/"):
            return self._uses(path.removeprefix("/v3/usage-batches/"), body)
        return None

    def _changes(self, query: dict[str, str]) -> Reply:
        channel, size = query.get("channel_id", ""), query.get("batch_size", str(MOST_CHANGES))
        if not (channel.isdigit() and int(channel) in self.channels and size.isdigit()):
            return told(400, {"ErrorCode": "InvalidParameterValue", "ErrorMessage": "channel_id or batch_size"})
        # What nobody confirmed is given out again, as it was.
        if not self.given and self.changes:
            most = min(int(size), MOST_CHANGES)
            number = str(9_000_000 + len(self.confirmed))
            self.given[number], self.changes = self.changes[:most], self.changes[most:]
        number, rows = next(iter(self.given.items()), ("", []))
        return told(200, {"change_set_id": number, "changed_assets": rows})

    def _confirm(self, number: str) -> Reply:
        if number not in self.given:
            return told(404, {"ErrorCode": "ChangeSetNotFound", "ErrorMessage": "Change set not found."})
        del self.given[number]
        self.confirmed.append(number)
        return Reply(204, b"")

    def _uses(self, number: str, body: bytes) -> Reply:
        try:
            number = str(UUID(number))
            uses = json.loads(body)["asset_usages"]
            days = [date.fromisoformat(use["usage_date"]) for use in uses]
        except (ValueError, KeyError, TypeError):
            return told(400, {"ErrorCode": "InvalidRequest", "ErrorMessage": "asset_usages"})
        if number in self.batches:
            return told(409, {"ErrorCode": "DuplicateBatch", "ErrorMessage": "This batch was reported before."})
        if not 0 < len(days) <= MOST_USES:
            return told(400, {"ErrorCode": "TooManyUsages", "ErrorMessage": "At most 1000."})
        unknown = sorted({use["asset_id"] for use in uses if not self.knows(use["asset_id"])})
        if unknown:
            return told(400, {"invalid_assets": unknown, "total_asset_usages_processed": 0})
        self.batches[number] = uses
        return told(201, {"invalid_assets": [], "total_asset_usages_processed": len(uses)})
