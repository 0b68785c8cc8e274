from __future__ import annotations

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "newsroom.publication"
    label = "publication"

    def ready(self) -> None:
        from . import handlers  # noqa: F401
