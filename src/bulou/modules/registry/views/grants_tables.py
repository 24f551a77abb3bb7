"""The register of grants."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.views.grants_words import STATES, TONES, role_title
from bulou.platform.access.roles import ROLES
from bulou.platform.tables import Choice, Column, Days, Search, Table


def _named(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    return rows.filter(
        Q(user__display_name__icontains=words)
        | Q(user__username__contains=words.lower())
        | Q(place__name__contains=words)
        | Q(unit__name__contains=words)
    )


def _where(row: Any) -> Any:
    named = [str(one) for one in (row.place, row.unit) if one is not None]
    return " · ".join(named) or _("everywhere")


class GrantTable(Table):
    """Grants of all times: who holds which role where, from when to when, and why."""

    key = "registry.grants"
    title = _("Grants")
    order = "-starts"
    empty = _("No grant fits.")
    columns = (
        Column(
            "user",
            _("User"),
            value="user.display_name",
            sort="user__sort_key",
            link=lambda row: reverse("accounts:user", args=[row.user_id]),
        ),
        Column("role", _("Role"), value=lambda row: role_title(row.role), sort="role"),
        Column("where", _("Where"), value=_where, sort="place__code"),
        Column("state", _("State"), value=lambda row: STATES[row.state], tone=lambda row: TONES[row.state]),
        Column("starts", _("Begins"), kind="moment", sort="starts"),
        Column("ends", _("Ends"), kind="moment", sort="ends"),
        Column("why", _("Reason")),
        Column("place", _("Place"), value="place.name", sort="place__code", hidden=True),
        Column("unit", _("Unit"), value="unit.name", sort="unit__code", hidden=True),
    )
    filters = (
        Search(_named, _("User, place or unit")),
        Choice("role", _("Role"), lambda: [(role.key, role.title) for role in ROLES.values()]),
        Choice("state", _("State"), tuple(STATES.items())),
        Days("starts", _("Begins")),
    )
