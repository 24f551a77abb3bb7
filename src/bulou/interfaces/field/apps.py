"""The app."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "bulou.interfaces.field"
    label = "field"

    def ready(self) -> None:
        from bulou.interfaces.field import module  # noqa: F401
