"""Reads of grants: everybody's for administrators, one's own for oneself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Case, CharField, Q, QuerySet, Value, When

from bulou.modules.registry.models import Grant, Person, Place, Unit, UserPerson
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.queries.people_search import find_people
from bulou.platform.access import permissions
from bulou.platform.access.permissions import Permission
from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts.queries import named_like
from bulou.platform.journal.models import Line
from bulou.platform.manifest import manifests

MANAGE = "registry.manage_grants"
FEW = 12


@dataclass(frozen=True, slots=True)
class ModulePermissions:
    """The permissions of one module, under its title."""

    title: str
    permissions: list[Permission]


def grants(viewer: Viewer, *, at: datetime) -> QuerySet[Grant]:
    """Every grant of all times, each with its `state` at `at` (in_force, coming, over); for those who manage them."""
    if not viewer.may(MANAGE):
        return Grant.objects.none()
    return _with_state(Grant.objects.all(), at)


def grants_of_user(viewer: Viewer, user_id: int, *, at: datetime) -> list[Grant]:
    """A user's grants, those in force first, then those to come, then the past: one's own, or anybody's for those who manage them."""
    if user_id != viewer.user_id and not viewer.may(MANAGE):
        return []
    found = _with_state(Grant.objects.filter(user_id=user_id), at).order_by("-starts", "-pk")
    return sorted(found, key=lambda grant: ("in_force", "coming", "over").index(grant.state))  # type: ignore[attr-defined]


def grant(viewer: Viewer, grant_id: int, *, at: datetime) -> Grant | None:
    """One grant, for those who manage them; None if there is none for this viewer."""
    return grants(viewer, at=at).filter(pk=grant_id).first()


def history_of(viewer: Viewer, user_id: int) -> list[Line]:
    """What was done to a user's grants and person, newest first; for those who manage them."""
    if not viewer.may(MANAGE):
        return []
    actions = ("registry.grant_given", "registry.grant_ended", "registry.person_linked", "registry.person_unlinked")
    return list(
        Line.objects.filter(action__in=actions, kind="accounts.user", subjects__contains=[user_id]).order_by("-pk")[
            :100
        ]
    )


def person_of(viewer: Viewer, user_id: int) -> Person | None:
    """Which person a user is: of oneself, or of anybody for those who manage grants."""
    if user_id != viewer.user_id and not viewer.may(MANAGE):
        return None
    link = UserPerson.objects.select_related("person__place").filter(user_id=user_id).first()
    return link.person if link else None


def permission_table() -> list[ModulePermissions]:
    """Every permission by module, lowest floor first."""
    table = permissions.table()
    found = []
    for manifest in manifests():
        own = [permission for permission in table if permission.key.partition(".")[0] == manifest.name]
        if own:
            found.append(ModulePermissions(str(manifest.title), own))
    return found


def held(viewer: Viewer) -> list[ModulePermissions]:
    """What the viewer may do anywhere, by module."""
    kept = (ModulePermissions(m.title, [p for p in m.permissions if viewer.may(p.key)]) for m in permission_table())
    return [module for module in kept if module.permissions]


def users_to_pick(viewer: Viewer, letters: str) -> list[tuple[int, str]]:
    """Active users whose name or log-in name holds these letters, as (id, text), a dozen at most; not the viewer."""
    if not viewer.may(MANAGE):
        return []
    rows = get_user_model().objects.filter(is_active=True).exclude(pk=viewer.user_id or 0)
    found = named_like(rows, letters).order_by("sort_key", "pk")[:FEW]
    return [(user.pk, f"{user.display_name} · {user.get_username()}") for user in found]


def users_named(viewer: Viewer, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Users by id, as text."""
    found = get_user_model().objects.filter(pk__in=ids) if viewer.may(MANAGE) else ()
    return [(user.pk, f"{user.display_name} · {user.get_username()}") for user in found]


def places_to_pick(viewer: Viewer, letters: str) -> list[tuple[int, str]]:
    """Places in reach that stand, by name, initials or code, upper levels first."""
    named = Q(name__contains=letters) | Q(initials__startswith=letters.lower()) | Q(code__startswith=letters)
    found = scopes.places(viewer, MANAGE).filter(named, ends=None).select_related("parent").order_by("code")
    return [(place.pk, _place_text(place)) for place in found[:FEW]]


def places_named(viewer: Viewer, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Places in reach by id, as text."""
    found = scopes.places(viewer, MANAGE).filter(pk__in=list(ids)).select_related("parent")
    return [(place.pk, _place_text(place)) for place in found]


def units_to_pick(viewer: Viewer, letters: str) -> list[tuple[int, str]]:
    """Units in reach that stand, by name or code."""
    named = Q(name__contains=letters) | Q(code__istartswith=letters)
    found = scopes.units(viewer, MANAGE).filter(named, ends=None).select_related("parent").order_by("code")
    return [(unit.pk, _unit_text(unit)) for unit in found[:FEW]]


def units_named(viewer: Viewer, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Units in reach by id, as text."""
    found = scopes.units(viewer, MANAGE).filter(pk__in=list(ids)).select_related("parent")
    return [(unit.pk, _unit_text(unit)) for unit in found]


def people_to_link(viewer: Viewer, letters: str) -> list[Person]:
    """People a user may turn out to be, a dozen at most, by name or telephone; no more of them than name, place and employer is for
    the page. Whoever calls it logs the look."""
    if not viewer.may(MANAGE):
        return []
    found = find_people(viewer, letters, limit=FEW, within=Person.objects.select_related("place"))
    taken = set(UserPerson.objects.filter(person__in=found).values_list("person_id", flat=True))
    return [person for person in found if person.pk not in taken]


def people_named(viewer: Viewer, ids: Iterable[int]) -> list[tuple[int, str]]:
    """People by id, as text, for those who manage grants."""
    if not viewer.may(MANAGE):
        return []
    return [(one.pk, person_text(one)) for one in Person.objects.filter(pk__in=list(ids)).select_related("place")]


def person_text(person: Person) -> str:
    """A person as one line to pick from: name, place, employer."""
    return " · ".join(filter(None, (person.name, person.place.name, person.employer)))


def _place_text(place: Place) -> str:
    return f"{place.name} · {place.parent.name}" if place.parent else place.name


def _unit_text(unit: Unit) -> str:
    return f"{unit.name} · {unit.parent.name}" if unit.parent else unit.name


def _with_state(rows: QuerySet[Grant], at: datetime) -> QuerySet[Any]:
    state = Case(
        When(ends__lte=at, then=Value("over")),
        When(starts__gt=at, then=Value("coming")),
        default=Value("in_force"),
        output_field=CharField(),
    )
    return rows.annotate(state=state).select_related("user", "place", "unit")
