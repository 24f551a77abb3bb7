"""The app."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "bulou.modules.collection"
    label = "collection"

    def ready(self) -> None:
        from bulou.modules.collection import module  # noqa: F401
