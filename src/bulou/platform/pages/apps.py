"""The app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "bulou.platform.pages"
    label = "pages"
