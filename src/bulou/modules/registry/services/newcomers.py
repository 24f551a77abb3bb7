"""Somebody new met at a door or on the road: registered at once under a temporary number, to be merged or completed at a desk later.

The numbers are made on the phone that met them, so that reports about them can be written, and sent, before the county knows of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, insert_people
from bulou.modules.registry.services.people_checks import Facts
from bulou.modules.registry.services.people_duplicates import propose_for
from bulou.modules.registry.services.people_versions import done_once
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

REGISTER = "registry.register_newcomer"
MOST_PEOPLE = 40


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One person as met: `uuid` is the person's for good. Of a stranger the name says what is seen."""

    uuid: UUID
    name: str
    other_name: str = ""
    sex: str = ""
    born_on: date | None = None
    phone: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What one visit found: people, who live in the household with the code `household`, or found a new one, or (both empty) none.

    `uuid` is the write's own; a new household's code is made of it (`temporary_code`) and its head is the first person.
    """

    uuid: UUID
    place: str
    people: Sequence[Newcomer]
    household: str = ""
    is_new_household: bool = False
    kind: str = "ordinary"
    address: str = ""
    note: str = field(default="", repr=False)


def temporary_code(uuid: UUID) -> str:
    """The code of a household that a phone registered: T and twelve of the uuid's digits, the same on the phone."""
    return "T" + uuid.hex[:12]


@transaction.atomic
def register_newcomers(found: Newcomers, *, by: Viewer, now: datetime) -> bool:
    """Register them under their temporary numbers; whether anything was written: the same again changes nothing and gives False.

    Who may: registry.register_newcomer in that place. An existing household is one of that place. Refuses what `check_person` refuses.
    """
    by.need(REGISTER)
    if not 0 < len(found.people) <= MOST_PEOPLE:
        raise Refusal("registry.newcomers_count", _("Between 1 and %(most)s people at a time."), most=MOST_PEOPLE)
    ran = []

    def make() -> dict[str, Any]:
        known = {str(one) for one in Person.objects.filter(uuid__in=_uuids(found)).values_list("uuid", flat=True)}
        if known and known != {str(one) for one in _uuids(found)}:
            raise Refusal(
                "registry.newcomers_part_known", _("Some of these people are registered already."), status=409
            )
        if not known:
            _insert(found, by=by, now=now)
            ran.append(True)
        return {"people": [str(one) for one in _uuids(found)]}

    done_once(found.uuid, "registry.register_newcomers", make, by=by, now=now)
    return bool(ran)


def _uuids(found: Newcomers) -> list[UUID]:
    return [one.uuid for one in found.people]


def _insert(found: Newcomers, *, by: Viewer, now: datetime) -> None:
    place = scopes.places(by, REGISTER).filter(code=found.place, ends=None).first()
    if place is None:
        raise Refusal("registry.place_unknown", _("That place is not among yours."), field="place")
    key = found.uuid if found.is_new_household else None
    houses = [NewHousehold(key, place.pk, found.kind, found.address, temporary_code(found.uuid))] if key else []
    household_id = None if found.is_new_household or not found.household else _household(found, place.pk)
    rows = [_row(found, n, one, place.pk, household_id) for n, one in enumerate(found.people)]
    # Whoever meets a stranger at a roadblock may write him down, and nothing else about people: the reach was looked at above.
    ids, _houses = insert_people(rows, by=replace(by, is_system=True), now=now, households=houses)
    propose_for(ids, now=now)
    data = {"temporary": True, "household": temporary_code(found.uuid) if key else found.household}
    write(by=by, action="registry.newcomers_registered", kind="registry.person", subjects=ids, now=now, place_id=place.pk,
          why=found.note.strip()[:400], data=data)  # fmt: skip


def _household(found: Newcomers, place_id: int) -> int:
    there = Household.objects.filter(code=found.household, place_id=place_id, ends=None).values_list("pk", flat=True)
    if not there:
        raise Refusal(
            "registry.household_unknown", _("There is no such household in that place."), field="household", status=404
        )
    return int(there[0])


def _row(found: Newcomers, n: int, one: Newcomer, place_id: int, household_id: int | None) -> NewPerson:
    facts = Facts(
        one.name, one.other_name, one.sex, one.born_on, relation=one.relation, is_temporary=True,
        address=found.address if not found.is_new_household else "",
    )  # fmt: skip
    return NewPerson(
        facts,
        place_id,
        household=found.uuid if found.is_new_household else None,
        household_id=household_id,
        is_head=found.is_new_household and n == 0,
        phones=(one.phone,) if one.phone.strip() else (),
        uuid=one.uuid,
    )
