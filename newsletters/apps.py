"""The newsletters' place in the house."""

from __future__ import annotations

from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "newsletters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from articles import exits
        from media_assets import exits as picture_exits
        from newsletters import access, alarms, foot, handlers, recalling  # noqa: F401
        from newsletters.blocks import NewsletterBlock
        from newsroom import blocks, notices
        from newsroom.deskui import guide, menu
        from newsroom.publication.current import ride_along

        blocks.register(NewsletterBlock())
        ride_along(foot.RIDER, foot.beside)
        exits.EXITS.register(recalling.EXIT)
        picture_exits.EXITS.register(recalling.PICTURE_EXIT)
        for kind in alarms.KINDS:
            notices.register(kind)
        guide.register(
            guide.Section(
                "consent",
                "Newsletters and consent",
                "desk/newsletters/_help_consent.html",
                order=40,
                may=access.may_open,
            )
        )
        menu.register(
            menu.Item(
                label="Newsletters",
                icon="mail",
                url_name="newsletters-desk:newsletters",
                may=access.may_open,
                order=50,
                key="n",
            )
        )
