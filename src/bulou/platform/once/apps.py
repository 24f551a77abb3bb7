"""The app."""

from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "bulou.platform.once"
    label = "once"
