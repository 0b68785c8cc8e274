"""The stories: from an empty screen to what readers see."""

from __future__ import annotations

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Stories"

    def ready(self) -> None:
        from articles import handlers  # noqa: F401  (registers what happens after each event)
