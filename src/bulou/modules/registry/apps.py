"""The app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "bulou.modules.registry"
    label = "registry"

    def ready(self) -> None:
        from bulou.modules.registry import module  # noqa: F401
