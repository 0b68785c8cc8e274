from django.apps import AppConfig


class UndeliveredConfig(AppConfig):
    name = "newsroom.undelivered"
    label = "undelivered"
    verbose_name = "Undelivered"

    def ready(self) -> None:
        from newsroom.accounts.roles import Role
        from newsroom.deskui import menu
        from newsroom.undelivered import listing

        menu.register(
            menu.Item(
                "Undelivered",
                "flag",
                "undelivered:undelivered",
                may=lambda person: person.has_role(Role.ADMINISTRATOR),
                order=91,
                count=listing.count,
            )
        )
