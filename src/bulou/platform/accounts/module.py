"""The manifest of accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from bulou.platform import clock
from bulou.platform.access.permissions import Permission
from bulou.platform.accounts import lockout, services
from bulou.platform.accounts.services.factors import PURPOSE
from bulou.platform.manifest import Manifest, MenuItem, Tick, hang
from bulou.platform.pages.navigation import UserLine
from bulou.platform.vault import SealedColumn


def clear(now: datetime) -> str:
    """Delete sessions that are over and failures whose lock has opened. By the machine's clock, whatever an exercise shows."""
    real = clock.real_now()
    return f"{services.clear_sessions(real)} sessions, {lockout.clear_attempts(real)} failures"


MANIFEST = hang(
    Manifest(
        name="accounts",
        title=_("Accounts"),
        permissions=(Permission("accounts.manage_users", _("Make and manage users"), frozenset({"administrator"})),),
        menu=(MenuItem(_("Users"), "accounts:users", "accounts.manage_users", group="house", order=10, icon="users"),),
        extras={
            "sealed_columns": (SealedColumn("accounts_secondfactor", "sealed", PURPOSE, "r.uuid"),),
            "user_menu": (
                UserLine(_("My account"), "accounts:account", icon="person"),
                UserLine(_("Log out"), "accounts:log_out", icon="out", is_post=True),
            ),
        },
        ticks=(Tick("accounts.clear", timedelta(hours=1), clear, _("Clear sessions and locks that are over")),),
    )
)
