"""The site as a Django app: start-up checks, after every other app is ready."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "bulou.site"
    label = "site"
