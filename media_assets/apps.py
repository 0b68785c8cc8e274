from __future__ import annotations

import warnings

from django.apps import AppConfig


class MediaAssetsConfig(AppConfig):
    name = "media_assets"
    verbose_name = "Pictures"

    def ready(self) -> None:
        from PIL import Image

        from media_assets import access, blocks, departing, ending, exits, getty_changes, handlers  # noqa: F401
        from media_assets.desk import finder
        from newsroom import notices
        from newsroom.blocks.registry import register
        from newsroom.deskui import guide, menu, palette

        # Pillow only warns of a picture that unpacks to gigabytes. Process-wide, because a filter set per call is
        # shared between threads.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        register(blocks.ImageBlock())
        exits.EXITS.register(departing.EXIT)
        for kind in (ending.ENDING, *getty_changes.KINDS):
            notices.register(kind)
        menu.register(
            menu.Item(
                "Pictures",
                "picture",
                "media-desk:library",
                may=lambda person: access.may(person, "see"),
                order=20,
                key="p",
            )
        )
        palette.register_action(
            menu.Item(
                "Upload pictures",
                "upload",
                "media-desk:upload",
                may=lambda person: access.may(person, "upload"),
                order=20,
            )
        )
        palette.register_action(
            menu.Item(
                "Rights to pictures that end soon",
                "s-late",
                "media-desk:ending",
                may=lambda person: access.may(person, "see"),
                order=21,
            )
        )
        palette.register_finder(finder.find)
        guide.register(guide.Section("pictures", "Pictures", "desk/pictures/_help.html", order=30))
