"""The users' register."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.platform.accounts import queries
from bulou.platform.accounts.models import User
from bulou.platform.tables import Choice, Column, Flag, Search, Table


def _by_name(rows: QuerySet[User], words: str) -> QuerySet[User]:
    return queries.named_like(rows, words)


class UserTable(Table):
    """Users: name, log-in name, state, second factor, last seen."""

    key = "accounts.users"
    title = _("Users")
    order = "display_name"
    empty = _("No user fits.")
    columns = (
        Column("display_name", _("Name"), sort="sort_key", link="accounts:user"),
        Column("username", _("Log-in name"), kind="code", sort="username"),
        Column(
            "is_active",
            _("State"),
            value=lambda row: _("Active") if row.is_active else _("Deactivated"),
            tone=lambda row: "good" if row.is_active else "quiet",
        ),
        Column("has_factor", _("Second factor"), kind="yes_no"),
        Column("must_change_password", _("One-time password not used yet"), kind="yes_no"),
        Column("last_login", _("Last log-in"), kind="moment", sort="last_login"),
        Column("created_at", _("Made"), kind="moment", sort="created_at", hidden=True),
        Column("language", _("Language"), hidden=True),
    )
    filters = (
        Search(_by_name, _("Name or log-in name")),
        Choice(
            "state",
            _("State"),
            (("1", _("Active")), ("0", _("Deactivated"))),
            by=lambda rows, value: rows.filter(is_active=value == "1"),
        ),
        Flag("has_factor", _("Second factor")),
    )
