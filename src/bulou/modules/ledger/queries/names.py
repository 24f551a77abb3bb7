"""Names and telephones of subjects, from the registry, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bulou.modules.registry.queries.scopes import Household, Person, Place, Unit
from bulou.modules.registry.rules.people import masked_name
from bulou.platform.access.viewer import Viewer

NAMES = "ledger.view_names"


def put_names(viewer: Viewer, rows: Sequence[Any]) -> None:
    """Fill name, phone, owed_name and owed_phone of rows with subject and owed ids. Without ledger.view_names: masked, and no telephone."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.subject_kind, set()).add(row.subject_id)
        wanted.setdefault(row.owed_kind, set()).add(row.owed_id)
    known = {kind: named(viewer, kind, ids) for kind, ids in wanted.items()}
    for row in rows:
        row.name, row.phone = known[row.subject_kind].get(row.subject_id, ("", ""))
        row.owed_name, row.owed_phone = known[row.owed_kind].get(row.owed_id, ("", ""))


def named(viewer: Viewer, kind: str, ids: Iterable[int]) -> Mapping[int, tuple[str, str]]:
    """(name, telephone) by id, of subjects of one kind."""
    wanted = list(ids)
    if kind == "person":
        return _people(viewer, wanted)
    if kind == "household":
        heads = dict(Household.objects.filter(pk__in=wanted).values_list("pk", "head_id"))
        people = _people(viewer, [head for head in heads.values() if head])
        codes = dict(Household.objects.filter(pk__in=wanted).values_list("pk", "code"))
        return {pk: people.get(head, ("", "")) if head else (codes[pk], "") for pk, head in heads.items()}
    if kind == "place":
        return {pk: (name, "") for pk, name in Place.objects.filter(pk__in=wanted).values_list("pk", "name")}
    if kind == "unit":
        return {pk: (name, phone) for pk, name, phone in Unit.objects.filter(pk__in=wanted).values_list("pk", "name", "phone")}
    return {pk: (str(pk), "") for pk in wanted}


def _people(viewer: Viewer, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    people = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    if not viewer.may(NAMES):
        return {pk: (masked_name(name), "") for pk, name in people.items()}
    phones: dict[int, str] = {}
    numbers = Person.objects.filter(pk__in=ids, phones__isnull=False).order_by("phones__rank", "phones__id")
    for pk, number in numbers.values_list("pk", "phones__number"):
        phones.setdefault(pk, number)
    return {pk: (name, phones.get(pk, "")) for pk, name in people.items()}
