"""The app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "bulou.platform.journal"
    label = "journal"

    def ready(self) -> None:
        from bulou.platform.journal import module  # noqa: F401
