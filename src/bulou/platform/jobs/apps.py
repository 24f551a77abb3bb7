"""The app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "bulou.platform.jobs"
    label = "jobs"
