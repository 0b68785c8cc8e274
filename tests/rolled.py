"""Property tests of a whole newsroom: random steps by random people, each run in a clean database."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run(machine: type[RuleBasedStateMachine], *, examples: int = 20, steps: int = 20) -> None:
    """Run the machine so many times, so many steps each; in a test with a database."""
    from django.db import transaction

    class Rolled(machine):  # type: ignore[valid-type, misc]
        """Each run in a transaction that is taken back: the database is as clean for the next one."""

        def __init__(self) -> None:
            self.atomic: Any = transaction.atomic()
            self.atomic.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Rolled,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
