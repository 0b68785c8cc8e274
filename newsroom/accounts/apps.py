from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "newsroom.accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from newsroom.accounts import handlers  # noqa: F401
