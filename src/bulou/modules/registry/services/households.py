"""What is done to households: create, correct, change the head, split, merge, move, end. Their members keep what they were before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import people
from bulou.modules.registry.services.people import leave_head
from bulou.modules.registry.services.people_bulk import next_codes
from bulou.modules.registry.services.people_checks import check_choice, check_line
from bulou.modules.registry.services.people_versions import done_once, hold_household, note_version
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Conflict, Refusal


def create_household(
    *,
    by: Viewer,
    place_id: int,
    now: datetime,
    once: UUID | None = None,
    kind: str = "ordinary",
    address: str = "",
    member_ids: Sequence[int] = (),
    head_id: int | None = None,
    why: str = "",
) -> Household:
    """Make a household in a place within reach; `member_ids` (people of that place) move into it. The same `once` again: the same one."""

    def make() -> dict[str, Any]:
        household = _make(by=by, place_id=place_id, kind=kind, address=address, now=now)
        _take_in(household, member_ids, by=by, now=now, why=why)
        _set_head(household, head_id)
        _journal("registry.household_created", household, by=by, now=now, why=why)
        return {"household": household.pk}

    answer = done_once(once, "registry.create_household", make, by=by, now=now)
    return Household.objects.get(pk=answer["household"])


@transaction.atomic
def correct_household(
    household_id: int,
    *,
    by: Viewer,
    kind: str,
    address: str,
    head_id: int | None,
    version: int,
    now: datetime,
    why: str = "",
) -> Household:
    """Write kind, address and head of a household. The head is one of its people. Changed meanwhile: Conflict."""
    household = hold_household(household_id, by=by)
    check_choice("kind", kind or "?", people.HOUSEHOLD_KINDS)
    address = check_line("address", address, label=_("The address"))
    wanted = {"kind": kind, "address": address, "head_id": head_id}
    before = {name: getattr(household, name) for name in wanted if getattr(household, name) != wanted[name]}
    if not before:
        return household
    _check_version(household, version)
    household.kind, household.address = kind, address
    _set_head(household, head_id)
    _journal("registry.household_corrected", household, by=by, now=now, why=why, data={"before": before})
    return household


def split_household(
    household_id: int, member_ids: Sequence[int], *, by: Viewer, now: datetime, once: UUID | None = None, head_id: int | None = None, address: str = "",
    why: str = "",
) -> Household:  # fmt: skip
    """Let some members found a household of their own in the same place; gives the new one. Refuses nobody, or everybody, moving out."""

    def make() -> dict[str, Any]:
        former = hold_household(household_id, by=by)
        staying = set(_members(former)) - set(member_ids)
        if not member_ids or not staying:
            raise Refusal("registry.split_nobody", _("Choose those who move out; somebody must stay."), field="members")
        made = _make(by=by, place_id=former.place_id, kind=former.kind, address=address or former.address, now=now)
        _take_in(made, member_ids, by=by, now=now, why=why, only_from=former.pk)
        _set_head(made, head_id if head_id is not None else member_ids[0])
        _journal(
            "registry.household_split",
            former,
            by=by,
            now=now,
            why=why,
            data={"new": made.pk, "moved": list(member_ids)},
        )
        return {"household": made.pk}

    answer = done_once(once, "registry.split_household", make, by=by, now=now)
    return Household.objects.get(pk=answer["household"])


@transaction.atomic
def merge_households(kept_id: int, absorbed_id: int, *, by: Viewer, now: datetime, why: str = "") -> Household:
    """Let everybody of one household join another of the same place; the emptied one ends."""
    if kept_id == absorbed_id:
        raise Refusal("registry.same_household", _("Choose two different households."), field="household")
    first, second = (hold_household(pk, by=by) for pk in sorted((kept_id, absorbed_id)))
    kept, absorbed = (first, second) if first.pk == kept_id else (second, first)
    if kept.place_id != absorbed.place_id:
        raise Refusal("registry.household_unknown", _("There is no such household in that place."), field="household")
    moved = _members(absorbed)
    absorbed.head = None
    _take_in(kept, moved, by=by, now=now, why=why)
    absorbed.ends = now
    absorbed.version += 1
    absorbed.save(update_fields=["head", "ends", "version"])
    _journal(
        "registry.households_merged", kept, by=by, now=now, why=why, data={"absorbed": absorbed.pk, "moved": moved}
    )
    return kept


@transaction.atomic
def move_household(
    household_id: int, place_id: int, *, by: Viewer, version: int, now: datetime, address: str = "", why: str = ""
) -> Household:
    """Move a household and everybody in it to another place within reach. Its code stays."""
    household = hold_household(household_id, by=by)
    if household.place_id == place_id:
        return household
    _check_version(household, version)
    _check_place(by, place_id)
    former = household.place_id
    for person in (
        Person.objects.select_for_update().filter(household=household, ends=None, merged_into=None).order_by("id")
    ):
        before, person.place_id = {"place_id": person.place_id}, place_id
        person.save(update_fields=["place"])
        note_version(person, "moved", before, {"place_id": place_id}, by=by, now=now, why=why)
    household.place_id = place_id
    household.address = check_line("address", address, label=_("The address"))
    household.version += 1
    household.save(update_fields=["place", "address", "version"])
    _journal(
        "registry.household_moved",
        household,
        by=by,
        now=now,
        why=why,
        data={"from": former, "people": _members(household)},
    )
    return household


@transaction.atomic
def end_household(household_id: int, *, by: Viewer, version: int, now: datetime, why: str = "") -> Household:
    """End a household nobody lives in any more."""
    household = hold_household(household_id, by=by)
    if _members(household):
        raise Refusal(
            "registry.household_not_empty",
            _("People still live in household %(code)s. Move or end them first."),
            code=household.code,
        )
    _check_version(household, version)
    household.ends = now
    household.version += 1
    household.save(update_fields=["ends", "version"])
    _journal("registry.household_ended", household, by=by, now=now, why=why)
    return household


def _make(*, by: Viewer, place_id: int, kind: str, address: str, now: datetime) -> Household:
    by.need("registry.edit_person")
    _check_place(by, place_id)
    check_choice("kind", kind or "?", people.HOUSEHOLD_KINDS)
    address = check_line("address", address, label=_("The address"))
    code = next_codes([place_id])[place_id][0]
    return Household.objects.create(code=code, place_id=place_id, kind=kind, address=address, starts=now)


def _take_in(
    household: Household,
    member_ids: Sequence[int],
    *,
    by: Viewer,
    now: datetime,
    why: str,
    only_from: int | None = None,
) -> None:
    """Move people of the household's place into it, each with a version; rows are locked in the order of ids."""
    if not member_ids:
        return
    reach = scopes.people(by, "registry.edit_person").filter(ends=None, merged_into=None, place_id=household.place_id)
    if only_from is not None:
        reach = reach.filter(household_id=only_from)
    found = list(reach.select_for_update(of=("self",)).filter(id__in=member_ids).order_by("id"))
    if len(found) != len(set(member_ids)):
        raise Http404
    for person in found:
        former = person.household_id
        person.household, person.relation = household, "" if person.relation == "head" else person.relation
        person.save(update_fields=["household", "relation"])
        leave_head(person, former)
        note_version(person, "moved", {"household_id": former}, {"household_id": household.pk}, by=by, now=now, why=why)


def _set_head(household: Household, head_id: int | None) -> None:
    """Name the head, who must live in the household; the relation of the former head becomes unsaid, that of the new one `head`."""
    if head_id is not None and head_id not in _members(household):
        raise Refusal("registry.head_elsewhere", _("The head must be one of the household's people."), field="head")
    former = household.head_id
    household.head_id = head_id
    household.version += 1
    household.save(update_fields=["kind", "address", "head", "version"])
    if former is not None and former != head_id:
        Person.objects.filter(pk=former, relation="head").update(relation="")
    if head_id is not None:
        Person.objects.filter(pk=head_id).update(relation="head")


def _members(household: Household) -> list[int]:
    return list(
        Person.objects.filter(household=household, ends=None, merged_into=None)
        .order_by("id")
        .values_list("id", flat=True)
    )


def _check_place(by: Viewer, place_id: int) -> None:
    if not scopes.places(by, "registry.edit_person").filter(pk=place_id, ends=None).exists():
        raise Refusal("registry.place_unknown", _("That place is not among yours."), field="place")


def _check_version(household: Household, version: int) -> None:
    if household.version != version:
        sentence = _("Somebody changed household %(code)s meanwhile. Look at it as it is now and save again.")
        raise Conflict("registry.household_changed", sentence, code=household.code)


def _journal(
    action: str, household: Household, *, by: Viewer, now: datetime, why: str, data: dict[str, Any] | None = None
) -> None:
    write(
        by=by, action=action, kind="registry.household", subjects=[household.pk], now=now, place_id=household.place_id, why=why, data=data
    )  # fmt: skip
