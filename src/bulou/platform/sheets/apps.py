"""The app."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "bulou.platform.sheets"
    label = "sheets"
