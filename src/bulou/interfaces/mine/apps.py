"""The app."""

from django.apps import AppConfig


class MineConfig(AppConfig):
    name = "bulou.interfaces.mine"
    label = "mine"

    def ready(self) -> None:
        from bulou.interfaces.mine import module  # noqa: F401
