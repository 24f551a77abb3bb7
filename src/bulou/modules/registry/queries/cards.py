"""How people, households, places and units are named on other modules' lists: plain values by id. Scope is the asker's matter: they have
found the ids within theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bulou.modules.registry.models import Household, Person, Place, Unit


@dataclass(frozen=True, slots=True)
class Card:
    """A name, the initials it is found by, the household's address or code (people only); cards sort household by household, head first."""

    name: str
    initials: str = ""
    household: str = ""
    order: tuple[Any, ...] = ()


def cards(kind: str, ids: Collection[int]) -> dict[int, Card]:
    """The cards of one kind of subject: person, household, place or unit; none for another kind or an unknown id."""
    if kind == "person":
        return _people(ids)
    if kind == "household":
        rows = Household.objects.filter(pk__in=ids).values_list("pk", "code", "head__name", "head__initials")
        return {
            pk: Card(head or code, initials or "", code, (code, False, "", pk)) for pk, code, head, initials in rows
        }
    if kind == "place":
        places = Place.objects.filter(pk__in=ids).values_list("pk", "name", "initials", "code")
        return {pk: Card(name, initials, "", (code, False, "", pk)) for pk, name, initials, code in places}
    if kind == "unit":
        units = Unit.objects.filter(pk__in=ids).values_list("pk", "name", "sort_key")
        return {pk: Card(name, "", "", (key, False, "", pk)) for pk, name, key in units}
    return {}


def _people(ids: Collection[int]) -> dict[int, Card]:
    fields = ("pk", "name", "initials", "name_key", "household__code", "household__address", "household__head_id")
    found = {}
    for pk, name, initials, key, code, address, head in Person.objects.filter(pk__in=ids).values_list(*fields):
        found[pk] = Card(name, initials, address or code or "", (code is None, code or "", head != pk, key, pk))
    return found


@dataclass(frozen=True, slots=True)
class Home:
    """A household as lists above name it: its code and address, and the id of its head."""

    code: str
    address: str
    head_id: int | None


def homes(ids: Collection[int]) -> dict[int, Home]:
    """Households by id."""
    rows = Household.objects.filter(pk__in=ids).values_list("pk", "code", "address", "head_id")
    return {pk: Home(code, address, head) for pk, code, address, head in rows}


def households_of(person_ids: Collection[int]) -> dict[int, int]:
    """The household of each of these people who is in one now."""
    rows = Person.objects.filter(pk__in=person_ids, household__isnull=False)
    return {pk: household for pk, household in rows.values_list("pk", "household_id") if household is not None}


def people_of_household(household_id: int) -> list[int]:
    """Everybody who is in a household now, and who was until they were gone."""
    return list(Person.objects.filter(household_id=household_id).order_by("pk").values_list("pk", flat=True))


def home_of(person_id: int) -> int | None:
    """The id of the place a person lives at."""
    return Person.objects.filter(pk=person_id).values_list("place_id", flat=True).first()


def line_of(place_id: int) -> list[tuple[int, str]]:
    """The places from the top down to this one, as (id, level)."""
    lineage = Place.objects.values_list("lineage", flat=True).get(pk=place_id)
    levels = dict(Place.objects.filter(pk__in=lineage).values_list("pk", "level"))
    return [(one, levels[one]) for one in lineage]


def people_called(names: Collection[str]) -> dict[str, list[int]]:
    """Who is called each of these names, written exactly so: ids by name, those who are gone or merged left out."""
    rows = Person.objects.filter(name__in=names, ends=None, merged_into=None).values_list("name", "pk")
    found: dict[str, list[int]] = {}
    for name, pk in rows:
        found.setdefault(name, []).append(pk)
    return found


def handles(kind: str, ids: Collection[int]) -> dict[int, str]:
    """How a form or a phone names subjects of one kind: a person by uuid, a household, a place or a unit by code."""
    if kind == "person":
        return {pk: str(one) for pk, one in Person.objects.filter(pk__in=ids).values_list("pk", "uuid")}
    coded = {"household": Household.objects.all(), "place": Place.objects.all(), "unit": Unit.objects.all()}
    return dict(coded[kind].filter(pk__in=ids).values_list("pk", "code")) if kind in coded else {}
