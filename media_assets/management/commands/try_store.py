"""Try out where pictures are kept, before the first one is."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_assets import storage
from media_assets.storage import Place


class Command(BaseCommand):
    help = "Write, find, read and remove one small file in each store of pictures, and ask for it as a stranger would."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in ("private", "public"):
            folder, data = f"tried-{secrets.token_hex(8)}", secrets.token_bytes(64)
            place = Place(kind, f"{folder}/file")
            try:
                self._try(place, folder, data)
            except OSError as error:
                raise CommandError(f"The {kind} store: {error}") from None
        self.stdout.write("Both stores keep, find, give and remove a file.")

    def _try(self, place: Place, folder: str, data: bytes) -> None:
        storage.write(place, data)
        try:
            if place.read_bytes() != data or place.store.below(folder) != {"file"}:
                raise CommandError(f"The {place.kind} store does not give back what was written.")
            if place.store.is_open(place.name):
                raise CommandError(
                    "Anybody may read the bucket. Block public access to it: originals lie there, and pictures under embargo."
                )
        finally:
            storage.remove(place)
        if place.exists():
            raise CommandError(f"The {place.kind} store does not remove files.")
