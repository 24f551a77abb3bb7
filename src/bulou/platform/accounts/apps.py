"""The app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "bulou.platform.accounts"
    label = "accounts"

    def ready(self) -> None:
        from bulou.platform.accounts import module  # noqa: F401
