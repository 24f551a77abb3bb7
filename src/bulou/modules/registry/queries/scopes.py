"""Scope: which places, units and people a viewer reaches under a permission. Every other query starts here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from bulou.modules.registry.models import Grant, Household, Membership, Person, Place, Unit, UserPerson
from bulou.platform.access import viewer as access
from bulou.platform.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Reach:
    """One grant, spelled out: ids of the places and units below it. None = not limited in that respect."""

    place_ids: frozenset[int] | None
    unit_ids: frozenset[int] | None

    @property
    def is_everything(self) -> bool:
        return self.place_ids is None and self.unit_ids is None


def grants_of(user_id: int, now: datetime) -> tuple[tuple[access.Grant, ...], int | None]:
    """The grants of a user in force at `now` (starts ≤ now < ends), and the person the user is, if any."""
    rows = Grant.objects.filter(Q(ends=None) | Q(ends__gt=now), user_id=user_id, starts__lte=now)
    grants = tuple(access.Grant(g.role, g.place_id, g.unit_id, g.operation_id, g.starts, g.ends) for g in rows)
    person = UserPerson.objects.filter(user_id=user_id).values_list("person_id", flat=True).first()
    return grants, person


def below(model: type[Place] | type[Unit], root_id: int) -> frozenset[int]:
    """Ids of a place or unit and of everything below it, retired ones included."""
    return frozenset(model.objects.filter(lineage__contains=[root_id]).values_list("id", flat=True))


def reaches(viewer: Viewer, permission: str) -> tuple[Reach, ...]:
    """What the viewer reaches, grant by grant; empty = nothing."""
    found = []
    for grant in viewer.scopes(permission):
        places = None if grant.place_id is None or _is_the_top(grant.place_id) else below(Place, grant.place_id)
        units = below(Unit, grant.unit_id) if grant.unit_id is not None else None
        reach = Reach(places, units)
        if reach.is_everything:
            return (reach,)
        found.append(reach)
    return tuple(found)


def line_in_reach(grants: Iterable[access.Grant]) -> frozenset[int] | None:
    """Ids of the places these grants reach and of every place above them: whatever is rooted there concerns who holds them. None = everything.

    A grant for a unit alone reaches the line of the places its units stand in.
    """
    line: set[int] = set()
    for grant in grants:
        if grant.place_id is None and grant.unit_id is None:
            return None
        standing = Unit.objects.filter(lineage__contains=[grant.unit_id]).exclude(place=None).values("place_id")
        rooted = Q(lineage__contains=[grant.place_id]) if grant.place_id is not None else Q(id__in=standing)
        for place_id, lineage in Place.objects.filter(rooted).values_list("id", "lineage"):
            line |= {place_id, *lineage}
    return frozenset(line)


def _is_the_top(place_id: int) -> bool:
    """Whether every place lies below this one: a grant for it limits nothing, and needs no list of all places in each query."""
    return list(Place.objects.filter(parent=None).values_list("id", flat=True)[:2]) == [place_id]


def places_in_reach(viewer: Viewer, permission: str) -> frozenset[int] | None:
    """Ids of the places in reach under a permission; None = everything, also what belongs to no place.

    Everything: a grant without limits, or one for the top of the tree. For the platform, which knows no places.
    """
    found: set[int] = set()
    for grant in viewer.scopes(permission):
        if grant.unit_id is None and (grant.place_id is None or _is_the_top(grant.place_id)):
            return None
        if grant.place_id is not None and grant.unit_id is None:
            found |= below(Place, grant.place_id)
    return frozenset(found)


def places(viewer: Viewer, permission: str = "registry.view_place") -> QuerySet[Place]:
    """The places in reach. A grant for a unit alone reaches the places its units stand in."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(permission):
        if grant.place_id is not None:
            wanted |= Q(lineage__contains=[grant.place_id])
        elif grant.unit_id is not None:
            wanted |= Q(id__in=Unit.objects.filter(lineage__contains=[grant.unit_id]).values("place_id"))
        else:
            return Place.objects.all()
    return Place.objects.filter(wanted)


def units(viewer: Viewer, permission: str = "registry.view_unit") -> QuerySet[Unit]:
    """The units in reach: below a granted unit, or standing in a granted place."""
    wanted = Q(pk__in=[])
    for grant in viewer.scopes(permission):
        if grant.place_id is None and grant.unit_id is None:
            return Unit.objects.all()
        part = Q()
        if grant.place_id is not None:
            part &= Q(place_id__in=Place.objects.filter(lineage__contains=[grant.place_id]).values("id"))
        if grant.unit_id is not None:
            part &= Q(lineage__contains=[grant.unit_id])
        wanted |= part
    return Unit.objects.filter(wanted)


def people(viewer: Viewer, permission: str = "registry.view_person") -> QuerySet[Person]:
    """The people in reach: living in a granted place, and (where the grant names a unit) members of it now or before."""
    wanted = Q(pk__in=[])
    for reach in reaches(viewer, permission):
        if reach.is_everything:
            return Person.objects.all()
        part = Q()
        if reach.place_ids is not None:
            part &= Q(place_id__in=reach.place_ids)
        if reach.unit_ids is not None:
            part &= Q(Exists(Membership.objects.filter(person=OuterRef("pk"), unit_id__in=reach.unit_ids)))
        wanted |= part
    return Person.objects.filter(wanted)


def households(viewer: Viewer, permission: str = "registry.view_person") -> QuerySet[Household]:
    """The households in reach: in a granted place. A grant limited to a unit reaches no household."""
    wanted = Q(pk__in=[])
    for reach in reaches(viewer, permission):
        if reach.is_everything:
            return Household.objects.all()
        if reach.unit_ids is None and reach.place_ids is not None:
            wanted |= Q(place_id__in=reach.place_ids)
    return Household.objects.filter(wanted)
