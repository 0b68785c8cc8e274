"""Servers for the tests of whoever has none: enabled with `-p newsroom.embedded.pytest_plugin`.

Does nothing where DATABASE_URL and REDIS_URL are both set, and nothing in a worker of pytest-xdist, which has them from
its controller.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from .errors import EmbeddedError, explain_os
from .holding import running
from .home import home
from .processes import Lock
from .state import Servers

_VARIABLES = ("DATABASE_URL", "REDIS_URL")
_RUNS_AT_ONCE = 9


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Start the servers before pytest-django loads the settings.

    A wrapper, because those run before every plain hook, in whatever order the plugins were registered.
    """
    asked = early_config.known_args_namespace
    wanted = [name for name in _VARIABLES if not os.environ.get(name)]
    if wanted and "PYTEST_XDIST_WORKER" not in os.environ and not (asked.help or asked.version):
        stack = ExitStack()
        try:
            servers = _own(stack)
        except EmbeddedError as error:
            raise pytest.UsageError(str(error)) from error
        for name, value in zip(_VARIABLES, (servers.database_url, servers.redis_url), strict=True):
            if name in wanted:
                os.environ[name] = value
                stack.callback(os.environ.pop, name, None)
        early_config.add_cleanup(stack.close)
    return (yield)


def _own(stack: ExitStack) -> Servers:
    """Servers that no other run of pytest uses: two runs in one server would drop each other's test databases."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        for number in range(1, _RUNS_AT_ONCE + 1):
            name = "test" if number == 1 else f"test-{number}"
            lock = Lock(home() / f"{name}.lock")
            if lock.acquire():
                stack.callback(lock.release)
                return stack.enter_context(running(home() / name, fsync=False))
    except OSError as error:
        raise explain_os(error, home()) from error
    raise EmbeddedError(f"{_RUNS_AT_ONCE} runs of pytest use {home()} already: set another NEWSROOM_HOME")
