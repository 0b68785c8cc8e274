from django.apps import AppConfig


class DeskuiConfig(AppConfig):
    name = "newsroom.deskui"
    label = "deskui"
    verbose_name = "The desk"

    def ready(self) -> None:
        from newsroom.accounts.roles import Role
        from newsroom.deskui import guide, menu

        # accounts stands below the shell and cannot register itself.
        menu.register(
            menu.Item(
                "People", "people", "accounts:people", may=lambda person: person.has_role(Role.ADMINISTRATOR), order=90
            )
        )
        guide.register(guide.Section("keys", "Keys", "desk/help/_keys.html", order=80))
        guide.register(guide.Section("signing-in", "Signing in and out", "desk/help/_signing_in.html", order=90))
