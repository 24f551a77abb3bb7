"""The app."""

from django.apps import AppConfig


class BriefingConfig(AppConfig):
    name = "bulou.modules.briefing"
    label = "briefing"

    def ready(self) -> None:
        from bulou.modules.briefing import module  # noqa: F401
