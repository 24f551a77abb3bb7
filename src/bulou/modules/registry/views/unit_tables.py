"""The register of units and the members of one, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.registry.models import Membership, Unit
from bulou.modules.registry.queries import units as queries
from bulou.modules.registry.views import place_labels as labels
from bulou.modules.registry.views.addresses import person_address, place_address, unit_address
from bulou.platform.tables import Choice, Column, Search, Table

STATES = (("ended", pgettext_lazy("unit", "Ended")), ("all", _("All, ended too")))


class UnitsTable(Table):
    """Units of every kind with their leader and how many distinct people they and all below them are."""

    key = "registry.units"
    title = _("Units")
    order = "code"
    empty = _("No unit is in your scope yet.")

    def __init__(self, request: HttpRequest) -> None:
        viewer = request.viewer  # type: ignore[attr-defined]
        rows = queries.visible(viewer, with_ended="state" in request.GET).select_related("parent", "place").order_by()
        super().__init__(request, rows)
        self.filters = (
            Search(by=queries.found_by, label=_("Name, pinyin, initials or code")),
            Choice("kind", pgettext_lazy("place", "Kind"), labels.UNIT_KIND),
            Choice("state", pgettext_lazy("place", "Standing"), STATES, by=_in_state),
        )
        self.columns = (
            Column("name", pgettext_lazy("place", "Name"), sort="sort_key", link="registry:unit", width=30),
            Column("code", pgettext_lazy("place", "Code"), kind="code", sort="code", hidden=True),
            Column("kind", pgettext_lazy("place", "Kind"), value=lambda row: labels.title("unit_kind", row.kind)),
            Column("parent", _("Part of"), value="parent.name", link=lambda row: unit_address(row.parent_id), width=24),
            Column("leader", _("Leader"), value=lambda row: self.leaders.get(row.pk)),
            Column("people", _("People, all below included"), kind="number", value=lambda row: self.people[row.pk]),
            Column("phone", pgettext_lazy("place", "Phone"), kind="code"),
            Column("place", _("Place"), value="place.name", link=lambda row: place_address(row.place_id)),
            Column("starts", _("Since"), kind="day", sort="starts", hidden=True),
            Column("ends", _("Ended on"), kind="day", hidden=True),
        )

    @cached_property
    def ids(self) -> list[int]:
        """Every unit in reach."""
        return [unit.pk for unit in queries.visible(self.viewer, with_ended=True)]

    @cached_property
    def people(self) -> dict[int, int]:
        """Distinct people of each unit and all below it, now."""
        return queries.head_counts(self.ids, self.now)

    @cached_property
    def leaders(self) -> dict[int, str]:
        """Each unit's leader, by name, where this viewer sees the person."""
        found = queries.leaders(self.viewer, self.ids, self.now)
        return {unit_id: queries.name_for(self.viewer, one.person) for unit_id, one in found.items()}


class MembersTable(Table):
    """The members of one unit at a moment."""

    key = "registry.members"
    title = _("Members")
    order = "rank"
    looks = "registry.person"
    subject = "person_id"
    empty = _("Nobody belongs to this unit at that time.")

    def __init__(self, request: HttpRequest, rows: QuerySet[Membership], *, may_edit: bool = False) -> None:
        super().__init__(request, rows)
        self.columns = (
            Column(
                "name",
                pgettext_lazy("place", "Name"),
                value=self._name,
                sort="person__name_key",
                link=lambda row: person_address(row.person_id),
            ),
            Column("rank", _("Part"), value=lambda row: labels.title("part", row.part), sort="rank"),
            Column("post", _("Post"), width=20),
            Column("terms", _("Terms"), value=lambda row: labels.title("terms", row.terms)),
            Column("seconded_from", _("Seconded from"), value="seconded_from.name", width=24),
            Column("starts", _("Since"), kind="day", sort="starts"),
            Column("ends", _("Until"), kind="day"),
            *([_CHANGE] if may_edit else []),
        )

    filters = (Choice("part", _("Part"), labels.PART), Choice("terms", _("Terms"), labels.TERMS))

    def _name(self, row: Membership) -> str:
        return queries.name_for(self.viewer, row.person)


_CHANGE = Column(
    "change", pgettext_lazy("membership", "Change"), value=lambda row: pgettext_lazy("membership", "Change"), sheet=False,
    link=lambda row: reverse("registry:change_member", args=[row.pk]),
)  # fmt: skip


def _in_state(rows: QuerySet[Unit], value: str) -> QuerySet[Unit]:
    return rows.exclude(ends=None) if value == "ended" else rows


def tree_rows(units: Iterable[Unit], people: dict[int, int], leaders: dict[int, str]) -> list[dict[str, Any]]:
    """Units below each other, in the order a reader goes down the tree, each with its depth."""
    below: dict[int | None, list[Unit]] = {}
    listed = list(units)
    ids = {unit.pk for unit in listed}
    for unit in listed:
        below.setdefault(unit.parent_id if unit.parent_id in ids else None, []).append(unit)
    rows: list[dict[str, Any]] = []

    def descend(parent: int | None, depth: int) -> None:
        for unit in below.get(parent, ()):
            kind = labels.title("unit_kind", unit.kind)
            row = {"unit": unit, "depth": min(depth, 6), "kind": kind, "people": people.get(unit.pk, 0)}
            rows.append(row | {"leader": leaders.get(unit.pk, "")})
            descend(unit.pk, depth + 1)

    descend(None, 0)
    return rows
