"""Reading places: the tree as it stands and as it stood, what is found by a few letters, and how many live where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from bulou.modules.registry.models import Declaration, Grant, Household, Place, PlaceVersion, Tally
from bulou.modules.registry.queries import scopes
from bulou.platform import chinese
from bulou.platform.access.viewer import Viewer
from bulou.platform.house import queries as house

PEOPLE = "registry.view_person"


@dataclass(frozen=True, slots=True)
class PastPlace:
    """A place as it stood at a moment; `lineage` = ids from the root down, as far as the viewer sees."""

    id: int
    code: str
    level: str
    kind: str
    name: str
    parent_id: int | None
    lineage: tuple[int, ...]


@dataclass(slots=True)
class Figures:
    """What a place holds, with all below it. None = not for this viewer to know, or never declared.

    `declared_by` of `declarers` villages below have declared; a total of some is shown as such.
    """

    people: int | None = None
    households: int | None = None
    declared_people: int | None = None
    declared_households: int | None = None
    declared_by: int = 0
    declarers: int = 0

    @property
    def is_partly_declared(self) -> bool:
        return 0 < self.declared_by < self.declarers

    @property
    def gap(self) -> int | None:
        """Registered less declared people; below zero = people the register does not have."""
        if self.people is None or self.declared_people is None or self.is_partly_declared:
            return None
        return self.people - self.declared_people


def visible(viewer: Viewer, *, with_retired: bool = False) -> QuerySet[Place]:
    """The places a viewer sees, by code; retired ones only if asked for."""
    found = scopes.places(viewer).order_by("code")
    return found if with_retired else found.filter(ends=None)


def roots(viewer: Viewer) -> list[Place]:
    """The highest places a viewer sees: where the tree begins for them."""
    return list(visible(viewer).filter(Q(parent=None) | ~Q(parent__in=scopes.places(viewer).values("pk"))))


def crumbs(viewer: Viewer, place: Place) -> list[Place]:
    """The places above one, from the top, as far as the viewer sees them."""
    above = {found.pk: found for found in scopes.places(viewer).filter(pk__in=place.lineage[:-1])}
    return [above[place_id] for place_id in place.lineage[:-1] if place_id in above]


def found_by(places: QuerySet[Place], text: str) -> QuerySet[Place]:
    """Places whose name holds `text`, whose code begins with it, or whose pinyin or initials do."""
    text = text.strip()
    if not text:
        return places
    wanted = Q(name__icontains=text) | Q(code__istartswith=text)
    if chinese.is_pinyin(text):
        wanted |= Q(initials__startswith=text.lower())
        for prefix in chinese.key_prefixes(text):
            wanted |= Q(sort_key__startswith=prefix)
    return places.filter(wanted)


def places_as_of(viewer: Viewer, at: datetime) -> list[PastPlace]:
    """The places that stood at `at` (starts ≤ at < ends), named and ordered as then, of those the viewer sees now."""
    rows = PlaceVersion.objects.filter(starts__lte=at, place__in=scopes.places(viewer))
    rows = rows.filter(Q(ends=None) | Q(ends__gt=at)).order_by("code")
    by_id = {row.place_id: row for row in rows}
    return [_past(row, by_id) for row in by_id.values()]


def history(place: Place) -> list[PlaceVersion]:
    """Every version of a place, newest first."""
    return list(place.versions.select_related("parent").order_by("-number"))


def declarations(place: Place) -> QuerySet[Declaration]:
    """What a place declared, newest day first; of one day the last recorded comes first and counts."""
    return place.declarations.order_by("-as_of", "-id")


def latest_declared(place_ids: Iterable[int]) -> dict[int, Declaration]:
    """The declaration that counts, for each place that has one."""
    rank = Window(RowNumber(), partition_by=[F("place_id")], order_by=[F("as_of").desc(), F("id").desc()])
    rows = Declaration.objects.filter(place_id__in=list(place_ids)).annotate(rank=rank).filter(rank=1)
    return {row.place_id: row for row in rows}


def figures(viewer: Viewer, places: Sequence[Place], below: Sequence[Place]) -> dict[int, Figures]:
    """The figures of `places`, each with everything of `below` that lies under it (a superset is fine; retired ones too)."""
    wanted = {place.pk for place in places}
    found = {place_id: Figures() for place_id in wanted}
    if viewer.may(PEOPLE):
        for one in found.values():
            one.people = one.households = 0
        _add_registered(viewer, found, below)
    _add_declared(found, places, [place for place in below if place.ends is None])
    return found


def below(viewer: Viewer, place: Place) -> list[Place]:
    """A place and everything under it that the viewer sees, retired ones included."""
    return list(scopes.places(viewer).filter(lineage__contains=[place.pk]).order_by("code"))


def everything(viewer: Viewer) -> list[Place]:
    """Every place the viewer sees, retired ones included."""
    return list(scopes.places(viewer).order_by("code"))


def residents_by_place(viewer: Viewer, place_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Registered people and households directly at each place, of those the viewer sees: (people, households).

    From the tallies where places alone decide whom the viewer sees; counted row by row where a grant picks a unit's members.
    """
    if any(grant.unit_id is not None for grant in viewer.scopes(PEOPLE)):
        return _counted(viewer, place_ids)
    seen = scopes.places(viewer, PEOPLE).values("pk")
    rows = Tally.objects.filter(place_id__in=seen).values_list("place_id").annotate(Sum("people"), Sum("households"))
    wanted = set(place_ids)
    return {place_id: (people, homes) for place_id, people, homes in rows if place_id in wanted}


def _counted(viewer: Viewer, place_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    people = scopes.people(viewer, PEOPLE).filter(place_id__in=place_ids, ends=None, merged_into=None)
    homes = scopes.households(viewer, PEOPLE).filter(place_id__in=place_ids, ends=None)
    found: dict[int, tuple[int, int]] = {}
    for place_id, number in people.order_by().values_list("place_id").annotate(number=Count("*")):
        found[place_id] = (number, 0)
    for place_id, number in homes.order_by().values_list("place_id").annotate(number=Count("*")):
        found[place_id] = (found.get(place_id, (0, 0))[0], number)
    return found


def household_ids(place: Place, codes: Iterable[str]) -> dict[str, int]:
    """The households directly at a place (which the caller may see), by the codes given."""
    return dict(Household.objects.filter(place=place, ends=None, code__in=list(codes)).values_list("code", "id"))


def grants_naming(place_ids: Iterable[int], now: datetime) -> int:
    """How many grants in force name one of these places: a merger leaves them with nothing to see."""
    return Grant.objects.filter(Q(ends=None) | Q(ends__gt=now), place_id__in=list(place_ids)).count()


def _add_registered(viewer: Viewer, found: dict[int, Figures], below: Sequence[Place]) -> None:
    residents = residents_by_place(viewer, {place.pk for place in below})
    for place in below:
        people, homes = residents.get(place.pk, (0, 0))
        if people or homes:
            for place_id in found.keys() & set(place.lineage):
                found[place_id].people += people  # type: ignore[operator]
                found[place_id].households += homes  # type: ignore[operator]


def _add_declared(found: dict[int, Figures], places: Sequence[Place], below: Sequence[Place]) -> None:
    """A place's own declaration counts before the sum of its villages'."""
    declared = latest_declared({*found, *(place.pk for place in below)})
    villages: dict[int, list[Place]] = defaultdict(list)
    for place in below:
        if place.level == "village":
            for place_id in found.keys() & set(place.lineage[:-1]):
                villages[place_id].append(place)
    for place in places:
        own = declared.get(place.pk)
        parts = [own] if own else [declared[one.pk] for one in villages[place.pk] if one.pk in declared]
        figures = found[place.pk]
        figures.declared_by = len(parts)
        figures.declarers = 1 if own or not villages[place.pk] else len(villages[place.pk])
        if parts:
            figures.declared_people = sum(one.population for one in parts)
            figures.declared_households = sum(one.households for one in parts)


def _past(row: PlaceVersion, by_id: dict[int, PlaceVersion]) -> PastPlace:
    lineage, at = [row.place_id], row
    while at.parent_id is not None and at.parent_id in by_id and at.parent_id not in lineage:
        at = by_id[at.parent_id]
        lineage.append(at.place_id)
    return PastPlace(row.place_id, row.code, row.level, row.kind, row.name, row.parent_id, tuple(reversed(lineage)))


def county_name() -> str:
    """What this house's county is called, for the head of every page; '' before its places are loaded. No scope: it is on the door."""
    return Place.objects.filter(code=house.county()).values_list("name", flat=True).first() or ""
