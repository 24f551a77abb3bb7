"""Rosters for the modules above: lineages, names with telephones, and whom a filter matches. Plain values; scope is the caller's matter.

A filter is a mapping with any of: places (codes), levels, kinds, units (codes), unit_kinds, parts, terms, qualifications, purposes, temporary,
age {from, under}. `only` keeps to one subject, so that a change of one person evaluates nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from bulou.modules.registry.models import Household, Membership, Person, Place, Unit
from bulou.modules.registry.rules.people import masked_name

Who = Mapping[str, Any]


def lineages(kind: str, ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids from the root down to each place or unit, itself included."""
    model = Unit if kind == "unit" else Place
    return dict(model.objects.filter(pk__in=list(ids)).values_list("pk", "lineage"))


def contacts(kind: str, ids: Sequence[int], *, masked: bool = False) -> dict[int, tuple[str, str]]:
    """(name, telephone called first) of people, households (their heads), places or units. Masked: no telephone, names starred."""
    if kind == "person":
        return _people(ids, masked)
    if kind == "household":
        return _households(ids, masked)
    if kind == "place":
        return {pk: (name, "") for pk, name in Place.objects.filter(pk__in=ids).values_list("pk", "name")}
    if kind == "unit":
        return {
            pk: (name, phone) for pk, name, phone in Unit.objects.filter(pk__in=ids).values_list("pk", "name", "phone")
        }
    return {pk: (str(pk), "") for pk in ids}


def people_matching(
    who: Who, root_id: int, *, at: datetime, today: date, only: int | None = None
) -> Iterator[tuple[int, int, int | None]]:
    """(person, place, head of the household or None) of those who live in the filter's places."""
    people = _persons(who, Person.objects.filter(place__in=_places(who, root_id)), at, today, only)
    yield from people.values_list("pk", "place_id", "household__head_id").iterator()


def members_matching(
    who: Who, *, at: datetime, today: date, only: int | None = None
) -> Iterator[tuple[int, int, int | None, int | None]]:
    """(person, unit, place of the unit, leader of the unit) of every seat in the filter's units, all below included."""
    rows = Membership.objects.filter(_now(at), starts__lte=at, unit__ends=None)
    if "units" in who:
        roots = list(Unit.objects.filter(code__in=who["units"]).values_list("pk", flat=True))
        rows = rows.filter(unit__lineage__overlap=roots)
    for name, field in (("unit_kinds", "unit__kind__in"), ("parts", "part__in"), ("terms", "terms__in")):
        if name in who:
            rows = rows.filter(**{field: who[name]})
    rows = rows.filter(person__in=_persons(who, Person.objects.all(), at, today, only))
    heads = leaders(at)
    for person_id, unit_id, place_id in (
        rows.order_by("person_id", "unit_id").values_list("person_id", "unit_id", "unit__place_id").distinct()
    ):
        yield person_id, unit_id, place_id, heads.get(unit_id)


def households_matching(
    who: Who, root_id: int, *, at: datetime, only: int | None = None
) -> Iterator[tuple[int, int, int | None]]:
    """(household, place, head or None) in the filter's places."""
    found = Household.objects.filter(_now(at), place__in=_places(who, root_id))
    found = found.filter(pk=only) if only is not None else found
    found = found.filter(kind__in=who["kinds"]) if "kinds" in who else found
    yield from found.values_list("pk", "place_id", "head_id").iterator()


def places_matching(who: Who, root_id: int, *, only: int | None = None) -> list[int]:
    """The filter's places, by its levels and kinds."""
    found = _places(who, root_id)
    found = found.filter(pk=only) if only is not None else found
    for name, field in (("levels", "level__in"), ("kinds", "kind__in")):
        if name in who:
            found = found.filter(**{field: who[name]})
    return list(found.order_by("code").values_list("pk", flat=True))


def units_matching(who: Who, *, at: datetime, only: int | None = None) -> list[tuple[int, int | None, int | None]]:
    """(unit, its place, its leader) of the filter's units themselves."""
    found = Unit.objects.filter(ends=None)
    found = found.filter(pk=only) if only is not None else found
    found = found.filter(code__in=who["units"]) if "units" in who else found
    kinds = who.get("kinds") or who.get("unit_kinds")
    found = found.filter(kind__in=kinds) if kinds else found
    heads = leaders(at)
    return [(pk, place_id, heads.get(pk)) for pk, place_id in found.order_by("code").values_list("pk", "place_id")]


def leaders(at: datetime) -> dict[int, int]:
    """The leader of each unit that has one at a moment."""
    return dict(Membership.objects.filter(_now(at), starts__lte=at, part="leader").values_list("unit_id", "person_id"))


def _places(who: Who, root_id: int) -> QuerySet[Place]:
    codes = who.get("places")
    roots = Place.objects.filter(code__in=codes) if codes else Place.objects.filter(pk=root_id)
    return Place.objects.filter(lineage__overlap=list(roots.values_list("pk", flat=True)), ends=None)


def _persons(who: Who, people: QuerySet[Person], at: datetime, today: date, only: int | None) -> QuerySet[Person]:
    people = people.filter(_now(at), merged_into=None, forgotten_at=None)
    people = people.filter(pk=only) if only is not None else people
    if "qualifications" in who:
        people = people.filter(qualifications__overlap=who["qualifications"])
    if "purposes" in who:
        people = people.filter(purpose__in=who["purposes"])
    if "temporary" in who:
        people = people.filter(is_temporary=who["temporary"])
    age = who.get("age", {})
    if "from" in age:
        people = people.filter(born_on__lte=_years_before(today, age["from"]))
    if "under" in age:
        people = people.filter(born_on__gt=_years_before(today, age["under"]))
    return people


def _now(at: datetime) -> Q:
    return Q(ends=None) | Q(ends__gt=at)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _people(ids: Sequence[int], masked: bool) -> dict[int, tuple[str, str]]:
    people = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    if masked:
        return {pk: (masked_name(name), "") for pk, name in people.items()}
    phones: dict[int, str] = {}
    numbers = Person.objects.filter(pk__in=ids, phones__isnull=False).order_by("phones__rank", "phones__id")
    for pk, number in numbers.values_list("pk", "phones__number"):
        phones.setdefault(pk, number)
    return {pk: (name, phones.get(pk, "")) for pk, name in people.items()}


def _households(ids: Sequence[int], masked: bool) -> dict[int, tuple[str, str]]:
    rows = list(Household.objects.filter(pk__in=ids).values_list("pk", "code", "head_id"))
    people = _people([head for _pk, _code, head in rows if head], masked)
    return {pk: people.get(head, (code, "")) if head else (code, "") for pk, code, head in rows}
