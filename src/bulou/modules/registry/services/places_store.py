"""What every verb on places needs: the lock on the tree, the row for writing, its checks, and the version that a change makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person, Place, PlaceVersion, Unit
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import places as rules
from bulou.modules.registry.services import units_store
from bulou.platform import chinese
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Conflict, Refusal

EDIT = "registry.edit_place"

_NAME_FAULTS: Mapping[str, str | Promise] = {
    "empty": _("Give the place a name."),
    "long": _("The name is longer than %(most)s characters."),
    "hidden": _("The name holds invisible control characters; type it again instead of pasting it."),
}
_CODE_FAULTS: Mapping[str, str | Promise] = {
    "digits": _("%(given)s: a code of digits has 9 digits for a town and 12 for a village, and no others."),
    "signs": _("%(given)s: a code has 2 to 32 capital letters, digits and hyphens."),
}


def lock_tree() -> None:
    """Let one change of the tree at a time pass, until the transaction ends: two moves at once could close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('registry.places', 0))")


def place_to_write(by: Viewer, place_id: int, version: int | None = None, *, is_ended: bool = False) -> Place:
    """The place, locked, in the writer's scope. `version` = what the writer saw; None does not ask.

    Refuses 404 out of scope, Conflict if it was changed since, and a retired place (or, with `is_ended`, one that is not).
    """
    by.need(EDIT)
    place = scopes.places(by, EDIT).filter(pk=place_id).select_for_update(of=("self",)).first()
    if place is None:
        raise Refusal("registry.place_unknown", _("There is no such place."), status=404)
    if version is not None and version != place.version:
        raise conflict(place)
    if (place.ends is not None) is not is_ended:
        words = _("%(name)s is not retired.") if is_ended else _("%(name)s is retired; reinstate it first.")
        raise Refusal("registry.place_retired", words, name=place.name)
    return place


def conflict(place: Place) -> Conflict:
    """What to say to the second of two who change one place."""
    last = place.versions.order_by("-number").first()
    words = _("%(name)s was changed by %(who)s meanwhile. What you typed is kept below: compare, and save again.")
    who = (last.by_name if last else "") or "–"
    return Conflict("registry.place_changed", words, name=place.name, who=who, version=place.version)


def check_why(why: str) -> str:
    """The reason, which no change of the tree goes without."""
    if not why.strip():
        raise Refusal("registry.why_needed", _("Say why: the reason stays in the history."), field="why")
    return why.strip()


def check_name(name: str) -> str:
    """The name, fit to be kept."""
    if fault := rules.why_not_name(name):
        raise Refusal(f"registry.name_{fault}", _NAME_FAULTS[fault], field="name", most=rules.LONGEST_NAME)
    return name.strip()


def check_kind(level: str, kind: str) -> str:
    """The kind, one of the level's, or none."""
    if kind and kind not in rules.KINDS.get(level, ()):
        raise Refusal("registry.kind_unknown", _("%(kind)s is no kind of this level."), field="kind", kind=kind)
    return kind


def check_parent(level: str, parent: Place) -> None:
    """That a place of `level` may stand under `parent`, and that the parent stands."""
    if parent.ends is not None:
        raise Refusal("registry.parent_retired", _("%(name)s is retired."), field="parent", name=parent.name)
    if not rules.may_stand_under(level, parent.level):
        words = _("A place of this level cannot stand under %(name)s.")
        raise Refusal("registry.level_wrong", words, field="parent", name=parent.name)


def code_for(level: str, parent: Place, wanted: str) -> str:
    """The code given, checked, or the next of the county's own. No code is ever used twice, not after a retirement either."""
    wanted = wanted.strip().upper()
    if not wanted:
        own = PlaceVersion.objects.filter(code__startswith=parent.code).values_list("code", flat=True)
        return rules.next_code(parent.code, level, set(own))
    if fault := rules.why_not_code(level, wanted):
        raise Refusal(f"registry.code_{fault}", _CODE_FAULTS[fault], field="code", given=wanted)
    if used := PlaceVersion.objects.filter(code=wanted).order_by("-number").first():
        words = _("%(given)s is or was the code of %(name)s; a code is never used again.")
        raise Refusal("registry.code_taken", words, field="code", given=wanted, name=used.name)
    return wanted


def new_place(
    *, by: Viewer, parent: Place, level: str, name: str, code: str, kind: str, change: str, why: str, now: datetime
) -> Place:
    """A checked place under a parent, with its first version."""
    check_parent(level, parent)
    code = code_for(level, parent, code)
    place = Place(code=code, level=level, parent=parent, starts=now, version=0)
    _describe(place, check_name(name), check_kind(level, kind) or rules.kind_of_code(level, code))
    place.save()
    place.lineage = [*parent.lineage, place.pk]
    keep_version(place, by=by, change=change, why=why, now=now)
    return place


def _describe(place: Place, name: str, kind: str) -> None:
    place.name, place.kind = name, kind
    place.sort_key, place.initials = chinese.phrase_key(name), chinese.phrase_initials(name)


def describe(place: Place, *, name: str, kind: str) -> None:
    """Set the name and kind of a place, with the keys that follow from them."""
    _describe(place, check_name(name), check_kind(place.level, kind))


def keep_version(
    place: Place, *, by: Viewer, change: str, why: str, now: datetime, successors: Iterable[int] = ()
) -> None:
    """Save the place as it is now and write the version this makes; the one before ends at `now`.

    A retirement (place.ends = now) is a version of no length: it holds the reason and the successors.
    """
    PlaceVersion.objects.filter(place=place, ends=None).update(ends=now)
    place.version = (place.version or 0) + 1
    place.save()
    PlaceVersion.objects.create(
        place=place, number=place.version, code=place.code, level=place.level, kind=place.kind, name=place.name,
        parent=place.parent, successors=list(successors), change=change, why=why, by_name=by.name,
        starts=now, ends=place.ends,
    )  # fmt: skip


def hang_below(place: Place, parent: Place) -> None:
    """Put a place under another one, with the lineage of everything below it (not saved: the place itself; see keep_version)."""
    place.parent, place.lineage = parent, [*parent.lineage, place.pk]
    words = """UPDATE registry_place SET lineage = %s::bigint[] || lineage[array_position(lineage, %s):]
               WHERE lineage @> ARRAY[%s]::bigint[]"""
    with connection.cursor() as cursor:
        cursor.execute(words, [parent.lineage, place.pk, place.pk])


def move_contents(sources: Iterable[int], target: Place, *, by: Viewer, why: str, now: datetime) -> dict[str, int]:
    """Move people, households, units and the places directly below from the sources to the target, and count them."""
    ids = list(sources)
    counts = move_people_and_households(ids, target)
    counts["places"] = _move_children(ids, target, by=by, why=why, now=now)
    counts["units"] = _move_units(ids, target, by=by, why=why, now=now)
    return counts


def move_people_and_households(sources: list[int], target: Place) -> dict[str, int]:
    """Everybody of the sources, former residents too, so that no row stays behind at a place nobody looks after."""
    people = Person.objects.filter(place__in=sources).update(place=target)
    Person.objects.filter(home_place__in=sources).update(home_place=target)
    return {"people": people, "households": Household.objects.filter(place__in=sources).update(place=target)}


def _move_children(sources: list[int], target: Place, *, by: Viewer, why: str, now: datetime) -> int:
    children = list(Place.objects.filter(parent__in=sources, ends=None).exclude(pk=target.pk).order_by("code"))
    for child in children:
        hang_below(child, target)
        keep_version(child, by=by, change="moved", why=why, now=now)
    return len(children)


def _move_units(sources: list[int], target: Place, *, by: Viewer, why: str, now: datetime) -> int:
    units = list(Unit.objects.filter(place__in=sources, ends=None).select_for_update(of=("self",)))
    for unit in units:
        unit.place = target
        units_store.keep_version(unit, by=by, change="moved", why=why, now=now)
    return len(units)
