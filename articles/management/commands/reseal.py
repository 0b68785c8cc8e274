"""Put what is sealed under the newest of the keys."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles import identities
from newsroom.sealing import SealError


class Command(BaseCommand):
    help = "Seal the identities of confidential sources under the first of IDENTITY_KEYS. Nobody's identity is shown."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            number = identities.reseal()
        except SealError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{number} sealed under the newest key. The keys behind it can go.")
