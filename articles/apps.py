"""The stories: from an empty screen to what readers see."""

from __future__ import annotations

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Stories"

    def ready(self) -> None:
        from articles import (
            access,
            blocks,
            exits,
            finding,
            handlers,  # noqa: F401  (registers what happens after each event)
            leaving,
            picture_dates,
            picture_use,
            pictures,
        )
        from articles.reader import following, picture_leaving
        from media_assets import closing, usage
        from media_assets import exits as picture_exits
        from newsroom import live
        from newsroom.blocks import register
        from newsroom.deskui import guide, menu, palette

        for block in (blocks.QuoteBlock(), blocks.ProductBlock(), blocks.RelatedBlock()):
            register(block)
        self._tell()
        self._hear()
        menu.register(
            menu.Item("Stories", "story", "articles-desk:board", may=lambda p: access.may(p).read, order=10, key="s")
        )
        menu.register(
            menu.Item(
                "Front page", "front", "articles-desk:front", may=lambda p: access.may(p).decide, order=20, key="f"
            )
        )
        menu.register(
            menu.Item(
                "Sources",
                "source",
                "articles-desk:sources",
                may=lambda p: access.may(p).read_sources,
                order=30,
                key="o",
            )
        )
        menu.register(
            menu.Item(
                "Products", "product", "articles-desk:products", may=lambda p: access.may(p).read, order=60, key="r"
            )
        )
        menu.register(
            menu.Item(
                "Merchants",
                "globe",
                "articles-desk:merchants",
                may=lambda p: p.has_role(*access.READERS_OF_MERCHANTS),
                order=63,
            )
        )
        menu.register(
            menu.Item(
                "Clicks",
                "sort",
                "articles-desk:clicks",
                may=lambda p: p.has_role(*access.READERS_OF_CLICKS),
                order=65,
            )
        )
        menu.register(
            menu.Item(
                "Record",
                "list",
                "articles-desk:record",
                may=lambda p: p.has_role(*access.READERS_OF_THE_RECORD),
                order=92,
            )
        )
        palette.register_action(
            menu.Item("Search every word", "search", "articles-desk:search", may=lambda p: access.may(p).read, order=15)
        )
        palette.register_action(
            menu.Item("New story", "plus", "articles-desk:story-new", may=lambda p: access.may(p).write, order=10)
        )
        palette.register_action(
            menu.Item(
                "Add a source",
                "source",
                "articles-desk:source-new",
                may=lambda p: access.may(p).write_sources,
                order=30,
            )
        )
        palette.register_action(
            menu.Item(
                "Add a product",
                "product",
                "articles-desk:product-new",
                may=lambda p: access.may(p).write_products,
                order=60,
            )
        )
        palette.register_action(
            menu.Item(
                "Offers that need a person",
                "product",
                "articles-desk:offers-waiting",
                may=lambda p: access.may(p).read,
                order=61,
            )
        )
        palette.register_action(
            menu.Item(
                "Unread by a second person",
                "checks",
                "articles-desk:reviews",
                may=lambda p: access.may(p).decide,
                order=20,
            )
        )
        live.register("story", following.state)
        closing.register(pictures.closed)
        for exit in leaving.EXITS:
            exits.EXITS.register(exit)
        for picture_exit in picture_leaving.EXITS:
            picture_exits.EXITS.register(picture_exit)
        usage.register(picture_use.find)
        usage.register_concerns(picture_use.concerned)
        usage.register_history(picture_dates.find)
        for finder in (finding.stories, finding.sources_, finding.products_, finding.everything):
            palette.register_finder(finder)
        for order, name, title, text, may in (
            (10, "moves", "Moving a story", "moves", lambda p: access.may(p).read),
            (12, "writing", "Writing", "writing", lambda p: access.may(p).write),
            (14, "checks", "Checks before a move", "checks", lambda p: access.may(p).read),
            (15, "seeing", "Board, search, history", "seeing", lambda p: access.may(p).read),
            (17, "front", "The front page", "front", lambda p: access.may(p).decide),
            (20, "sourcing", "Sources and quotations", "sources", lambda p: access.may(p).read_sources),
            (25, "products", "Products and links to shops", "products", lambda p: access.may(p).read),
            (26, "merchants", "Merchants", "merchants", lambda p: p.has_role(*access.READERS_OF_MERCHANTS)),
            (27, "clicks", "Clicks", "clicks", lambda p: p.has_role(*access.READERS_OF_CLICKS)),
            (80, "scripts", "Moves for scripts", "api", lambda p: access.may(p).read),
        ):
            guide.register(guide.Section(name, title, f"desk/articles/_help_{text}.html", order=order, may=may))

    def _tell(self) -> None:
        """Say what people can be told of, and have the outbox tell them."""
        from articles import (  # noqa: F401  (they register)
            ledger_warnings,
            notice_kinds,
            telling,
            telling_live,
            telling_moves,
            telling_offers,
            telling_schedule,
        )
        from newsroom import notices

        for kind in notice_kinds.KINDS:
            notices.register(kind)

    def _hear(self) -> None:
        """Complaints: their place in the menu, and how they are handled."""
        from articles import access
        from newsroom.deskui import guide, menu

        menu.register(
            menu.Item(
                "Complaints", "flag", "articles-desk:complaints", may=access.may_handle_complaints, order=70, key="c"
            )
        )
        guide.register(
            guide.Section(
                "complaints",
                "Complaints",
                "desk/articles/_help_complaints.html",
                order=30,
                may=access.may_handle_complaints,
            )
        )
