"""Work the chain of consent receipts out anew and name the first broken link."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletters import chain, suppression


class Command(BaseCommand):
    help = "Walk along the chain of consent receipts. Names the first broken link and fails; else prints the head to note elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            help="A head that was noted before (number:digest): it must still be there.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = chain.walk(expected=options["head"])
        except chain.Refused as error:
            raise CommandError(str(error)) from None
        for key, number in sorted(suppression.under_missing_keys().items()):
            self.stderr.write(
                f"{number} addresses stand under the key {key}, which is not in ADDRESS_KEYS: nobody finds them."
            )
        if not found.whole:
            raise CommandError(f"Broken after {found.receipts} whole receipts. {found.broken}")
        self.stdout.write(f"{found.receipts} receipts, whole. Head: {found.receipts}:{found.head}")
