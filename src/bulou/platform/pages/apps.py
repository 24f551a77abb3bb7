"""The app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "bulou.platform.pages"
    label = "pages"

    def ready(self) -> None:
        from bulou.platform.pages import module  # noqa: F401
