"""The app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "bulou.modules.operations"
    label = "operations"

    def ready(self) -> None:
        from bulou.modules.operations import module  # noqa: F401
