"""Waking a task once the transaction is committed. A bell that nobody hears costs seconds, never an effect."""

from __future__ import annotations

import logging
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)

QUIET = 2.0  # seconds without another try after the broker was found away: the sweeps come as often anyway
_quiet_until = 0.0


class _Ring:
    """The commit hook of one task name; equal to another of the same name, so that a transaction rings once."""

    def __init__(self, task: str) -> None:
        self.task = task

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ring) and other.task == self.task

    def __hash__(self) -> int:
        return hash(self.task)

    def __call__(self) -> None:
        ring(self.task)


def ring_on_commit(task: str) -> None:
    """Wake the Celery task of this name after the current transaction, once however often it is asked.

    Outside a transaction it rings at once. Rolled back: it does not ring.
    """
    connection = transaction.get_connection()
    bell = _Ring(task)
    if connection.in_atomic_block and any(hook[1] == bell for hook in connection.run_on_commit):
        return
    transaction.on_commit(bell, robust=True)


def ring(task: str) -> bool:
    """Send the task's message now. Return whether the broker took it; a broker that is away is logged, never raised."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        # expires: bells that piled up while no worker ran would otherwise all be answered one by one.
        current_app.send_task(task, ignore_result=True, retry=False, expires=60)
    except (KombuError, OSError, ConnectionError) as error:
        _quiet_until = time.monotonic() + QUIET
        log.warning("The broker is away (%s); %s waits for the next sweep.", error, task)
        return False
    return True
