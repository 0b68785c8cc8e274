"""The connections of this process that nobody uses at the moment."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Hashable

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extensions import connection as Connection

IDLE_SECONDS = 60.0


class Kept:
    """Connections that were given back, each as clean as a new one; safe in threads and across a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[Hashable, float, Connection]] = []
        os.register_at_fork(after_in_child=self._forked)

    def take(self, server: Hashable) -> Connection | None:
        """Return a connection to this server that answers, or None.

        Arguments:
            server: what the connection was made with: host, name, user, options.
        """
        gone: list[Connection] = []
        try:
            with self._lock:
                self._drop_old(gone)
                for place in reversed(range(len(self._idle))):  # the last one's catalogues are the freshest
                    if self._idle[place][0] != server:
                        continue
                    found = self._idle.pop(place)[2]
                    if _answers(found):
                        return found
                    gone.append(found)
            return None
        finally:
            _close(gone)

    def give(self, server: Hashable, connection: Connection, *, most: int) -> bool:
        """Keep this connection for who asks next.

        Arguments:
            most: how many are kept at most, of all servers together.

        Returns: False when it is not kept, and is still to be closed.
        """
        # Before the cleaning, which takes a round trip: where none are kept it would be for nothing.
        if most < 1 or not _cleaned(connection):
            return False
        gone: list[Connection] = []
        with self._lock:
            self._drop_old(gone)
            kept = len(self._idle) < most
            if kept:
                self._idle.append((server, time.monotonic(), connection))
        _close(gone)
        return kept

    def close(self) -> None:
        """Close them all, as before the database is dropped."""
        with self._lock:
            gone, self._idle = [connection for _, _, connection in self._idle], []
        _close(gone)

    def _drop_old(self, gone: list[Connection]) -> None:
        over = time.monotonic() - IDLE_SECONDS
        gone += [connection for _, since, connection in self._idle if since < over]
        self._idle = [one for one in self._idle if one[1] >= over]

    def _forked(self) -> None:
        # They are the parent's; psycopg2 ends none of them from another process than that which made it.
        self._lock, self._idle = threading.Lock(), []


def _answers(connection: Connection) -> bool:
    """Say whether the server still holds its end: what nobody asked for and can be read is its farewell."""
    if connection.closed:
        return False
    looked = select.poll()
    looked.register(connection.fileno(), select.POLLIN)
    return not looked.poll(0)


def _cleaned(connection: Connection) -> bool:
    """Take back what its user left: a transaction, locks, settings, prepared statements, temporary tables."""
    try:
        if connection.closed:
            return False
        if connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
            connection.rollback()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DISCARD ALL")
    except psycopg2.Error:
        return False
    return True


def _close(connections: list[Connection]) -> None:
    for connection in connections:
        connection.close()


kept = Kept()
