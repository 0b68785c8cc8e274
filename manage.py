#!/usr/bin/env python3
"""Django's command line. Without DATABASE_URL and REDIS_URL it runs on the embedded servers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsroom.embedded import Servers
    from newsroom.embedded.processes import Lock


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        run(sys.argv)
    except KeyboardInterrupt:  # while servers start or stop; a command that waits deals with it itself
        raise SystemExit(130) from None


def run(argv: list[str]) -> None:
    """Run a command, with servers for it where it needs them."""
    from django.core.management import execute_from_command_line

    with ExitStack() as held:
        if len(argv) > 1 and argv[1] == "demo":
            held.callback(prepare_demo(argv[2:]).release)
        refuse_wrong_settings()
        if needs_servers(argv):
            servers = held.enter_context(start_servers())
            # An empty one counts as not set.
            os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or servers.database_url
            os.environ["REDIS_URL"] = os.environ.get("REDIS_URL") or servers.redis_url
        execute_from_command_line(argv)


@contextmanager
def start_servers() -> Iterator[Servers]:
    """The embedded servers for the time of the command, or one sentence why they cannot be had."""
    from newsroom import embedded
    from newsroom.env import home

    try:
        with embedded.running(home() / "servers") as servers:
            yield servers
    except embedded.EmbeddedError as error:
        raise SystemExit(str(error)) from None


def prepare_demo(arguments: list[str]) -> Lock:
    """Set the demo's environment before Django reads it, or say in one sentence what stands in the way.

    Returns the lock that keeps another demo out of this one's folder.
    """
    from newsroom.demo import place
    from newsroom.env import home

    try:
        return place.prepare(home(), place.port_asked(arguments))
    except place.DemoError as error:
        raise SystemExit(str(error)) from None


def refuse_wrong_settings() -> None:
    """Say in one sentence which setting is wrong, instead of showing where the code met it."""
    from django.core.exceptions import ImproperlyConfigured

    from newsroom import env

    try:
        env.read()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None


def needs_servers(argv: list[str]) -> bool:
    """Say whether this command must have servers started for it.

    Help and the file-only commands run without; everything else would fail at its first query.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return False
    return len(argv) > 1 and argv[1] not in {"help", "--help", "-h", "version", "--version", "collectstatic"}


if __name__ == "__main__":
    main()
