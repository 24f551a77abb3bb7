"""Whom a step of a ladder reaches above those who owe and answer: the unit's lead, the township, the headquarters. Ids of persons by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bulou.modules.ledger.models import Path, Watch
from bulou.modules.registry.queries.offices import Holder, holders, leaders_of, person_of_user

FOREVER_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell as a step sees it: whose step, where it counts."""

    chase_id: int
    to: str
    operation_id: int
    cell_id: int
    place_id: int
    unit_id: int | None


def people_for(spots: Sequence[Spot], *, now: datetime) -> list[tuple[int, int, int]]:
    """(chase, cell, person) for every spot somebody can be found for.

    The lead is the unit's leader, else the nearest one above; of what belongs to no unit, the village's clerk, else the township. The same
    stand in where nobody in person owes or answers.
    The headquarters are whoever has the watch; without a duty log, chiefs and duty officers whose grant reaches the operation.
    """
    places = _lineages("place", {spot.place_id for spot in spots})
    units = _lineages("unit", {spot.unit_id for spot in spots if spot.unit_id is not None})
    leads = leaders_of({one for lineage in units.values() for one in lineage}, now)
    offices = holders(("village_clerk", "township_lead", "chief", "duty_officer"), now)
    watches = {operation_id: on_watch(operation_id) for operation_id in {spot.operation_id for spot in spots}}
    found = []
    for spot in spots:
        above = places.get(spot.place_id, [spot.place_id])
        if spot.to in ("owing", "answerable", "lead"):
            people = _lead(units.get(spot.unit_id or 0, []), leads) or _at(
                offices, ("village_clerk",), above, spot.operation_id
            )
            people = people or _at(offices, ("township_lead",), above, spot.operation_id)
        elif spot.to == "township":
            people = _at(offices, ("township_lead",), above, spot.operation_id)
        else:
            people = watches[spot.operation_id] or _at(offices, ("chief", "duty_officer"), above, spot.operation_id)
        found += [(spot.chase_id, spot.cell_id, person) for person in people]
    return found


def on_watch(operation_id: int) -> list[int]:
    """The persons on duty at an operation's headquarters by its duty log; none where no log is kept or they are nobody of the registry."""
    watch = Watch.objects.filter(operation_id=operation_id).order_by("-starts", "-pk").first()
    if watch is None:
        return []
    people = [person_of_user(one["user"]) for one in watch.people]
    return [person for person in people if person is not None]


def _lead(lineage: Sequence[int], leads: dict[int, list[int]]) -> list[int]:
    return next((leads[unit] for unit in reversed(lineage) if unit in leads), [])


def _at(offices: Sequence[Holder], roles: Sequence[str], above: Sequence[int], operation_id: int) -> list[int]:
    """Holders of these roles whose place is the nearest one on the way up; those limited to a unit or to another operation are left out."""
    fit = [
        one for one in offices if one.role in roles and one.unit_id is None and one.operation_id in (None, operation_id)
    ]
    for place_id in [*reversed(above), None]:
        if here := {one.person_id for one in fit if one.place_id == place_id}:
            return sorted(here)
    return []


def _lineages(kind: str, ids: set[int]) -> dict[int, list[int]]:
    rows = Path.objects.filter(kind=kind, node_id__in=ids, until__year=FOREVER_YEAR).values_list("node_id", "lineage")
    return dict(rows)
