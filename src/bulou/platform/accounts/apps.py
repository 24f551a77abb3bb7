"""The app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "bulou.platform.accounts"
    label = "accounts"
