"""People and households from Excel: new ones written, known ones brought up to date, matched by identity number or by name, birth and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person, Phone
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import identity
from bulou.modules.registry.services import people as one_by_one
from bulou.modules.registry.services.importing.naming import Places, people_by_number
from bulou.modules.registry.services.importing.written import HEADINGS, LANGUAGES, OFFERED, RELATIONS, SEXES
from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, check_person, load_people
from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.modules.registry.services.people_documents import put_document, set_phones
from bulou.modules.registry.services.people_duplicates import propose_for
from bulou.platform.access.viewer import Viewer
from bulou.platform.house.queries import is_exercise
from bulou.platform.refusals import Refusal
from bulou.platform.sheets.fields import Field, Reason, Row, choice, day, several, text
from bulou.platform.sheets.spec import CHANGE, NEW, SAME, ImportSpec

EDIT = "registry.edit_person"
FIELDS = (
    Field("place", _("Village or community"), text(80), HEADINGS["place"], True, _("Name or 12-digit code")),
    Field("town", _("Town"), text(80), HEADINGS["town"], hint=_("Needed where two towns have a village of one name")),
    Field(
        "household",
        _("Household number"),
        text(32),
        HEADINGS["household"],
        hint=_("Rows of one village with one number are one household"),
    ),
    Field(
        "code", _("Person's code"), text(32), HEADINGS["code"], hint=_("The number lists and forms know the person by")
    ),
    Field("name", _("Name"), text(80), HEADINGS["name"], True),
    Field("other_name", _("Other name"), text(80), HEADINGS["other_name"]),
    Field("relation", _("Relation to the head"), choice(RELATIONS), HEADINGS["relation"], choices=OFFERED["relation"]),
    Field(
        "number", _("Identity number"), text(30), HEADINGS["number"], hint=_("18 characters; format the column as text")
    ),
    Field("sex", _("Sex"), choice(SEXES), HEADINGS["sex"], choices=OFFERED["sex"]),
    Field("born_on", _("Born on"), day(), HEADINGS["born_on"]),
    Field("phones", _("Telephone"), several(text(32)), HEADINGS["phone"], hint=_("Several separated by commas")),
    Field("address", _("Address"), text(200), HEADINGS["address"]),
    Field("employer", _("Employer"), text(120), (*HEADINGS["employer"], "单位")),
    Field("languages", _("Languages"), several(choice(LANGUAGES)), HEADINGS["languages"], choices=OFFERED["languages"]),
    Field("qualifications", _("Qualifications"), several(text(40)), HEADINGS["qualifications"]),
)
OF_FACTS = (
    "name",
    "other_name",
    "relation",
    "sex",
    "born_on",
    "address",
    "employer",
    "languages",
    "qualifications",
    "code",
)


@dataclass(slots=True)
class Plan:
    """What a row would do: the person as written, and whom it is about if registered already."""

    wanted: NewPerson
    known: Person | None = None
    group: Hashable | None = None
    changes: dict[str, Any] = field(default_factory=dict)


def judge(rows: list[Row], viewer: Viewer, now: datetime) -> None:
    """Say of every row whether it is new, changes somebody, is already so, or cannot be loaded and why. Plans are left in `row.values`."""
    places, may_be_made_up = Places(viewer, EDIT), is_exercise()
    for row in rows:
        try:
            row.values["plan"] = _planned(row, places, now, may_be_made_up)
        except Refusal as refusal:
            row.reasons.append(Reason(_field(refusal), refusal.code, refusal.sentence))
    planned = [row for row in rows if row.is_good]
    _twice_in_the_file(planned)
    _code_twice(planned)
    _two_heads(planned)
    met = [row for row in planned if row.is_good]
    _meet_the_known(met, viewer)
    _heads_of_standing(met, viewer)


def load(rows: list[Row], by: Viewer, now: datetime, why: str) -> int:
    """Write the rows a verdict called new or change; how many. The caller holds the transaction."""
    may_be_made_up = is_exercise()
    new = [row.values["plan"] for row in rows if row.verdict == NEW]
    houses = _households(new, by)
    ready = [replace(plan.wanted, **houses.placed(plan)) for plan in new]
    ids = (
        load_people(ready, by=by, now=now, households=houses.made, why=why, is_synthetic=may_be_made_up)
        if ready
        else []
    )
    if ids:
        propose_for(ids, now=now)
    for row in rows:
        if row.verdict == CHANGE:
            _bring_up_to_date(row.values["plan"], by=by, now=now, why=why, is_synthetic=may_be_made_up)
    return len(rows)


PEOPLE = ImportSpec(
    key="registry.people",
    title=_("People and households"),
    permission=EDIT,
    fields=FIELDS,
    judge=judge,
    load=load,
    hint=_(
        "One row a person. Whoever is registered already is found by identity number, or by name, birth date and village, and brought up to date."
    ),
    then="registry:people",
)


def _planned(row: Row, places: Places, now: datetime, may_be_made_up: bool) -> Plan:
    said = row.values
    place = places.find(said["place"], said.get("town") or "")
    number = (said.get("number") or "").strip()
    papers = (Paper(identity.RESIDENT, number),) if number else ()
    given: dict[str, Any] = {name: said[name] for name in OF_FACTS if said.get(name) not in (None, "", [])}
    listed: dict[str, Any] = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    facts = Facts(**(given | listed))
    wanted = NewPerson(
        facts, place.pk, papers=papers, phones=tuple(said.get("phones") or ()), is_head=facts.relation == "head"
    )
    checked = check_person(wanted, now=now, is_synthetic=may_be_made_up)
    completed = replace(checked, facts=one_by_one.completed(checked.facts, checked.papers))
    return Plan(completed, group=(place.pk, said["household"]) if said.get("household") else None)


def _field(refusal: Refusal) -> str:
    """The import's column for the field a refusal names."""
    return {"document_number": "number"}.get(refusal.field or "", refusal.field or "")


def _twice_in_the_file(rows: list[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        for paper in row.values["plan"].wanted.papers:
            if paper.number in seen:
                words = Refusal(
                    "registry.twice_in_file",
                    _("The same identity number stands in row %(row)s."),
                    row=seen[paper.number],
                )
                row.reasons.append(Reason("number", words.code, words.sentence))
            seen.setdefault(paper.number, row.number)


def _code_twice(rows: list[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        code = row.values["plan"].wanted.facts.code
        if code in seen:
            words = Refusal("registry.code_twice_in_file", _("The same code stands in row %(row)s."), row=seen[code])
            row.reasons.append(Reason("code", words.code, words.sentence))
        if code:
            seen.setdefault(code, row.number)


def _codes_taken(rows: list[Row]) -> None:
    """A code somebody else has, also somebody out of reach, cannot be given again."""
    wanted = {row.values["plan"].wanted.facts.code for row in rows} - {None}
    held = dict(Person.objects.filter(code__in=wanted).values_list("code", "pk"))
    for row in rows:
        plan = row.values["plan"]
        code = plan.wanted.facts.code
        if code in held and (plan.known is None or held[code] != plan.known.pk):
            words = Refusal("registry.person_code_taken", _("The code %(value)s is somebody else's."), value=code)
            row.reasons.append(Reason("code", words.code, words.sentence))


def _two_heads(rows: list[Row]) -> None:
    heads: dict[Hashable, int] = {}
    for row in rows:
        plan = row.values["plan"]
        if row.is_good and plan.group is not None and plan.wanted.is_head:
            if plan.group in heads:
                words = Refusal(
                    "registry.two_heads_in_file",
                    _("This household has its head in row %(row)s already."),
                    row=heads[plan.group],
                )
                row.reasons.append(Reason("relation", words.code, words.sentence))
            heads.setdefault(plan.group, row.number)


def _meet_the_known(rows: list[Row], viewer: Viewer) -> None:
    """Find who is registered already, by number first, then by name, birth date and village; and what would change of them."""
    plans = {row.number: row.values["plan"] for row in rows}
    numbers = {paper.number for plan in plans.values() for paper in plan.wanted.papers}
    by_number = people_by_number(viewer, numbers, EDIT)
    by_code = _by_code(viewer, {plan.wanted.facts.code for plan in plans.values()} - {None})
    by_name = _by_name(
        viewer, {plan.wanted.facts.name for plan in plans.values()}, {plan.wanted.place_id for plan in plans.values()}
    )
    taken: set[int] = set()
    for row in rows:
        plan = plans[row.number]
        numbered = [by_number[paper.number] for paper in plan.wanted.papers if paper.number in by_number]
        numbered += [by_code[plan.wanted.facts.code]] if plan.wanted.facts.code in by_code else []
        named = by_name.get((plan.wanted.facts.name, plan.wanted.facts.born_on, plan.wanted.place_id), [])
        plan.known = numbered[0] if numbered else named[0] if len(named) == 1 and named[0].pk not in taken else None
        if plan.known is not None:
            taken.add(plan.known.pk)
    _codes_taken(rows)
    phones = _phones_of(taken)
    documents = _numbered(taken)
    for row in rows:
        plan = plans[row.number]
        if plan.known is None:
            row.verdict = NEW
        else:
            plan.changes = _changes(plan, phones.get(plan.known.pk, []), documents)
            row.verdict = CHANGE if plan.changes else SAME


def _heads_of_standing(rows: list[Row], viewer: Viewer) -> None:
    """A new head cannot join a household that has one: who is it to be?"""
    houses = _standing({row.values["plan"].group for row in rows if row.verdict == NEW}, viewer)
    for row in rows:
        plan = row.values["plan"]
        house = houses.get(plan.group) if row.verdict == NEW and plan.wanted.is_head else None
        if house is not None and house.head_id is not None:
            words = Refusal(
                "registry.household_has_head", _("Household %(household)s has a head already."), household=house.code
            )
            row.reasons.append(Reason("relation", words.code, words.sentence))


def _standing(groups: set[Any], viewer: Viewer) -> dict[Hashable, Household]:
    """The households in reach whose code a group of the file names, in the village it names, by group."""
    codes = {group[1] for group in groups if group is not None}
    rows = scopes.households(viewer, EDIT).filter(code__in=codes, ends=None)
    return {(house.place_id, house.code): house for house in rows}


def _by_code(viewer: Viewer, codes: set[str | None]) -> dict[str | None, Person]:
    rows = scopes.people(viewer, EDIT).filter(code__in=codes, ends=None, merged_into=None, forgotten_at=None)
    return {person.code: person for person in rows}


def _by_name(viewer: Viewer, names: set[str], place_ids: set[int]) -> dict[tuple[Any, ...], list[Person]]:
    found: dict[tuple[Any, ...], list[Person]] = defaultdict(list)
    rows = scopes.people(viewer, EDIT).filter(
        name__in=names, place_id__in=place_ids, ends=None, merged_into=None, forgotten_at=None
    )
    for person in rows:
        found[person.name, person.born_on, person.place_id].append(person)
    return found


def _phones_of(ids: set[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, number in (
        Phone.objects.filter(person_id__in=ids).order_by("rank").values_list("person_id", "number")
    ):
        found[person_id].append(number)
    return found


def _numbered(ids: set[int]) -> set[int]:
    """Who among them has an identity document that holds now."""
    return set(
        Person.objects.filter(pk__in=ids, documents__ends=None, documents__kind=identity.RESIDENT).values_list(
            "pk", flat=True
        )
    )


def _changes(plan: Plan, phones: list[str], numbered: set[int]) -> dict[str, Any]:
    """What the file says differently; an empty cell says nothing."""
    known, wanted = plan.known, plan.wanted
    assert known is not None  # only called for the known
    changes: dict[str, Any] = {}
    for name in OF_FACTS:
        value = getattr(wanted.facts, name)
        standing = getattr(known, name)
        if value not in ("", None, ()) and value != (tuple(standing) if isinstance(standing, list) else standing):
            changes[name] = value
    if wanted.place_id != known.place_id:
        changes["place"] = wanted.place_id
    if more := [number for number in wanted.phones if number not in phones]:
        changes["phones"] = [*phones, *more]
    if wanted.papers and known.pk not in numbered:
        changes["papers"] = wanted.papers
    return changes


def _bring_up_to_date(plan: Plan, *, by: Viewer, now: datetime, why: str, is_synthetic: bool) -> None:
    person = plan.known
    assert person is not None  # a change is about somebody
    facts = {name: value for name, value in plan.changes.items() if name in OF_FACTS}
    if facts:
        person = one_by_one.correct_person(
            person.pk, replace(one_by_one.facts_of(person), **facts), by=by, version=person.version, now=now, why=why
        )
    if "place" in plan.changes:
        how = {"place_id": plan.changes["place"], "household_id": None, "version": person.version}
        person = one_by_one.move_person(person.pk, by=by, now=now, why=why, **how)
    for paper in plan.changes.get("papers", ()):
        put_document(person.pk, paper, by=by, version=person.version, now=now, why=why, is_synthetic=is_synthetic)
        person = Person.objects.get(pk=person.pk)
    if "phones" in plan.changes:
        set_phones(person.pk, plan.changes["phones"], by=by, version=person.version, now=now, why=why)


@dataclass(slots=True)
class _Houses:
    """Where each group of the file goes: a household that stands already, or one to be made."""

    standing: dict[Hashable, int]
    made: list[NewHousehold]

    def placed(self, plan: Plan) -> dict[str, Any]:
        """The household of a new person, as NewPerson wants it."""
        if plan.group is None:
            return {}
        if plan.group in self.standing:
            house = self.standing[plan.group]
            return {"household_id": house, "is_head": False}
        return {"household": plan.group}


def _households(plans: list[Plan], by: Viewer) -> _Houses:
    """A group is a standing household if its number is that household's code, in that village; else it is made."""
    groups = {plan.group for plan in plans if plan.group is not None}
    standing: dict[Hashable, int] = {key: house.pk for key, house in _standing(groups, by).items()}
    made = [NewHousehold(group, group[0]) for group in groups if group not in standing]  # type: ignore[index]
    return _Houses(standing, sorted(made, key=lambda house: str(house.key)))
