"""The app."""

from django.apps import AppConfig


class ExpiryConfig(AppConfig):
    name = "bulou.platform.expiry"
    label = "expiry"

    def ready(self) -> None:
        from bulou.platform.expiry import module  # noqa: F401
