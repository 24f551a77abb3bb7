"""The app."""

from django.apps import AppConfig


class SituationConfig(AppConfig):
    name = "bulou.interfaces.situation"
    label = "situation"

    def ready(self) -> None:
        from bulou.interfaces.situation import module  # noqa: F401
