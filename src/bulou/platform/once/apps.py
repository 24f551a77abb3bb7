"""The app."""

from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "bulou.platform.once"
    label = "once"

    def ready(self) -> None:
        from bulou.platform.once import module  # noqa: F401
