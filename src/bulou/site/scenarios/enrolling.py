"""Enrolling those no filter finds: relatives of members, and returnees for whom four answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.services import NewEnrolment, enrol_many
from bulou.modules.registry.models import Person
from bulou.modules.registry.services.playbook_units import unit_of
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.playbooks import OperationRef
from bulou.site.scenarios.cases import Case
from bulou.site.scenarios.returning import Returnee, fours
from bulou.site.scenarios.seating import Seats, in_group

MOST = 3


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative of a member: who, where, and the member who reports about them."""

    person_id: int
    place_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Enrols an operation's people from the first moment of the local day on: what falls due later that day is owed."""

    case: Case
    operation: OperationRef
    by: Viewer
    seed: int
    now: datetime

    def those_no_filter_finds(self, seats: Seats, returnees: Sequence[Returnee]) -> None:
        """The families and those who are followed up; whom the regimes' filters match was enrolled when the level was raised."""
        regimes = {one.key: one for one in Regime.objects.filter(operation_id=self.operation.id, ended_at=None)}
        if self.case.families:
            key, groups = self.case.families
            self._families(regimes[key], self._units(seats, groups))
        if self.case.followed:
            key, officers = self.case.followed
            self._followed(regimes[key], returnees, in_group(seats, officers))

    def _families(self, regime: Regime, unit_of_member: Mapping[int, int]) -> None:
        """Each relative is owed by the member and counts in the member's unit, where the relative lives."""
        rows = [
            NewEnrolment(
                _uuid(regime, one.person_id), one.person_id, one.place_id, unit_of_member[one.member_id],
                owed_id=one.member_id, answerables=(one.member_id,),
            )
            for one in relatives_of(list(unit_of_member))
        ]  # fmt: skip
        enrol_many(by=self.by, regime=regime, rows=rows, now=self.now, starts=self._start, why="scenario")

    def _followed(self, regime: Regime, returnees: Sequence[Returnee], officers: Sequence[int]) -> None:
        """Each returnee counts in the village; the first of the four leads them and owes the report."""
        four = fours(returnees, officers, root_id=self.operation.root_place_id, seed=self.seed, now=self.now)
        rows = [
            NewEnrolment(
                _uuid(regime, one.person_id), one.person_id, one.place_id, owed_id=four[one.person_id][0],
                answerables=four[one.person_id],
            )
            for one in returnees
        ]  # fmt: skip
        enrol_many(by=self.by, regime=regime, rows=rows, now=self.now, starts=self._start, why="scenario")

    def _units(self, seats: Seats, groups: Iterable[str]) -> dict[int, int]:
        """The unit of each member of these groups."""
        found: dict[int, int] = {}
        for group in (one for one in self.case.groups if one.name in set(groups)):
            for key, people in zip(group.units, seats[group.name], strict=True):
                unit = unit_of(self.operation, key)
                found |= dict.fromkeys(people, unit.pk) if unit else {}
        return found

    @property
    def _start(self) -> datetime:
        return clock.day_span(clock.local_day(self.now, self.operation.zone), self.operation.zone)[0]


def relatives_of(members: Sequence[int], *, most: int = MOST) -> list[Relative]:
    """Those who live in a household with a member and are no members themselves, at most so many a household; each relative once."""
    own = set(members)
    households = dict(Person.objects.filter(pk__in=own).exclude(household=None).values_list("household_id", "id"))
    rows = (
        Person.objects.filter(household_id__in=households, ends=None, merged_into=None)
        .exclude(relation="other_relative")
        .order_by("uuid")
        .values_list("pk", "place_id", "household_id")
    )
    found: dict[int, list[Relative]] = {}
    for pk, place_id, household_id in rows:
        of_house = found.setdefault(household_id, [])
        if pk not in own and len(of_house) < most:
            of_house.append(Relative(pk, place_id, households[household_id]))
    return [one for some in found.values() for one in some]


def _uuid(regime: Regime, person_id: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"{regime.pk}:{person_id}")
