"""Whom a regime's filter (rules.who) matches in the registry, and whom it has enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.rules import who as rules
from bulou.modules.registry.queries import rosters
from bulou.modules.registry.rules.units import playbook_code
from bulou.platform import clock

Identity = tuple[str, int, int | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """A subject the filter matches, where it counts and who owes."""

    subject_kind: str
    subject_id: int
    place_id: int
    unit_id: int | None
    owed_kind: str
    owed_id: int
    answerables: tuple[int, ...]

    @property
    def identity(self) -> Identity:
        """What it is told apart by: one seat of a member in two branches is two enrolments."""
        return self.subject_kind, self.subject_id, self.unit_id


@dataclass(frozen=True, slots=True)
class Current:
    """An enrolment that has not ended, as far as is known."""

    enrolment_id: int
    by_hand: bool
    place_id: int


def matched(regime: Regime, now: datetime, *, subject: tuple[str, int] | None = None) -> Iterator[Matched]:
    """Everybody the filter matches now, each seat once; or of one subject only."""
    who = regime.who
    kind = who.get("subject", "none")
    if kind == "none" or (subject and subject[0] != kind):
        return
    only = subject[1] if subject else None
    ways = {"person": _people, "household": _households, "place": _places, "unit": _units}
    if kind == "person" and rules.is_of_members(who):
        yield from _members(regime, now, only)
    else:
        yield from ways[kind](regime, now, only)


def current_enrolments(
    regime: Regime, now: datetime, *, subject: tuple[str, int] | None = None
) -> dict[Identity, Current]:
    """The enrolments of a regime not ended by `now`, by identity."""
    kind, subject_id = subject or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.subject_kind, e.subject_id, c.unit_id, e.id, e.by_hand, c.place_id FROM ledger_enrolment e"
            " JOIN LATERAL (SELECT s.cell_id FROM ledger_seat s WHERE s.enrolment_id = e.id"
            "   ORDER BY s.at DESC, s.known_at DESC, s.uuid DESC LIMIT 1) s ON true JOIN ledger_cell c ON c.id = s.cell_id"
            " WHERE e.regime_id = %s AND (e.ends IS NULL OR e.ends > %s) AND (%s::text IS NULL OR (e.subject_kind = %s AND e.subject_id = %s))",
            [regime.pk, now, kind, kind, subject_id],
        )
        return {(row[0], row[1], row[2]): Current(row[3], row[4], row[5]) for row in cursor.fetchall()}


def _people(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    found = rosters.people_matching(
        _who(regime), regime.operation.root_id, at=now, today=_today(regime, now), only=only
    )
    for pk, place_id, head in found:
        answerables = (pk,) if head in (None, pk) else (pk, head)
        owed = head if regime.owed_by == "head" and head else pk
        yield Matched("person", pk, place_id, None, "person", owed, answerables)


def _members(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    """A member counts where the unit stands, not at home: whoever lives in a village is not its clerk's staff."""
    found = rosters.members_matching(_who(regime), at=now, today=_today(regime, now), only=only)
    for person_id, unit_id, place_id, leader in found:
        owed = leader if regime.owed_by == "unit_leader" and leader else person_id
        yield Matched("person", person_id, place_id or regime.operation.root_id, unit_id, "person", owed, (person_id,))


def _households(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    for pk, place_id, head in rosters.households_matching(_who(regime), regime.operation.root_id, at=now, only=only):
        owed = ("person", head) if head else ("household", pk)
        yield Matched("household", pk, place_id, None, *owed, (head,) if head else ())


def _places(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    for pk in rosters.places_matching(_who(regime), regime.operation.root_id, only=only):
        yield Matched("place", pk, pk, None, "place", pk, ())


def _units(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    for pk, place_id, leader in rosters.units_matching(_who(regime), at=now, only=only):
        place = place_id or regime.operation.root_id
        yield Matched("unit", pk, place, pk, "unit", pk, (leader,) if leader else ())


def _who(regime: Regime) -> dict[str, Any]:
    """The filter, with the keys of the playbook's units as the codes they have in the registry."""
    who = dict(regime.who)
    if "units" in who:
        who["units"] = [*who["units"], *(playbook_code(regime.operation_id, key) for key in who["units"])]
    return who


def _today(regime: Regime, now: datetime) -> date:
    return clock.local_day(now, ZoneInfo(regime.zone))
