"""The newsletters' place in the house."""

from __future__ import annotations

from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "newsletters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from newsletters import blocks, handlers  # noqa: F401
