from __future__ import annotations

import warnings

from django.apps import AppConfig


class MediaAssetsConfig(AppConfig):
    name = "media_assets"
    verbose_name = "Pictures"

    def ready(self) -> None:
        from PIL import Image

        from media_assets import handlers  # noqa: F401

        # Pillow only warns of a picture that unpacks to gigabytes. Process-wide, because a filter set per call is
        # shared between threads.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
