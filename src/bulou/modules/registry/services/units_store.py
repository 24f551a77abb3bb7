"""What every verb on units needs: the lock on the trees, the row for writing, its checks, and the version that a change makes."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Place, Unit, UnitVersion
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import units as rules
from bulou.platform import chinese
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Conflict, Refusal

EDIT = "registry.edit_unit"


def lock_trees() -> None:
    """Let one change of the unit trees at a time pass, until the transaction ends: two moves at once could close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('registry.units', 0))")


def unit_to_write(by: Viewer, unit_id: int, version: int | None = None, *, at: datetime | None = None) -> Unit:
    """The unit, locked, in the writer's scope. `version` = what the writer saw; with `at` it must not have ended by then."""
    by.need(EDIT)
    unit = scopes.units(by, EDIT).filter(pk=unit_id).select_for_update(of=("self",)).first()
    if unit is None:
        raise Refusal("registry.unit_unknown", _("There is no such unit."), status=404)
    if version is not None and version != unit.version:
        last = unit.versions.order_by("-number").first()
        words = _("%(name)s was changed by %(who)s meanwhile. What you typed is kept below: compare, and save again.")
        who = (last.by_name if last else "") or "–"
        raise Conflict("registry.unit_changed", words, name=unit.name, who=who, version=unit.version)
    if at is not None and unit.ends is not None and unit.ends <= at:
        raise Refusal("registry.unit_ended", _("%(name)s has ended."), name=unit.name)
    return unit


def describe(unit: Unit, *, name: str, kind: str, phone: str) -> None:
    """Set what a unit is called and reached by, checked, with the keys that follow."""
    if not name.strip():
        raise Refusal("registry.name_empty", _("Give the unit a name."), field="name")
    if len(name) > rules.LONGEST_NAME:
        words = _("The name is longer than %(most)s characters.")
        raise Refusal("registry.name_long", words, field="name", most=rules.LONGEST_NAME)
    if kind not in rules.KINDS:
        raise Refusal("registry.kind_unknown", _("Choose what kind of unit it is."), field="kind")
    unit.name, unit.kind, unit.phone = name.strip(), kind, phone.strip()[:32]
    unit.sort_key, unit.initials = chinese.phrase_key(unit.name), chinese.phrase_initials(unit.name)


def standing_place(by: Viewer, place_id: int | None) -> Place | None:
    """The place a unit is to stand in, if any: one the writer reaches, not retired."""
    if place_id is None:
        return None
    place = scopes.places(by, EDIT).filter(pk=place_id, ends=None).first()
    if place is None:
        words = _("There is no such place, or it is retired, or it is not yours.")
        raise Refusal("registry.place_unknown", words, field="place")
    return place


def hang_below(unit: Unit, parent: Unit | None) -> None:
    """Put a unit below another one (or at the top), with the lineage of all below it."""
    above = parent.lineage if parent else []
    unit.parent, unit.lineage = parent, [*above, unit.pk]
    words = """UPDATE registry_unit SET lineage = %s::bigint[] || lineage[array_position(lineage, %s):]
               WHERE lineage @> ARRAY[%s]::bigint[]"""
    with connection.cursor() as cursor:
        cursor.execute(words, [above, unit.pk, unit.pk])


def keep_version(unit: Unit, *, by: Viewer, change: str, why: str, now: datetime) -> None:
    """Save the unit as it is now and write the version this makes; the one before ends at `now`."""
    UnitVersion.objects.filter(unit=unit, ends=None).update(ends=now)
    unit.version = (unit.version or 0) + 1
    unit.save()
    UnitVersion.objects.create(
        unit=unit, number=unit.version, name=unit.name, kind=unit.kind, parent=unit.parent, place=unit.place,
        change=change, why=why.strip(), by_name=by.name, starts=now, ends=unit.ends,
    )  # fmt: skip
