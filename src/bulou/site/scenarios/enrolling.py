"""Enrolling those no filter finds: relatives of members, and returnees for whom four answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.services import NewEnrolment, enrol_many
from bulou.modules.registry.models import Person
from bulou.platform.access.viewer import Viewer
from bulou.site.scenarios.returning import Returnee


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative of a member: who, where, and the member who reports about them."""

    person_id: int
    place_id: int
    member_id: int


def relatives_of(members: Sequence[int], *, most: int) -> list[Relative]:
    """Those who live in a household with a member and are no members themselves, at most so many each; each relative once."""
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


def enrol_relatives(
    regime: Regime, relatives: Iterable[Relative], unit_of: dict[int, int], *, by: Viewer, now: datetime
) -> int:
    """Each relative is owed by the member and counts in the member's unit, where the relative lives."""
    rows = [
        NewEnrolment(
            _uuid(regime, one.person_id), one.person_id, one.place_id, unit_of[one.member_id], owed_id=one.member_id,
            answerables=(one.member_id,),
        )
        for one in relatives
    ]  # fmt: skip
    return enrol_many(by=by, regime=regime, rows=rows, now=now, why="scenario")


def enrol_returnees(
    regime: Regime, returnees: Iterable[Returnee], answerables: dict[int, tuple[int, ...]], *, by: Viewer, now: datetime
) -> int:
    """Each returnee counts in the village; the first of those who answer leads them and owes it. Whom nobody answers for owes it alone."""
    rows = []
    for one in returnees:
        four = answerables.get(one.person_id, ())
        owed_id = four[0] if four else one.person_id
        uuid = _uuid(regime, one.person_id)
        rows.append(NewEnrolment(uuid, one.person_id, one.place_id, owed_id=owed_id, answerables=four))
    return enrol_many(by=by, regime=regime, rows=rows, now=now, why="scenario")


def _uuid(regime: Regime, person_id: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"{regime.pk}:{person_id}")
