"""Reading people: the register in scope, one person's page, duplicates proposed. What is out of scope does not exist (Http404)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Prefetch, Q, QuerySet, Value, When
from django.http import Http404

from bulou.modules.registry.models import (
    Document,
    Duplicate,
    Household,
    Membership,
    Merge,
    Person,
    PersonVersion,
    Phone,
    Place,
    Relation,
)
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import people as rules
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.models import Look
from bulou.platform.journal.queries import looks_at

CURRENT = Q(ends=None, merged_into=None)
# Up to so many places a page is read place by place; above, in the order of names through everybody.
MOST_PLACES = 100
STATES = ("gone", "temporary", "merged")
_PAGE = """
SELECT x.id FROM unnest(%(places)s::bigint[]) AS p(id) CROSS JOIN LATERAL (
    SELECT id, name_key FROM registry_person
    WHERE place_id = p.id AND ends IS NULL AND merged_into_id IS NULL AND {beyond}
    ORDER BY name_key {way}, id {way} LIMIT %(limit)s
) x ORDER BY x.name_key {way}, x.id {way} LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative as seen from one person: the relation's row, who it is, and what they are to the person."""

    relation: Relation
    person: Person
    kind: str


def people(viewer: Viewer, state: str = "") -> QuerySet[Person]:
    """The register: everybody current in scope, or (`state`) who is `gone`, under a `temporary` identity, or `merged` into another row.

    Each row says by `is_masked` whether this viewer sees its name only for a reason.
    """
    rows = scopes.people(viewer).annotate(is_masked=masks(viewer))
    match state:
        case "gone":
            return rows.filter(ends__isnull=False, merged_into=None)
        case "merged":
            return rows.filter(merged_into__isnull=False)
        case "temporary":
            return rows.filter(CURRENT, is_temporary=True)
        case _:
            return rows.filter(CURRENT)


def with_contacts(rows: QuerySet[Person]) -> QuerySet[Person]:
    """The rows with place, household, telephones (first to call first) and current documents at hand."""
    return rows.select_related("place", "household").prefetch_related(
        Prefetch("phones", Phone.objects.order_by("rank", "id")),
        Prefetch("documents", Document.objects.filter(ends=None).order_by("-id")),
    )


def page_of_places(
    place_ids: Sequence[int], *, start: tuple[str, int] | None, backwards: bool, limit: int
) -> list[int]:
    """Ids of the next current people of these places in the order of names: a few rows of each place's own range, then the first of all."""
    way, sign = ("DESC", "<") if backwards else ("ASC", ">")
    beyond = f"(name_key, id) {sign} (%(key)s, %(id)s)" if start else "TRUE"
    values: dict[str, Any] = {
        "places": list(place_ids),
        "limit": limit,
        "key": start[0] if start else "",
        "id": start[1] if start else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(way=way, beyond=beyond), values)
        return [row[0] for row in cursor.fetchall()]


def places_of(viewer: Viewer, below: int | None = None) -> list[int] | None:
    """The places whose people the viewer's register shows, below one place if told; None = cannot be said by places alone."""
    reached = scopes.reaches(viewer, "registry.view_person")
    if any(reach.unit_ids is not None for reach in reached):
        return None
    if below is None and any(reach.is_everything for reach in reached):
        return None
    rows = scopes.places(viewer, "registry.view_person")
    return list((rows.filter(lineage__contains=[below]) if below else rows).values_list("id", flat=True))


def masks(viewer: Viewer) -> Any:
    """SQL: whether the viewer must give a reason before seeing a row's name and telephone (an auditor must)."""
    may = scopes.people(viewer, "registry.view_name")
    if viewer.scopes("registry.view_name") == viewer.scopes("registry.view_person"):
        return Value(False)
    return (
        Case(When(pk__in=may.values("pk"), then=Value(False)), default=Value(True)) if may.query.where else Value(True)
    )


def person(viewer: Viewer, pk: int) -> Person:
    """One person in scope with contacts; else Http404. Ended, merged and forgotten rows have a page too."""
    found = with_contacts(scopes.people(viewer).annotate(is_masked=masks(viewer)).filter(pk=pk)).first()
    if found is None:
        raise Http404
    return found


def kin(viewer: Viewer, of: Person) -> list[Kin]:
    """A person's relatives who are in the viewer's scope, from whichever side they were noted."""
    seen = scopes.people(viewer).values("pk")
    rows = Relation.objects.filter(ends=None).select_related("person__place", "relative__place")
    mine = [Kin(row, row.relative, row.kind) for row in rows.filter(person=of, relative__in=seen)]
    theirs = [Kin(row, row.person, rules.opposite(row.kind)) for row in rows.filter(relative=of, person__in=seen)]
    return sorted(mine + theirs, key=lambda one: one.person.name_key)


def memberships(viewer: Viewer, of: Person) -> QuerySet[Membership]:
    """The units a person is or was in, as far as the viewer sees units: a village clerk does not see who of the village serves where."""
    rows = Membership.objects.filter(person=of).select_related("unit").order_by("-starts")
    return rows.filter(unit__in=scopes.units(viewer)) if viewer.may("registry.view_unit") else rows.none()


def versions(of: Person, most: int = 50) -> list[PersonVersion]:
    """What the person was before, newest change first."""
    return list(PersonVersion.objects.filter(person=of).order_by("-number")[:most])


def names_of(ids: set[int], kind: type[Place] | type[Household] | type[Person]) -> dict[int, str]:
    """What places, households or people with these ids are called, for a history."""
    return {row.pk: str(row) for row in kind.objects.filter(pk__in=ids)}


def looks(viewer: Viewer, of: Person, most: int = 30) -> list[Look]:
    """Who looked at this person, newest first, for whom may see that; nothing for others."""
    if not viewer.may("journal.view_look") and viewer.person_id != of.pk:
        return []
    return list(looks_at("registry.person", of.pk)[:most])


def merges(of: Person) -> list[Merge]:
    """The merges in force that this row kept or was absorbed by, newest first."""
    return list(
        Merge.objects.filter(Q(kept=of) | Q(absorbed=of), undone_at=None)
        .select_related("kept", "absorbed")
        .order_by("-id")
    )


def duplicates(viewer: Viewer, state: str = "proposed") -> QuerySet[Duplicate]:
    """Pairs that may be one person, both in the viewer's scope; proposed ones only while both rows still stand for themselves."""
    rows = Duplicate.objects.filter(state=state).select_related("first__place", "second__place")
    reach = scopes.people(viewer, "registry.merge_person")
    if state == "proposed":
        reach = reach.filter(CURRENT, forgotten_at=None)
    return rows.filter(first__in=reach, second__in=reach)


def duplicate(viewer: Viewer, pk: int) -> Duplicate:
    """One proposed or decided pair in scope; else Http404."""
    reach = scopes.people(viewer, "registry.merge_person")
    found = Duplicate.objects.filter(pk=pk, first__in=reach, second__in=reach).select_related("first", "second").first()
    if found is None:
        raise Http404
    return found


def duplicates_of(viewer: Viewer, of: Person) -> list[Duplicate]:
    """The open pairs a person is in, as far as the viewer may decide them."""
    if not viewer.may("registry.merge_person"):
        return []
    return list(duplicates(viewer).filter(Q(first=of) | Q(second=of)))
