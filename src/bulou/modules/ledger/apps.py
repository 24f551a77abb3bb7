"""The app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "bulou.modules.ledger"
    label = "ledger"

    def ready(self) -> None:
        from bulou.modules.ledger import module  # noqa: F401
