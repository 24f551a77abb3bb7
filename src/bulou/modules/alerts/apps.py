"""The app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "bulou.modules.alerts"
    label = "alerts"

    def ready(self) -> None:
        from bulou.modules.alerts import module  # noqa: F401
