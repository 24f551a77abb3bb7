"""The app."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "bulou.platform.sheets"
    label = "sheets"

    def ready(self) -> None:
        from bulou.platform.sheets import module  # noqa: F401
