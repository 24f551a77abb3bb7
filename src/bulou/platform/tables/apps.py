"""The app."""

from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "bulou.platform.tables"
    label = "tables"
