from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "newsroom.notices"
    label = "notices"
    verbose_name = "Notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from newsroom.deskui import bell, guide, menu, palette
        from newsroom.notices import reading

        bell.register(bell.Bell("notices:notices", count=reading.unread_count, most=reading.MOST_COUNTED))
        palette.register_action(menu.Item("Notices", "bell", "notices:notices", may=lambda person: True, order=80))
        palette.register_action(
            menu.Item("What you are told", "bell", "notices:preferences", may=lambda person: True, order=81)
        )
        guide.register(guide.Section("notices", "Notices", "desk/notices/_help.html", order=70))
