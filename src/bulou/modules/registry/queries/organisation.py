"""Organisation as it stood at a moment, for figures that open to their rows: units, who sat in them, places, residents.

Counts do not ask who may read names: whoever reaches a unit may know how many it has. Names are the reader's page's matter (`name_for`).
The registry keeps since when something holds, not when that was learned: what is entered late changes the past.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from bulou.modules.registry.models import Membership, Person, PlaceVersion, UnitVersion
from bulou.modules.registry.queries import scopes
from bulou.platform.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which units: of these kinds; these themselves, by code; all below these, by code. Empty = not limited in that respect."""

    kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


def units_at(viewer: Viewer, permission: str, prefix: str, wanted: Wanted, at: datetime) -> QuerySet[UnitVersion]:
    """The units in reach whose code begins with `prefix`, as they stood at `at`: one version each, by the unit's code."""
    standing = UnitVersion.objects.filter(unit__code__startswith=prefix, starts__lte=at)
    standing = standing.filter(Q(ends=None) | Q(ends__gt=at))
    found = standing.filter(unit__in=scopes.units(viewer, permission)).select_related("unit", "parent", "place")
    if wanted.kinds:
        found = found.filter(kind__in=wanted.kinds)
    if wanted.codes:
        found = found.filter(unit__code__in=wanted.codes)
    if wanted.below:
        found = found.filter(unit_id__in=_below(standing, wanted.below))
    return found.order_by("unit__code")


def members_at(
    units: QuerySet[UnitVersion], at: datetime, *, parts: Collection[str] = (), terms: Collection[str] = ()
) -> QuerySet[Membership]:
    """Who sat in these units at `at`, a row a seat; `standing_for` is the person meant after merges: count that, distinct, for people."""
    found = Membership.objects.filter(unit_id__in=units.order_by().values("unit_id"), starts__lte=at)
    found = found.filter(Q(ends=None) | Q(ends__gt=at))
    if parts:
        found = found.filter(part__in=parts)
    if terms:
        found = found.filter(terms__in=terms)
    merged = ("person__merged_into__merged_into", "person__merged_into", "person")
    return found.annotate(standing_for=Coalesce(*(F(f"{path}_id") for path in merged))).select_related("person", "unit")


def places_at(
    viewer: Viewer, permission: str, root_id: int, at: datetime, *, levels: Collection[str] = (), kinds: Collection[str] = ()
) -> QuerySet[PlaceVersion]:  # fmt: skip
    """The places in reach below a root (itself left out), as they stood at `at`: one version each, by code."""
    reach = scopes.places(viewer, permission).filter(lineage__contains=[root_id]).exclude(pk=root_id)
    found = PlaceVersion.objects.filter(place__in=reach, starts__lte=at).filter(Q(ends=None) | Q(ends__gt=at))
    if levels:
        found = found.filter(level__in=levels)
    if kinds:
        found = found.filter(kind__in=kinds)
    return found.select_related("place", "parent").order_by("code")


def residents_at(
    viewer: Viewer, permission: str, root_id: int, at: datetime, *, purposes: Collection[str] = ()
) -> QuerySet[Person]:
    """The people in reach below a root who were on the roll at `at`, each once however many rows were merged."""
    found = scopes.people(viewer, permission).filter(place__lineage__contains=[root_id], merged_into=None)
    found = found.filter(Q(ends=None) | Q(ends__gt=at), starts__lte=at)
    return (found.filter(purpose__in=purposes) if purposes else found).select_related("place")


def _below(standing: QuerySet[UnitVersion], codes: Collection[str]) -> set[int]:
    """Ids of the units below these, as the tree stood: themselves left out."""
    rows = list(standing.values_list("unit_id", "unit__code", "parent_id"))
    found = {pk for pk, code, _parent in rows if code in codes}
    tops = set(found)
    while more := {pk for pk, _code, parent in rows if parent in found} - found:
        found |= more
    return found - tops


def people_in(members: QuerySet[Membership]) -> QuerySet[Person]:
    """The people who hold these seats, each once in however many seats and after however many merges."""
    meant = members.order_by().values("standing_for")  # type: ignore[misc]  # annotated by `members_at`
    return Person.objects.filter(pk__in=meant).select_related("place")


def units_of_people(members: QuerySet[Membership], person_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the units each of these people sits in among these seats, in the order of the units' codes."""
    found: dict[int, list[str]] = {}
    rows = members.filter(standing_for__in=list(person_ids)).order_by("unit__code")  # type: ignore[misc]
    for person_id, name in rows.values_list("standing_for", "unit__name"):  # type: ignore[misc]
        if name not in found.setdefault(person_id, []):
            found[person_id].append(name)
    return found


def readable(viewer: Viewer, person_ids: Collection[int]) -> frozenset[int]:
    """Those of these people whose rows the viewer may open."""
    if not viewer.may("registry.view_person"):
        return frozenset()
    return frozenset(scopes.people(viewer).filter(pk__in=list(person_ids)).values_list("pk", flat=True))


def place_names(viewer: Viewer, permission: str, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(code, name) of the places in reach, by id."""
    rows = scopes.places(viewer, permission).filter(pk__in=list(ids)).values_list("pk", "code", "name")
    return {pk: (code, name) for pk, code, name in rows}
