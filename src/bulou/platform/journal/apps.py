"""The app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "bulou.platform.journal"
    label = "journal"
