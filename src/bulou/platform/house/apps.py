"""The app. The site's start-up tells the clock that an exercise's pace is read here."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "bulou.platform.house"
    label = "house"

    def ready(self) -> None:
        """Hang the manifest."""
        from bulou.platform.house import module  # noqa: F401
