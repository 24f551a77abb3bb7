"""Whom a regime's filter (rules.who) matches in the registry, and whom it has enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from bulou.modules.ledger.models import Regime
from bulou.modules.ledger.rules import who as rules
from bulou.modules.registry.queries.scopes import Household, Membership, Person, Place, Unit
from bulou.modules.registry.services.playbook_units import code_of
from bulou.platform import clock
from bulou.platform.playbooks import OperationRef

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


def current_enrolments(regime: Regime, now: datetime, *, subject: tuple[str, int] | None = None) -> dict[Identity, Current]:
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


def places_of(regime: Regime) -> QuerySet[Place]:
    """The places a regime's filter names, with all below; the operation's root, unless it names some."""
    codes = regime.who.get("places")
    roots = Place.objects.filter(code__in=codes) if codes else Place.objects.filter(pk=regime.operation.root_id)
    ids = list(roots.values_list("pk", flat=True))
    return Place.objects.filter(lineage__overlap=ids, ends=None)


def _people(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    people = _person_filter(regime, Person.objects.filter(place__in=places_of(regime)), now, only)
    for pk, place_id, head in people.values_list("pk", "place_id", "household__head_id").iterator():
        answerables = (pk,) if head in (None, pk) else (pk, head)
        owed = head if regime.owed_by == "head" and head else pk
        yield Matched("person", pk, place_id, None, "person", owed, answerables)


def _members(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    """A member counts where the unit stands, not at home: whoever lives in a village is not its clerk's staff."""
    who, rows = regime.who, Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), starts__lte=now)
    if "units" in who:
        ref = OperationRef(regime.operation_id, regime.operation.key, regime.operation.root_id, ZoneInfo(regime.zone))
        roots = Unit.objects.filter(code__in=[code_of(ref, key) for key in who["units"]] + list(who["units"]))
        rows = rows.filter(unit__lineage__overlap=list(roots.values_list("pk", flat=True)))
    if "unit_kinds" in who:
        rows = rows.filter(unit__kind__in=who["unit_kinds"], unit__lineage__overlap=_unit_roots(regime))
    for name, field in (("parts", "part__in"), ("terms", "terms__in")):
        if name in who:
            rows = rows.filter(**{field: who[name]})
    rows = rows.filter(person__in=_person_filter(regime, Person.objects.all(), now, only), unit__ends=None)
    leaders = dict(
        Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), starts__lte=now, part="leader").values_list("unit_id", "person_id")
    )
    root = regime.operation.root_id
    found = rows.order_by("person_id", "unit_id").values_list("person_id", "unit_id", "unit__place_id").distinct()
    for person_id, unit_id, place_id in found:
        leader = leaders.get(unit_id)
        owed = leader if regime.owed_by == "unit_leader" and leader else person_id
        yield Matched("person", person_id, place_id or root, unit_id, "person", owed, (person_id,))


def _unit_roots(regime: Regime) -> list[int]:
    """Every top unit: a filter by kind alone looks through all of them."""
    return list(Unit.objects.filter(parent=None).values_list("pk", flat=True))


def _person_filter(regime: Regime, people: QuerySet[Person], now: datetime, only: int | None) -> QuerySet[Person]:
    who = regime.who
    people = people.filter(Q(ends=None) | Q(ends__gt=now), merged_into=None, forgotten_at=None)
    if only is not None:
        people = people.filter(pk=only)
    if "qualifications" in who:
        people = people.filter(qualifications__overlap=who["qualifications"])
    if "purposes" in who:
        people = people.filter(purpose__in=who["purposes"])
    if "temporary" in who:
        people = people.filter(is_temporary=who["temporary"])
    if "age" in who:
        today = clock.local_day(now, ZoneInfo(regime.zone))
        if "from" in who["age"]:
            people = people.filter(born_on__lte=_years_before(today, who["age"]["from"]))
        if "under" in who["age"]:
            people = people.filter(born_on__gt=_years_before(today, who["age"]["under"]))
    return people


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _households(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    found = Household.objects.filter(Q(ends=None) | Q(ends__gt=now), place__in=places_of(regime))
    found = found.filter(pk=only) if only is not None else found
    if "kinds" in regime.who:
        found = found.filter(kind__in=regime.who["kinds"])
    for pk, place_id, head in found.values_list("pk", "place_id", "head_id").iterator():
        owed = ("person", head) if head else ("household", pk)
        yield Matched("household", pk, place_id, None, *owed, (head,) if head else ())


def _places(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    found = places_of(regime).filter(pk=only) if only is not None else places_of(regime)
    if "levels" in regime.who:
        found = found.filter(level__in=regime.who["levels"])
    if "kinds" in regime.who:
        found = found.filter(kind__in=regime.who["kinds"])
    for pk in found.values_list("pk", flat=True):
        yield Matched("place", pk, pk, None, "place", pk, ())


def _units(regime: Regime, now: datetime, only: int | None) -> Iterator[Matched]:
    who, found = regime.who, Unit.objects.filter(ends=None)
    found = found.filter(pk=only) if only is not None else found
    if "units" in who:
        ref = OperationRef(regime.operation_id, regime.operation.key, regime.operation.root_id, ZoneInfo(regime.zone))
        found = found.filter(code__in=[code_of(ref, key) for key in who["units"]] + list(who["units"]))
    kinds = who.get("kinds") or who.get("unit_kinds")
    if kinds:
        found = found.filter(kind__in=kinds)
    leaders = dict(
        Membership.objects.filter(Q(ends=None) | Q(ends__gt=now), starts__lte=now, part="leader").values_list("unit_id", "person_id")
    )
    for pk, place_id in found.values_list("pk", "place_id"):
        leader = leaders.get(pk)
        yield Matched("unit", pk, place_id or regime.operation.root_id, pk, "unit", pk, (leader,) if leader else ())
