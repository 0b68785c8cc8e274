#!/usr/bin/env python3
"""Django's command line. Without DATABASE_URL and REDIS_URL it runs on the embedded servers."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1 and sys.argv[1] == "demo":
        prepare_demo(sys.argv[2:])
    with ExitStack() as held:
        if needs_servers(sys.argv):
            from newsroom import embedded
            from newsroom.env import home

            try:
                servers = held.enter_context(embedded.running(home() / "servers"))
            except embedded.EmbeddedError as error:
                raise SystemExit(str(error)) from None
            os.environ.setdefault("DATABASE_URL", servers.database_url)
            os.environ.setdefault("REDIS_URL", servers.redis_url)
        execute_from_command_line(sys.argv)


def prepare_demo(arguments: list[str]) -> None:
    """Set the demo's environment before Django reads it; say in one sentence what stands in the way."""
    from newsroom.demo import place
    from newsroom.env import home

    try:
        place.prepare(home(), place.port_asked(arguments))
    except place.DemoError as error:
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
