"""Scope: what of the ledger a viewer reaches under a permission. Every other query starts here.

Rows are seen by the place and unit at which they count, as the trees stood when the window fell due. Within a grant its limits are ANDed,
between grants ORed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from bulou.modules.ledger.models import Regime
from bulou.modules.registry.queries import rosters
from bulou.platform.access.viewer import Viewer

VIEW = "ledger.view_standing"
CONTENT = "ledger.view_content"


@dataclass(frozen=True, slots=True)
class Reach:
    """The grants of a viewer as two lists for SQL: place n and unit n belong together, None = not limited in that respect."""

    places: tuple[int | None, ...] = ()
    units: tuple[int | None, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not self.places

    @property
    def is_everything(self) -> bool:
        return any(place is None and unit is None for place, unit in zip(self.places, self.units, strict=True))

    def covers(self, places: Iterable[int], units: Iterable[int]) -> bool:
        """Whether what counts at the ends of these lineages is in reach."""
        above, parts = set(places), set(units)
        return any(
            (place is None or place in above) and (unit is None or unit in parts)
            for place, unit in zip(self.places, self.units, strict=True)
        )


def reach(viewer: Viewer, permission: str, operation_id: int) -> Reach:
    """What the viewer reaches of an operation."""
    grants = [one for one in viewer.scopes(permission) if one.operation_id in (None, operation_id)]
    return Reach(tuple(one.place_id for one in grants), tuple(one.unit_id for one in grants))


def covers(viewer: Viewer, permission: str, operation_id: int, place_id: int, unit_id: int | None) -> bool:
    """Whether the viewer reaches what counts at this place and unit today."""
    mine = reach(viewer, permission, operation_id)
    if mine.is_everything or mine.is_nothing:
        return mine.is_everything
    places = rosters.lineages("place", [place_id]).get(place_id, [])
    units = rosters.lineages("unit", [unit_id]).get(unit_id, []) if unit_id is not None else []
    return mine.covers(places, units)


def regimes(viewer: Viewer, *, operation_id: int | None = None, permission: str = VIEW) -> list[Regime]:
    """The regimes in force of operations the viewer has any reach in, by key."""
    found = Regime.objects.filter(ended_at=None).select_related("operation").order_by("operation_id", "key")
    if operation_id is not None:
        found = found.filter(operation_id=operation_id)
    return [regime for regime in found if not reach(viewer, permission, regime.operation_id).is_nothing]


def regime(viewer: Viewer, regime_id: int, permission: str = VIEW) -> Regime:
    """One regime in reach, ended or not; Http404 otherwise."""
    found = Regime.objects.select_related("operation").filter(pk=regime_id).first()
    if found is None or reach(viewer, permission, found.operation_id).is_nothing:
        raise Http404
    return found
