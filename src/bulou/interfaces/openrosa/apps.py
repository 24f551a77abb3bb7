"""The app."""

from django.apps import AppConfig


class OpenrosaConfig(AppConfig):
    name = "bulou.interfaces.openrosa"
    label = "openrosa"

    def ready(self) -> None:
        from bulou.interfaces.openrosa import module  # noqa: F401
