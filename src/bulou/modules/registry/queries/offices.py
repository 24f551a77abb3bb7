"""Who sits in an office at a moment, as ids: the leaders of units, the people behind the grants of a role. For the house's own messages, no page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bulou.modules.registry.models import Grant, Membership, Person, UserPerson

LEADING = ("leader", "deputy", "secretary")


@dataclass(frozen=True, slots=True)
class Holder:
    """A person whose account holds a role, over a place, a unit and an operation; None = not limited in that respect."""

    person_id: int
    role: str
    place_id: int | None
    unit_id: int | None
    operation_id: int | None


def leaders_of(unit_ids: Collection[int], at: datetime) -> dict[int, list[int]]:
    """Who leads each unit at `at`: its leader; where there is none its deputies, else its secretaries. Units nobody leads are left out."""
    found = Membership.objects.filter(unit_id__in=unit_ids, part__in=LEADING, starts__lte=at, person__ends=None)
    by_part: dict[int, dict[str, list[int]]] = {}
    for unit_id, part, person_id in found.filter(Q(ends=None) | Q(ends__gt=at)).values_list(
        "unit_id", "part", "person_id"
    ):
        by_part.setdefault(unit_id, {}).setdefault(part, []).append(person_id)
    return {unit: next(sorted(parts[part]) for part in LEADING if part in parts) for unit, parts in by_part.items()}


def holders(roles: Collection[str], at: datetime) -> list[Holder]:
    """The people behind the grants of these roles in force at `at`; accounts that are nobody of the registry are left out."""
    rows = list(Grant.objects.filter(Q(ends=None) | Q(ends__gt=at), role__in=roles, starts__lte=at).order_by("pk"))
    people = dict(
        UserPerson.objects.filter(user_id__in=[row.user_id for row in rows]).values_list("user_id", "person_id")
    )
    return [
        Holder(people[row.user_id], row.role, row.place_id, row.unit_id, row.operation_id)
        for row in rows
        if row.user_id in people
    ]


def units_answering(person_id: int, role: str, operation_id: int, at: datetime) -> list[int]:
    """For each unit a person is in at `at` the nearest on the way up whose affairs somebody has in hand: a grant of the role; none twice."""
    seats = Membership.objects.filter(Q(ends=None) | Q(ends__gt=at), person_id=person_id, starts__lte=at)
    grants = Grant.objects.filter(
        Q(ends=None) | Q(ends__gt=at), Q(operation_id=None) | Q(operation_id=operation_id), role=role, starts__lte=at
    )
    held = set(grants.filter(unit__isnull=False).values_list("unit_id", flat=True))
    ways = seats.order_by("unit_id").values_list("unit__lineage", flat=True)
    found = [next((unit for unit in reversed(way) if unit in held), None) for way in ways]
    return list(dict.fromkeys(unit for unit in found if unit is not None))


def person_of_user(user_id: int) -> int | None:
    """The id of the person a user is, if any."""
    return UserPerson.objects.filter(user_id=user_id).values_list("person_id", flat=True).first()


def users_of(person_ids: Collection[int] | QuerySet[Any]) -> dict[int, int]:
    """The account of each of these people who has one: person → user."""
    return dict(UserPerson.objects.filter(person_id__in=person_ids).values_list("person_id", "user_id"))


def accounts_of(people: QuerySet[Person]) -> QuerySet[UserPerson, Any]:
    """The same as a part of a query: the ids of the accounts of `people`."""
    return UserPerson.objects.filter(person__in=people.values("pk")).values("user_id")


def members_below(unit_id: int, at: datetime) -> QuerySet[Membership, Any]:
    """As a part of a query: the ids of the people of a unit and of all below it at `at`."""
    seats = Membership.objects.filter(Q(ends=None) | Q(ends__gt=at), unit__lineage__contains=[unit_id], starts__lte=at)
    return seats.values("person_id")
