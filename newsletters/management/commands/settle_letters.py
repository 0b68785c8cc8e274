"""Settle an issue's uncertain letters by the mail server's log."""

from __future__ import annotations

from argparse import FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from newsletters import resolving
from newsletters.models import Issue


class Command(BaseCommand):
    help = "Count uncertain letters of an issue as sent where the mail server's log names their Message-ID."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("issue", type=int, help="The number in the issue's address at the desk.")
        parser.add_argument(
            "--log",
            type=FileType(errors="replace"),
            required=True,
            help="The mail server's log, for example /var/log/mail.log; - for standard input.",
        )
        parser.add_argument(
            "--rest-again",
            action="store_true",
            help="The log is whole from before the sending to now: what it does not name was never taken and is sent again.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = resolving.by_log(
                options["issue"], options["log"], rest_again=options["rest_again"], at=timezone.now()
            )
        except Issue.DoesNotExist:
            raise CommandError("There is no such issue.") from None
        except resolving.Refused as error:
            raise CommandError(error.message) from None
        self.stdout.write(
            f"{found.arrived} counted as sent, {found.again} sent again, {found.open} still uncertain: they are listed at the desk."
        )
