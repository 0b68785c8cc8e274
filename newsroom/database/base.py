"""The engine itself; Django finds it by this module's name."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from newsroom.database.keeping import kept


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes a kept connection where there is one, and gives its own back instead of closing it.

    ``IDLE`` in the database's settings says how many this process keeps at most; 0 keeps none.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        found = kept.take(self._server(conn_params))
        if found is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return found

    def _close(self) -> None:
        # One that failed, or is left inside a transaction, is not looked into any further: it goes.
        sound = self.connection is not None and not (self.errors_occurred or self.in_atomic_block)
        if sound and kept.give(
            self._server(self.get_connection_params()), self.connection, most=self.settings_dict.get("IDLE", 0)
        ):
            return
        super()._close()  # type: ignore[misc]

    @staticmethod
    def _server(parameters: dict[str, Any]) -> Hashable:
        return tuple(sorted((name, str(value)) for name, value in parameters.items()))
