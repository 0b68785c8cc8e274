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
            picture_use,
            pictures,
        )
        from media_assets import closing, usage
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
        closing.register(pictures.closed)
        for exit in leaving.EXITS:
            exits.register(exit)
        usage.register(picture_use.find)
        for finder in (finding.stories, finding.sources_, finding.products_, finding.everything):
            palette.register_finder(finder)
        guide.register(
            guide.Section(
                "moves", "Moving a story", "desk/articles/_help_moves.html", order=10, may=lambda p: access.may(p).read
            )
        )
        guide.register(
            guide.Section(
                "writing", "Writing", "desk/articles/_help_writing.html", order=12, may=lambda p: access.may(p).write
            )
        )
        guide.register(
            guide.Section(
                "checks",
                "Checks before a move",
                "desk/articles/_help_checks.html",
                order=14,
                may=lambda p: access.may(p).read,
            )
        )
        guide.register(
            guide.Section(
                "scripts",
                "Moves for scripts",
                "desk/articles/_help_api.html",
                order=80,
                may=lambda p: access.may(p).read,
            )
        )
        guide.register(
            guide.Section(
                "products",
                "Products and links to shops",
                "desk/articles/_help_products.html",
                order=25,
                may=lambda p: access.may(p).read,
            )
        )
        guide.register(
            guide.Section(
                "merchants",
                "Merchants",
                "desk/articles/_help_merchants.html",
                order=26,
                may=lambda p: p.has_role(*access.READERS_OF_MERCHANTS),
            )
        )
        guide.register(
            guide.Section(
                "clicks",
                "Clicks",
                "desk/articles/_help_clicks.html",
                order=27,
                may=lambda p: p.has_role(*access.READERS_OF_CLICKS),
            )
        )
        guide.register(
            guide.Section(
                "seeing",
                "Board, search, history",
                "desk/articles/_help_seeing.html",
                order=15,
                may=lambda p: access.may(p).read,
            )
        )
        guide.register(
            guide.Section(
                "sourcing",
                "Sources and quotations",
                "desk/articles/_help_sources.html",
                order=20,
                may=lambda p: access.may(p).read_sources,
            )
        )

    def _tell(self) -> None:
        """Say what people can be told of, and have the outbox tell them."""
        from articles import (  # noqa: F401  (they register)
            ledger_warnings,
            notice_kinds,
            telling,
            telling_live,
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
