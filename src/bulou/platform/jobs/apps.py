"""The app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "bulou.platform.jobs"
    label = "jobs"

    def ready(self) -> None:
        from bulou.platform.jobs import module  # noqa: F401
