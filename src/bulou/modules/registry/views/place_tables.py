"""The register of places as a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bulou.modules.registry.models import Place
from bulou.modules.registry.queries import places as queries
from bulou.modules.registry.queries.places import Figures
from bulou.modules.registry.views import place_labels as labels
from bulou.modules.registry.views.addresses import households_address, people_address, place_address
from bulou.platform.tables import Choice, Column, Search, Table

STATES = (("retired", _("Retired")), ("all", _("All, retired too")))


class PlacesTable(Table):
    """Places with what is declared and registered for each, everything below it included."""

    key = "registry.places"
    title = _("Places")
    order = "code"
    empty = _("No place is in your scope. An administrator gives grants.")

    def __init__(self, request: HttpRequest) -> None:
        viewer = request.viewer  # type: ignore[attr-defined]
        rows = queries.visible(viewer, with_retired="state" in request.GET).select_related("parent").order_by()
        super().__init__(request, rows)
        towns = queries.visible(viewer).filter(level__in=("county", "town"))
        self.filters = (
            Search(by=queries.found_by, label=_("Name, pinyin, initials or code")),
            Choice("level", _("Level"), labels.LEVEL[2:]),
            Choice("under", _("Part of"), [(str(town.pk), town.name) for town in towns], by=_under),
            Choice("state", pgettext_lazy("place", "Standing"), STATES, by=_in_state),
        )
        self.columns = (*_CALLED, *self._figure_columns(), *_WHAT)

    @cached_property
    def figures(self) -> dict[int, Figures]:
        """The figures of every place in reach: tallies are so few that all of them cost what one page's would."""
        places = list(queries.visible(self.viewer, with_retired=True))
        return queries.figures(self.viewer, places, places)

    def count(self, rows: QuerySet[Any]) -> int | None:
        """Places are some thousands at most: counted whole."""
        return rows.order_by().count()

    def _figure_columns(self) -> tuple[Column, ...]:
        def figure(name: str) -> Callable[[Place], int | None]:
            return lambda row: getattr(self.figures[row.pk], name)

        def number(name: str, label: Any, **more: Any) -> Column:
            return Column(name, label, kind="number", value=figure(name), width=14, **more)

        return (
            number(
                "households",
                pgettext_lazy("place", "Households"),
                link=lambda row: self._opened(households_address, row),
            ),
            number("people", pgettext_lazy("place", "People"), link=lambda row: self._opened(people_address, row)),
            number("declared_households", _("Declared households"), hidden=True),
            number("declared_people", _("Declared people")),
            Column("declared_by", _("Villages that declared"), value=lambda row: _declared_by(self.figures[row.pk])),
            number("gap", _("Registered less declared")),
        )

    def _opened(self, address: Callable[[int], str], row: Place) -> str:
        """Where a figure of people opens to; a viewer who is told no figure gets no way either."""
        return address(row.pk) if self.figures[row.pk].people is not None else ""


def _declared_by(figures: Figures) -> str | None:
    """How many of the villages below have declared: a sum of some must not pass for the whole."""
    return f"{figures.declared_by} / {figures.declarers}" if figures.declarers > 1 else None


def _under(rows: QuerySet[Place], value: str) -> QuerySet[Place]:
    return rows.filter(lineage__contains=[int(value)]).exclude(pk=int(value))


def _in_state(rows: QuerySet[Place], value: str) -> QuerySet[Place]:
    return rows.exclude(ends=None) if value == "retired" else rows


_CALLED = (
    Column("name", pgettext_lazy("place", "Name"), sort="sort_key", link="registry:place", width=24),
    Column("code", pgettext_lazy("place", "Code"), kind="code", sort="code"),
)
_WHAT = (
    Column("parent", _("Part of"), value="parent.name", link=lambda row: place_address(row.parent_id), width=20),
    Column("level", _("Level"), value=lambda row: labels.title("level", row.level)),
    Column("kind", pgettext_lazy("place", "Kind"), value=lambda row: labels.title("place_kind", row.kind)),
    Column("starts", _("Since"), kind="day", sort="starts", hidden=True),
    Column("ends", _("Retired on"), kind="day", hidden=True),
)
