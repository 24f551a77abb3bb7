"""Reading units: the trees, who belongs to a unit at a moment, and how many distinct people all below it are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from bulou.modules.registry.models import Membership, Person, Unit, UnitVersion
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import units as rules
from bulou.modules.registry.rules.people import masked_name
from bulou.platform import chinese
from bulou.platform.access.viewer import Viewer

PEOPLE = "registry.view_person"


@dataclass(frozen=True, slots=True)
class PastUnit:
    """A unit as it stood at a moment."""

    id: int
    name: str
    kind: str
    parent_id: int | None
    place_id: int | None


def visible(viewer: Viewer, *, with_ended: bool = False) -> QuerySet[Unit]:
    """The units a viewer sees, by code; ended ones only if asked for."""
    found = scopes.units(viewer).select_related("place").order_by("code")
    return found if with_ended else found.filter(ends=None)


def found_by(units: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """Units whose name holds `text`, whose code begins with it, or whose pinyin or initials do."""
    text = text.strip()
    if not text:
        return units
    wanted = Q(name__icontains=text) | Q(code__istartswith=text)
    if chinese.is_pinyin(text):
        wanted |= Q(initials__startswith=text.lower())
        for prefix in chinese.key_prefixes(text):
            wanted |= Q(sort_key__startswith=prefix)
    return units.filter(wanted)


def crumbs(viewer: Viewer, unit: Unit) -> list[Unit]:
    """The units above one, from the top, as far as the viewer sees them."""
    above = {found.pk: found for found in scopes.units(viewer).filter(pk__in=unit.lineage[:-1])}
    return [above[unit_id] for unit_id in unit.lineage[:-1] if unit_id in above]


def members(viewer: Viewer, unit: Unit, at: datetime) -> QuerySet[Membership]:
    """Who belongs to a unit at `at` (starts ≤ at < ends): leader, secretaries, deputies, members; then by name."""
    rank = Case(
        *(When(part=part, then=Value(number)) for number, part in enumerate(("leader", "secretary", "deputy"))),
        default=Value(9), output_field=IntegerField(),
    )  # fmt: skip
    found = _running(unit.memberships.all(), at)
    return _of_viewer(viewer, found).annotate(rank=rank).order_by("rank", "person__name_key", "id")


def former_members(viewer: Viewer, unit: Unit, at: datetime) -> QuerySet[Membership]:
    """Memberships that had ended by `at`, the latest first; those that never began are left out."""
    return _of_viewer(viewer, unit.memberships.filter(ends__lte=at, ends__gt=F("starts"))).order_by("-ends", "id")


def coming_members(viewer: Viewer, unit: Unit, at: datetime) -> QuerySet[Membership]:
    """Memberships that begin after `at`."""
    found = unit.memberships.filter(starts__gt=at).filter(Q(ends=None) | Q(ends__gt=F("starts")))
    return _of_viewer(viewer, found).order_by("starts", "id")


def memberships_of(viewer: Viewer, person_id: int) -> QuerySet[Membership]:
    """The memberships of a person in units the viewer sees, running ones first."""
    found = Membership.objects.filter(person_id=person_id, unit__in=scopes.units(viewer))
    return found.select_related("unit", "seconded_from").order_by("-ends", "-starts", "id")


def membership(viewer: Viewer, membership_id: int) -> Membership | None:
    """One membership of a unit the viewer sees."""
    found = Membership.objects.filter(pk=membership_id, unit__in=scopes.units(viewer))
    return _of_viewer(viewer, found).first()


def head_counts(unit_ids: Iterable[int], at: datetime) -> dict[int, int]:
    """Distinct people in each unit and all below it at `at`. Somebody in two units below counts once above, and so does a merged person."""
    words = """
        SELECT above.id, count(DISTINCT coalesce(q.merged_into_id, p.merged_into_id, p.id))
          FROM registry_membership m
          JOIN registry_person p ON p.id = m.person_id
          LEFT JOIN registry_person q ON q.id = p.merged_into_id
          JOIN registry_unit u ON u.id = m.unit_id
         CROSS JOIN LATERAL unnest(u.lineage) AS above(id)
         WHERE above.id = ANY(%s) AND u.lineage && %s::bigint[]
           AND m.starts <= %s AND (m.ends IS NULL OR m.ends > %s)
         GROUP BY above.id"""
    ids = list(unit_ids)
    with connection.cursor() as cursor:
        cursor.execute(words, [ids, ids, at, at])
        counted = dict(cursor.fetchall())
    return {unit_id: counted.get(unit_id, 0) for unit_id in ids}


def direct_count(unit: Unit, at: datetime) -> int:
    """Distinct people in the unit itself at `at`, also those whose names this viewer does not see."""
    return _running(unit.memberships.all(), at).values("person_id").distinct().count()


def part_counts(unit: Unit, at: datetime) -> dict[str, int]:
    """How many memberships of each part the unit has at `at`."""
    return dict(_running(unit.memberships.order_by(), at).values_list("part").annotate(number=Count("*")))


def leaders(viewer: Viewer, unit_ids: Iterable[int], at: datetime) -> dict[int, Membership]:
    """The leader of each unit that has one at `at` and whom the viewer sees."""
    found = _running(Membership.objects.filter(unit_id__in=list(unit_ids), part=rules.PARTS[0]), at)
    return {row.unit_id: row for row in _of_viewer(viewer, found)}


def name_for(viewer: Viewer, person: Person) -> str:
    """A person's name as this viewer may read it without giving a reason: an auditor reads it masked."""
    return (
        person.name if viewer.may("registry.view_name") or person.pk == viewer.person_id else masked_name(person.name)
    )


def named_units(viewer: Viewer, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Standing units the viewer sees, as a picker names them."""
    return [(unit.pk, unit.name) for unit in visible(viewer).filter(pk__in=list(ids))]


def named_people(viewer: Viewer, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Current people the viewer sees, as a picker names them: with their place, for names repeat. In the order of `ids`."""
    wanted = list(ids)
    found = scopes.people(viewer, PEOPLE).filter(pk__in=wanted, ends=None, merged_into=None).select_related("place")
    spoken = {person.pk: f"{name_for(viewer, person)} {person.place.name}" for person in found}
    return [(person_id, spoken[person_id]) for person_id in wanted if person_id in spoken]


def fellows(person_id: int, at: datetime) -> list[tuple[int, str]]:
    """Who belongs to a unit with this person at `at`, themselves left out: (id, "name · unit"), by name. For that person alone: it asks nobody."""
    now = Q(ends=None) | Q(ends__gt=at)
    mine = Membership.objects.filter(now, person_id=person_id, starts__lte=at).values("unit_id")
    rows = Membership.objects.filter(now, unit__in=mine, starts__lte=at, person__ends=None, person__merged_into=None)
    found: dict[int, str] = {}
    for pk, name, unit in (
        rows.exclude(person_id=person_id)
        .order_by("person__name_key", "pk")
        .values_list("person_id", "person__name", "unit__name")
    ):
        found.setdefault(pk, f"{name} · {unit}")
    return list(found.items())


def history(unit: Unit) -> list[UnitVersion]:
    """Every version of a unit, newest first."""
    return list(unit.versions.select_related("parent", "place").order_by("-number"))


def units_as_of(viewer: Viewer, at: datetime) -> list[PastUnit]:
    """The units that stood at `at`, named and placed as then, of those the viewer sees now."""
    rows = UnitVersion.objects.filter(starts__lte=at, unit__in=scopes.units(viewer))
    rows = rows.filter(Q(ends=None) | Q(ends__gt=at)).order_by("unit__code")
    return [PastUnit(row.unit_id, row.name, row.kind, row.parent_id, row.place_id) for row in rows]


def _running(found: QuerySet[Membership], at: datetime) -> QuerySet[Membership]:
    return found.filter(starts__lte=at).filter(Q(ends=None) | Q(ends__gt=at))


def _of_viewer(viewer: Viewer, found: QuerySet[Membership]) -> QuerySet[Membership]:
    """Names of members are people's names: those of people the viewer may see, and the viewer's own."""
    mine = Q(person_id=viewer.person_id) if viewer.person_id is not None else Q(pk__in=[])
    if not viewer.may(PEOPLE):
        return found.filter(mine).select_related("person", "seconded_from")
    return found.filter(Q(person__in=scopes.people(viewer, PEOPLE)) | mine).select_related("person", "seconded_from")
