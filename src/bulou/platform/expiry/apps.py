"""The app."""

from django.apps import AppConfig


class ExpiryConfig(AppConfig):
    name = "bulou.platform.expiry"
    label = "expiry"
