"""Waking a task once the transaction is committed. A bell that nobody hears costs seconds, never an effect."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)

QUIET = 2.0  # seconds without another try after the broker was found away: the sweeps come as often anyway
FAREWELL = 1.0  # seconds that an ending process waits for its last bells
EXPIRES = 60  # seconds; bells that piled up while no worker ran would otherwise all be answered one by one


class _Bell:
    """The commit hook of one task name; equal to another of the same name, so that a transaction rings once."""

    def __init__(self, task: str) -> None:
        self.task = task

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bell) and other.task == self.task

    def __hash__(self) -> int:
        return hash(self.task)

    def __call__(self) -> None:
        ring(self.task)


class _Ringer:
    """A thread that talks to the broker, so that a request never waits for one that is away (six seconds, measured)."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._wanted: dict[str, None] = {}
        self._change = threading.Condition()
        self._busy = False
        self._quiet_until = 0.0
        threading.Thread(target=self._work, name="outbox-doorbell", daemon=True).start()

    def want(self, task: str) -> None:
        with self._change:
            self._wanted[task] = None  # bells that wait are one bell
            self._change.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until all bells were rung or given up; say whether they were."""
        with self._change:
            return self._change.wait_for(lambda: not self._wanted and not self._busy, seconds)

    def _work(self) -> None:
        while True:
            with self._change:
                self._busy = False
                self._change.notify_all()
                self._change.wait_for(lambda: self._wanted)
                tasks, self._wanted, self._busy = list(self._wanted), {}, True
            for task in tasks:
                self._send(task)

    def _send(self, task: str) -> None:
        if time.monotonic() < self._quiet_until:
            return
        try:
            current_app.send_task(task, ignore_result=True, retry=False, expires=EXPIRES)
        except (KombuError, OSError) as error:
            self._quiet_until = time.monotonic() + QUIET
            log.warning("The broker is away (%s); %s waits for the next sweep.", error, task)
        except Exception:
            # Whatever it is, the thread must live, or no bell would ring again in this process.
            log.exception("%s could not be woken.", task)


_ringer: _Ringer | None = None
_making = threading.Lock()


def ring_on_commit(task: str) -> None:
    """Wake the Celery task of this name after the current transaction, once however often it is asked.

    Outside a transaction it rings at once. Rolled back: it does not ring.
    """
    connection = transaction.get_connection()
    bell = _Bell(task)
    if connection.in_atomic_block and any(hook[1] == bell for hook in connection.run_on_commit):
        return
    transaction.on_commit(bell, robust=True)


def ring(task: str) -> None:
    """Have the task's message sent soon. Neither waits nor raises; a broker that is away is logged."""
    global _ringer
    with _making:
        if _ringer is None or _ringer.pid != os.getpid():  # a forked process has no thread of its parent's
            _ringer = _Ringer()
        ringer = _ringer
    ringer.want(task)


def wait_until_rung(seconds: float = FAREWELL) -> bool:
    """Wait until this process has no bell left to ring; say whether that was so in time."""
    return _ringer is None or _ringer.pid != os.getpid() or _ringer.wait(seconds)


# A command that commits and ends would take its bell along.
atexit.register(wait_until_rung)
