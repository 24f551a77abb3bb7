"""The playbook section `units`: the organisation an operation sets up, each unit under its key, parents by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bulou.modules.registry.models import Place, Unit
from bulou.modules.registry.rules import units as rules
from bulou.modules.registry.services import units
from bulou.platform.access.viewer import Viewer
from bulou.platform.playbooks import ADD, END, Change, Items, OperationRef, Problem
from bulou.platform.refusals import Refusal

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "A unit the operation sets up",
    "required": ["name", "kind"],
    "additionalProperties": False,
    "properties": {
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": rules.LONGEST_NAME,
            "title": "Its name, as it is written there",
            "examples": ["疫情防控指挥部"],
        },
        "kind": {"enum": list(rules.KINDS), "title": "What kind of unit it is", "examples": ["headquarters"]},
        "parent": {"type": "string", "title": "Key of the unit it is part of", "examples": ["hq"]},
        "place": {
            "type": "string",
            "pattern": "^[0-9]{6,12}$",
            "title": "Code of the place it stands in; the root, unless told",
            "examples": ['"632726100"'],
        },
        "phone": {"type": "string", "maxLength": 32, "examples": ['"0976-0000000"']},
    },
}


def check(items: Items, playbook: Mapping[str, Any]) -> list[Problem]:
    """Parents that are not there, and circles."""
    found = []
    parents = {key: item.get("parent") for key, item in items.items()}
    for key, parent in parents.items():
        if parent is not None and parent not in items:
            words = _("“%(parent)s” is no unit of this playbook.") % {"parent": parent}
            found.append(Problem(("units", key, "parent"), words, ", ".join(items)))
        elif circle := _circle(key, parents):
            words = _("These are parts of each other: %(circle)s.") % {"circle": " → ".join(circle)}
            found.append(Problem(("units", key, "parent"), words, _("leave out parent: for the topmost")))
    return found


def apply(changes: Iterable[Change], *, operation: OperationRef, by: Viewer, now: datetime) -> None:
    """Set up, change and end the units of an operation: ends from the leaves up, beginnings from the top down."""
    changes = list(changes)
    gone = [change for change in changes if change.kind == END]
    for change in sorted(gone, key=lambda one: -_depth(operation, one.key)):
        _end(operation, change.key, by=by, now=now)
    there = {change.key: change for change in changes if change.kind != END}
    for key in _parents_first(there):
        _set_up(operation, there[key], by=by, now=now)


def code_of(operation: OperationRef, key: str) -> str:
    """The code of an operation's unit: readable where it fits in 32 characters, else cut with a digest."""
    return rules.playbook_code(operation.id, key)


def unit_of(operation: OperationRef, key: str) -> Unit | None:
    """The unit an operation has under a key, ended or not; None if it never had one."""
    return Unit.objects.filter(code=code_of(operation, key)).first()


def _set_up(operation: OperationRef, change: Change, *, by: Viewer, now: datetime) -> None:
    item = change.after or {}
    parent = unit_of(operation, item["parent"]) if item.get("parent") else None
    wanted = {
        "name": item["name"],
        "kind": item["kind"],
        "phone": item.get("phone", ""),
        "place_id": _place_of(operation, item),
    }
    standing = unit_of(operation, change.key)
    if standing is None:
        units.create_unit(
            by=by,
            now=now,
            parent_id=parent.pk if parent else None,
            code=code_of(operation, change.key),
            why=operation.key,
            **wanted,
        )
        return
    if change.kind == ADD and standing.ends is not None:
        standing = units.reopen_unit(by=by, unit_id=standing.pk, version=standing.version, now=now, why=operation.key)
    standing = units.change_unit(
        by=by, unit_id=standing.pk, version=standing.version, now=now, why=operation.key, **wanted
    )
    units.move_unit(
        by=by,
        unit_id=standing.pk,
        version=standing.version,
        parent_id=parent.pk if parent else None,
        now=now,
        why=operation.key,
    )


def _end(operation: OperationRef, key: str, *, by: Viewer, now: datetime) -> None:
    unit = unit_of(operation, key)
    if unit is not None and unit.ends is None:
        units.end_unit(by=by, unit_id=unit.pk, version=unit.version, now=now, why=operation.key)


def _place_of(operation: OperationRef, item: Mapping[str, Any]) -> int:
    code = item.get("place")
    if not code:
        return operation.root_place_id
    place_id = Place.objects.filter(code=code, ends=None).values_list("pk", flat=True).first()
    if place_id is None:
        raise Refusal("registry.place_unknown", _("There is no place with the code %(place)s."), place=code)
    return place_id


def _depth(operation: OperationRef, key: str) -> int:
    unit = unit_of(operation, key)
    return len(unit.lineage) if unit else 0


def _parents_first(there: Mapping[str, Change]) -> list[str]:
    """Keys so that a parent comes before its children (circles were refused by `check`)."""
    ordered: list[str] = []

    def place(key: str) -> None:
        parent = (there[key].after or {}).get("parent")
        if parent is not None and parent in there and parent not in ordered:
            place(parent)
        if key not in ordered:
            ordered.append(key)

    for key in there:
        place(key)
    return ordered


def _circle(start: str, parents: Mapping[str, str | None]) -> list[str] | None:
    trail, here = [start], parents.get(start)
    while here is not None and here in parents and here not in trail:
        trail.append(here)
        here = parents[here]
    return [*trail, start] if here == start else None
