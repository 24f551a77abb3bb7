"""What is done to one person: register, correct, move, end and take back an end. What a person was before is always kept."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import identity, people
from bulou.modules.registry.services.people_bulk import NewPerson, insert_people
from bulou.modules.registry.services.people_checks import Facts, Paper, check_choice, check_code_free, check_facts
from bulou.modules.registry.services.people_duplicates import propose_for
from bulou.modules.registry.services.people_keys import name_keys
from bulou.modules.registry.services.people_versions import (
    check_version,
    done_once,
    hold_household,
    hold_person,
    note_version,
)
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

FACTS = tuple(field.name for field in fields(Facts))


def register_person(
    facts: Facts,
    *,
    by: Viewer,
    place_id: int,
    now: datetime,
    once: UUID | None = None,
    household_id: int | None = None,
    papers: tuple[Paper, ...] = (),
    phones: tuple[str, ...] = (),
    why: str = "",
    is_synthetic: bool = False,
) -> Person:
    """Write a new person; with the same `once` again, the person written the first time.

    Birth date and sex are read from a resident identity number where they were left out. Somebody already registered under the number
    is no refusal: the pair is proposed as one person, for a lead to decide. Refuses what cannot be kept (see people_checks).
    """

    def make() -> dict[str, Any]:
        row = NewPerson(completed(facts, papers), place_id, household_id=household_id, papers=papers, phones=phones)
        ids, _houses = insert_people([row], by=by, now=now, is_synthetic=is_synthetic)
        propose_for(ids, now=now)
        write(
            by=by,
            action="registry.person_registered",
            kind="registry.person",
            subjects=ids,
            now=now,
            place_id=place_id,
            why=why,
        )
        return {"person": ids[0]}

    answer = done_once(once, "registry.register_person", make, by=by, now=now)
    return Person.objects.get(pk=answer["person"])


@transaction.atomic
def correct_person(person_id: int, facts: Facts, *, by: Viewer, version: int, now: datetime, why: str = "") -> Person:
    """Write the facts over the former ones, which are kept. The same facts again change nothing.

    `version` is that of the page the caller saw; if somebody changed the person since: Conflict `registry.person_changed`.
    """
    person = hold_person(person_id, by=by)
    facts = check_facts(facts, today=clock.local_day(now))
    before, after = _difference(person, facts)
    if not after:
        return person
    check_version(person, version)
    check_code_free(after.get("code"), but=person.pk)
    for name, value in after.items():
        setattr(person, name, list(value) if isinstance(value, tuple) else value)
    keys = name_keys(person.name, person.other_name)
    person.name_key, person.initials, person.grams = keys.name_key, keys.initials, keys.grams
    person.save()
    note_version(person, "corrected", before, after, by=by, now=now, why=why)
    if after.keys() & {"name", "born_on"}:
        propose_for([person.pk], now=now)
    _journal("registry.person_corrected", person, by=by, now=now, why=why, data={"fields": sorted(after)})
    return person


@transaction.atomic
def move_person(
    person_id: int,
    *,
    by: Viewer,
    place_id: int,
    household_id: int | None,
    version: int,
    now: datetime,
    relation: str = "",
    address: str | None = None,
    why: str = "",
) -> Person:
    """Let a person live elsewhere: another place, another household there, or none. Both places must be within the caller's reach.

    Whoever leaves a household as its head leaves it without one, which its page says. Moving to where one is changes nothing.
    """
    person = hold_person(person_id, by=by)
    check_choice("relation", relation, people.RELATIONS)
    wanted = {"place_id": place_id, "household_id": household_id, "relation": relation}
    if address is not None:
        wanted["address"] = check_facts(replace(facts_of(person), address=address), today=clock.local_day(now)).address
    before = {name: getattr(person, name) for name in wanted if getattr(person, name) != wanted[name]}
    if not before:
        return person
    check_version(person, version)
    _check_target(by, place_id, household_id)
    for name, value in wanted.items():
        setattr(person, name, value)
    person.save(update_fields=list(wanted))
    note_version(person, "moved", before, {name: wanted[name] for name in before}, by=by, now=now, why=why)
    if "household_id" in before:
        leave_head(person, before["household_id"])
        propose_for([person.pk], now=now)
    _journal("registry.person_moved", person, by=by, now=now, why=why, data={"from": before})
    return person


@transaction.atomic
def end_person(
    person_id: int, *, by: Viewer, kind: str, on: date, version: int, now: datetime, why: str = ""
) -> Person:
    """End a person's row: `died`, `moved_away` out of the county, or `mistake`, as of the local day `on`. It stays and can be looked at."""
    person = hold_person(person_id, by=by)
    if person.ends is not None and person.end_kind == kind:
        return person
    check_version(person, version)
    _check_end(person, kind, on, clock.local_day(now))
    before = {"ends": person.ends and person.ends.isoformat(), "end_kind": person.end_kind}
    person.ends, person.end_kind = min(now, clock.day_span(on)[1]), kind
    person.save(update_fields=["ends", "end_kind"])
    note_version(person, "ended", before, {"ends": person.ends.isoformat(), "end_kind": kind}, by=by, now=now, why=why)
    leave_head(person, person.household_id)
    write(
        by=by, action="registry.person_ended", kind="registry.person", subjects=[person.pk], now=now, happened_at=person.ends,
        place_id=person.place_id, why=why, data={"kind": kind},
    )  # fmt: skip
    return person


@transaction.atomic
def resume_person(person_id: int, *, by: Viewer, version: int, now: datetime, why: str = "") -> Person:
    """Take back an end: the person came back, or it was a mistake."""
    person = hold_person(person_id, by=by)
    if person.ends is None:
        return person
    check_version(person, version)
    before = {"ends": person.ends.isoformat(), "end_kind": person.end_kind}
    person.ends, person.end_kind = None, ""
    person.save(update_fields=["ends", "end_kind"])
    note_version(person, "resumed", before, {"ends": None, "end_kind": ""}, by=by, now=now, why=why)
    _journal("registry.person_resumed", person, by=by, now=now, why=why)
    return person


def facts_of(person: Person) -> Facts:
    """The facts of a person as they are now, to be changed and handed to `correct_person`."""
    values = {name: getattr(person, name) for name in FACTS}
    return Facts(**values | {"languages": tuple(person.languages), "qualifications": tuple(person.qualifications)})


def leave_head(person: Person, household_id: int | None) -> None:
    """Inside a verb: the household a person left has no head any more, if it was this one."""
    for household in Household.objects.select_for_update().filter(
        pk__in=[household_id] if household_id else [], head=person
    ):
        household.head = None
        household.version += 1
        household.save(update_fields=["head", "version"])


def completed(facts: Facts, papers: tuple[Paper, ...]) -> Facts:
    """Birth date and sex from the resident number, where left out. A wrong number is refused later, with its sentence."""
    for paper in papers:
        if paper.kind == identity.RESIDENT:
            try:
                read = identity.read_resident(paper.number)
            except ValueError:
                return facts
            return replace(facts, born_on=facts.born_on or read.born_on, sex=facts.sex or read.sex)
    return facts


def _difference(person: Person, facts: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    old = facts_of(person)
    changed = [name for name in FACTS if getattr(old, name) != getattr(facts, name)]
    return {name: getattr(old, name) for name in changed}, {name: getattr(facts, name) for name in changed}


def _check_target(by: Viewer, place_id: int, household_id: int | None) -> None:
    if not scopes.places(by, "registry.edit_person").filter(pk=place_id, ends=None).exists():
        raise Refusal("registry.place_unknown", _("That place is not among yours."), field="place")
    if household_id is not None and hold_household(household_id, by=by).place_id != place_id:
        raise Refusal("registry.household_unknown", _("There is no such household in that place."), field="household")


def _check_end(person: Person, kind: str, on: date, today: date) -> None:
    match people.why_not_end(kind, on, born_on=person.born_on, today=today):
        case "kind":
            raise Refusal(
                "registry.end_kind",
                _("Say whether the person died, moved away, or was registered by mistake."),
                field="kind",
            )
        case "future":
            raise Refusal("registry.end_in_future", _("%(day)s lies in the future."), field="on", day=on.isoformat())
        case "before_birth":
            raise Refusal(
                "registry.end_before_birth", _("%(day)s lies before the birth date."), field="on", day=on.isoformat()
            )


def _journal(
    action: str, person: Person, *, by: Viewer, now: datetime, why: str, data: dict[str, Any] | None = None
) -> None:
    write(
        by=by,
        action=action,
        kind="registry.person",
        subjects=[person.pk],
        now=now,
        place_id=person.place_id,
        why=why,
        data=data,
    )
