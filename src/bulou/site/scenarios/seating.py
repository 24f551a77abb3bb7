"""Seating: people of the county take their places in the units a playbook has set up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from bulou.modules.registry.models import Person
from bulou.modules.registry.services.playbook_units import unit_of
from bulou.modules.registry.services.unit_members import Terms, add_members
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.playbooks import OperationRef
from bulou.site.scenarios.cases import FRESH, Case, Group

Seats = dict[str, list[list[int]]]


@dataclass(frozen=True, slots=True)
class Resident:
    """One who may be drawn: the person's id and age in full years."""

    id: int
    age: int


class Residents:
    """The made-up residents of a county in an order that the seed gives; each is drawn once."""

    def __init__(self, *, root_id: int, seed: int, now: datetime) -> None:
        self._left = _residents(root_id, clock.local_day(now))
        Random(f"{seed}:seating").shuffle(self._left)

    def draw(self, count: int, ages: tuple[int, int]) -> list[int]:
        """So many of an age, from (included), under (excluded). Too few of them: ValueError."""
        found = [one for one in self._left if ages[0] <= one.age < ages[1]][:count]
        if len(found) < count:
            raise ValueError(
                f"{len(found)} residents of {ages} years are left, {count} are needed: load more residents."
            )
        gone = {one.id for one in found}
        self._left = [one for one in self._left if one.id not in gone]
        return [one.id for one in found]


def seat(case: Case, operation: OperationRef, *, by: Viewer, seed: int, now: datetime) -> Seats:
    """Fill the groups of a case; gives the ids of persons by group and unit, the lead of each unit first."""
    residents = Residents(root_id=operation.root_place_id, seed=seed, now=now)
    seats: Seats = {}
    for group in case.groups:
        seats[group.name] = _people(group, seats, residents, seed)
        for key, people in zip(group.units, seats[group.name], strict=True):
            _join(group, key, people, operation, by=by, now=now)
    return seats


def in_group(seats: Mapping[str, Sequence[Sequence[int]]], name: str) -> list[int]:
    """Everybody of a group, unit by unit."""
    return [person_id for people in seats[name] for person_id in people]


def shares(count: int, parts: int) -> list[int]:
    """`count` split into parts as even as can be, the larger first."""
    return [count // parts + (number < count % parts) for number in range(parts)]


def _people(group: Group, seats: Seats, residents: Residents, seed: int) -> list[list[int]]:
    sizes = shares(group.people, len(group.units))
    if group.out_of == FRESH:
        return _cut(residents.draw(group.people, group.ages), sizes)
    sources = seats[group.out_of]
    random = Random(f"{seed}:{group.name}")
    if len(sources) == len(sizes):
        return [random.sample(people, size) for people, size in zip(sources, sizes, strict=True)]
    return _cut(random.sample(in_group(seats, group.out_of), group.people), sizes)


def _cut(people: Sequence[int], sizes: Iterable[int]) -> list[list[int]]:
    found, start = [], 0
    for size in sizes:
        found.append(list(people[start : start + size]))
        start += size
    return found


def _join(group: Group, key: str, people: list[int], operation: OperationRef, *, by: Viewer, now: datetime) -> None:
    """The lead first, then the others by their terms: one call for each, so that the journal has a line and not a hundred."""
    unit = unit_of(operation, key)
    if unit is None:
        raise LookupError(f"The playbook has no unit {key}.")
    parts: dict[Terms, list[int]] = defaultdict(list)
    for number, person_id in enumerate(people):
        part = "leader" if group.is_led and number == 0 else "member"
        parts[Terms(part, group.post, group.terms[number % len(group.terms)])].append(person_id)
    for terms, ids in parts.items():
        add_members(by=by, unit_id=unit.pk, person_ids=ids, terms=terms, starts=now, now=now, why=operation.key)


def _residents(root_id: int, today: date) -> list[Resident]:
    """Those written once, by the key that does not depend on the database; young and old ones too, each case takes its ages."""
    rows = (
        Person.objects.filter(purpose="synthetic", ends=None, merged_into=None, place__lineage__contains=[root_id])
        .exclude(relation="other_relative")
        .order_by("uuid")
        .values_list("id", "born_on")
    )
    return [Resident(pk, (today - born_on).days * 100 // 36525) for pk, born_on in rows if born_on]
