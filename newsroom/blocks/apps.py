from django.apps import AppConfig


class BlocksConfig(AppConfig):
    name = "newsroom.blocks"
    label = "blocks"
    verbose_name = "Blocks"
