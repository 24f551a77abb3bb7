"""Units: create, change, move, end, take up again. Who belongs to them is in unit_members."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Membership, Unit
from bulou.modules.registry.rules import units as rules
from bulou.modules.registry.services import units_store as store
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal


@transaction.atomic
def create_unit(
    *, by: Viewer, name: str, kind: str, now: datetime, parent_id: int | None = None, place_id: int | None = None,
    phone: str = "", code: str = "", why: str = "",
) -> Unit:  # fmt: skip
    """Create a unit, below another one or at the top. Without `code` it gets the next free one, without a place its parent's.

    A unit that stands nowhere is made only by somebody whose grant is not limited to a unit or to one place, or stands in a place of theirs.
    """
    by.need(store.EDIT)
    store.lock_trees()
    parent = store.unit_to_write(by, parent_id, at=now) if parent_id is not None else None
    place = store.standing_place(by, place_id) or (parent.place if parent else None)
    if place is None and not _may_stand_free(by):
        words = _("Say which place the unit stands in or which unit it is part of.")
        raise Refusal("registry.unit_nowhere", words, field="place")
    unit = Unit(code=_code(code, parent), parent=parent, place=place, starts=now, version=0)
    store.describe(unit, name=name, kind=kind, phone=phone)
    unit.save()
    unit.lineage = [*(parent.lineage if parent else ()), unit.pk]
    store.keep_version(unit, by=by, change="created", why=why, now=now)
    _write(by, "unit_created", unit, why, now, code=unit.code, name=unit.name, kind=unit.kind)
    return unit


@transaction.atomic
def change_unit(
    *, by: Viewer, unit_id: int, version: int, name: str, kind: str, now: datetime, phone: str = "",
    place_id: int | None = None, why: str = "",
) -> Unit:  # fmt: skip
    """Give a unit another name, kind, telephone or place; the former ones stay in its history."""
    unit = store.unit_to_write(by, unit_id, version, at=now)
    before = (unit.name, unit.kind, unit.phone, unit.place_id)
    store.describe(unit, name=name, kind=kind, phone=phone)
    if place_id != unit.place_id:
        unit.place = store.standing_place(by, place_id) or (unit.parent.place if unit.parent else None)
    after = (unit.name, unit.kind, unit.phone, unit.place_id)
    if after == before:
        return unit
    store.keep_version(unit, by=by, change="renamed" if after[0] != before[0] else "changed", why=why, now=now)
    _write(by, "unit_changed", unit, why, now, before=list(before), after=list(after))
    return unit


@transaction.atomic
def move_unit(*, by: Viewer, unit_id: int, version: int, parent_id: int | None, now: datetime, why: str = "") -> Unit:
    """Move a unit with all below it under another unit, or to the top (parent_id None). Refuses a circle."""
    store.lock_trees()
    unit = store.unit_to_write(by, unit_id, version, at=now)
    parent = store.unit_to_write(by, parent_id, at=now) if parent_id is not None else None
    if parent is not None and rules.would_circle(unit.pk, parent.lineage):
        words = _("%(parent)s is part of %(name)s: a unit cannot be part of itself.")
        raise Refusal("registry.unit_circle", words, field="parent", name=unit.name, parent=parent.name)
    if unit.parent_id == parent_id:
        return unit
    if parent is None and unit.place_id is None and not _may_stand_free(by):
        words = _("Say which place the unit stands in or which unit it is part of.")
        raise Refusal("registry.unit_nowhere", words, field="parent")
    former = unit.parent.code if unit.parent else None
    store.hang_below(unit, parent)
    store.keep_version(unit, by=by, change="moved", why=why, now=now)
    _write(by, "unit_moved", unit, why, now, before=former, after=parent.code if parent else None)
    return unit


@transaction.atomic
def end_unit(*, by: Viewer, unit_id: int, version: int, now: datetime, why: str = "") -> Unit:
    """End a unit and every membership in it at `now`. Refuses while units below it still stand."""
    store.lock_trees()
    unit = store.unit_to_write(by, unit_id, version, at=now)
    below = Unit.objects.filter(parent=unit, ends=None).count()
    if below:
        words = _("%(name)s still has %(count)s units below it. End or move them first.")
        raise Refusal("registry.unit_not_empty", words, name=unit.name, count=below)
    unit.ends = now
    store.keep_version(unit, by=by, change="ended", why=why, now=now)
    ended = _end_memberships(unit, now)
    _write(by, "unit_ended", unit, why, now, memberships=ended)
    return unit


@transaction.atomic
def reopen_unit(*, by: Viewer, unit_id: int, version: int, now: datetime, why: str = "") -> Unit:
    """Take an ended unit up again from `now`; those who were in it join anew. Refuses below a unit that has ended."""
    store.lock_trees()
    unit = store.unit_to_write(by, unit_id, version)
    if unit.ends is None:
        return unit
    if unit.parent is not None and unit.parent.ends is not None:
        raise Refusal("registry.unit_ended", _("%(name)s has ended."), name=unit.parent.name)
    unit.ends = None
    store.keep_version(unit, by=by, change="reopened", why=why, now=now)
    _write(by, "unit_reopened", unit, why, now)
    return unit


def _end_memberships(unit: Unit, now: datetime) -> int:
    """Those running end now; those that were to begin later never begin, which a span of no length says."""
    running = Membership.objects.filter(unit=unit, ends=None, starts__lte=now).update(ends=now)
    running += Membership.objects.filter(unit=unit, ends__gt=now, starts__lte=now).update(ends=now)
    later = Membership.objects.filter(unit=unit, starts__gt=now)
    for membership in later:
        membership.ends = membership.starts
        membership.save(update_fields=["ends"])
    return running + len(later)


def _may_stand_free(by: Viewer) -> bool:
    return any(grant.place_id is None and grant.unit_id is None for grant in by.scopes(store.EDIT))


def _code(wanted: str, parent: Unit | None) -> str:
    wanted = wanted.strip()
    if not wanted:
        used = Unit.objects.filter(code__startswith=parent.code if parent else "U").values_list("code", flat=True)
        return rules.next_code(used, parent.code if parent and len(parent.code) <= 26 else "")
    if len(wanted) > 32 or not wanted.isprintable():
        raise Refusal("registry.code_signs", _("A code has at most 32 visible characters."), field="code")
    if other := Unit.objects.filter(code=wanted).first():
        words = _("%(given)s is or was the code of %(name)s; a code is never used again.")
        raise Refusal("registry.code_taken", words, field="code", given=wanted, name=other.name)
    return wanted


def _write(by: Viewer, verb: str, unit: Unit, why: str, now: datetime, **data: object) -> None:
    write(
        by=by, action=f"registry.{verb}", kind="registry.unit", subjects=[unit.pk], place_id=unit.place_id,
        why=why.strip(), data=data, now=now,
    )  # fmt: skip
