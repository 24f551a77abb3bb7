"""Many people and households at once, by COPY: for imports, the first load of a county and synthetic counties.

Set-based: the database is asked a handful of times however many rows there are. All of a call is one transaction, so never part of a row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.registry.models import Household, Person, Place
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.rules import people
from bulou.modules.registry.services.people_checks import (
    Facts,
    Paper,
    check_choice,
    check_facts,
    check_line,
    check_paper,
    check_phone,
)
from bulou.modules.registry.services.people_keys import name_keys, seal_paper
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

MANY = 2_000
HOUSEHOLD = ("id", "code", "place_id", "kind", "address", "head_id", "starts", "ends", "version")
PERSON = (
    "id", "uuid", "name", "other_name", "name_key", "initials", "grams", "sex", "born_on", "place_id", "home_place_id", "household_id",
    "relation", "address", "employer", "languages", "qualifications", "no_document", "is_temporary", "purpose", "keep_until", "starts",
    "end_kind", "version", "code",
)  # fmt: skip
DOCUMENT = ("person_id", "about", "kind", "sealed", "digest", "masked", "tail", "starts")
PHONE = ("person_id", "number", "tail", "rank")


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household to be made; people name it by `key` (anything hashable, of this call only). Without `code` it gets the place's next."""

    key: Hashable
    place_id: int
    kind: str = "ordinary"
    address: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be made: `household` is the key of a new household or the id of one that exists."""

    facts: Facts
    place_id: int
    household: Hashable | None = None
    household_id: int | None = None
    is_head: bool = False
    papers: tuple[Paper, ...] = ()
    phones: tuple[str, ...] = ()
    uuid: UUID | None = None


@dataclass(slots=True)
class _Rows:
    """What goes into COPY, in the order of the column lists above."""

    households: list[tuple[Any, ...]] = field(default_factory=list)
    people: list[tuple[Any, ...]] = field(default_factory=list)
    documents: list[tuple[Any, ...]] = field(default_factory=list)
    phones: list[tuple[Any, ...]] = field(default_factory=list)


def load_people(
    rows: Sequence[NewPerson],
    *,
    by: Viewer,
    now: datetime,
    households: Sequence[NewHousehold] = (),
    why: str = "",
    is_synthetic: bool = False,
    has_more: bool = False,
) -> list[int]:
    """Write people and households, all or nothing; gives the people's ids in the order of the rows. One journal line.

    Refuses what `check_person` refuses, places out of the caller's reach, households unknown or elsewhere. Made-up identity numbers
    (area 00) only with `is_synthetic`. The last of several loads (not `has_more`) has statistics taken. It does not look
    for duplicates: `propose_duplicates` does, over everything at once.
    """
    with transaction.atomic():
        ids, house_ids = insert_people(rows, by=by, now=now, households=households, is_synthetic=is_synthetic)
        if len(ids) >= MANY and not has_more:
            take_statistics()
        if ids:
            data = {"people": len(ids), "households": len(house_ids)}
            write(
                by=by,
                action="registry.people_loaded",
                kind="registry.person",
                subjects=ids,
                now=now,
                why=why,
                data=data,
            )
    return ids


def insert_people(
    rows: Sequence[NewPerson],
    *,
    by: Viewer,
    now: datetime,
    households: Sequence[NewHousehold] = (),
    is_synthetic: bool = False,
) -> tuple[list[int], Mapping[Hashable, int]]:
    """The part of a verb that writes people and households, inside its transaction: the people's ids, and the households' by key."""
    by.need("registry.edit_person")
    _check_places(by, {row.place_id for row in rows} | {house.place_id for house in households})
    _check_existing_households(rows)
    _check_codes(rows)
    ids = _reserve("registry_person", len(rows))
    made = _Rows()
    house_ids = _household_rows(made, households, rows, ids, now)
    for person_id, row in zip(ids, rows, strict=True):
        _person_rows(made, person_id, row, house_ids, now, is_synthetic)
    _copy("registry_household", HOUSEHOLD, made.households)
    _copy("registry_person", PERSON, made.people)
    _copy("registry_document", DOCUMENT, made.documents)
    _copy("registry_phone", PHONE, made.phones)
    return ids, house_ids


def check_person(row: NewPerson, *, now: datetime, is_synthetic: bool = False) -> NewPerson:
    """The row tidied, or the refusal that says what is wrong with it: the verdict an import shows before anything is written."""
    today = clock.local_day(now)
    return NewPerson(
        facts=check_facts(row.facts, today=today),
        place_id=row.place_id,
        household=row.household,
        household_id=row.household_id,
        is_head=row.is_head,
        papers=tuple(check_paper(paper, today=today, synthetic=is_synthetic) for paper in row.papers),
        phones=tuple(dict.fromkeys(check_phone(number) for number in row.phones if number.strip())),
        uuid=row.uuid,
    )


def next_codes(place_ids: Iterable[int]) -> dict[int, list[str]]:
    """The next free household codes of places, as many as each occurs: the place's code and a running number of five digits.

    Holds a lock per place until the transaction ends, so that two writers never get one code.
    """
    wanted = Counter(place_ids)
    codes = dict(Place.objects.filter(id__in=wanted).values_list("id", "code"))
    found: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        for place_id in sorted(wanted):
            code = codes[place_id]
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('registry.household_code', %s))", [place_id])
            cursor.execute(
                "SELECT max(code) FROM registry_household WHERE code >= %s AND code < %s", [f"{code}-", f"{code}."]
            )
            last = int((cursor.fetchone()[0] or f"{code}-0").rpartition("-")[2])
            found[place_id] = [f"{code}-{last + n:05d}" for n in range(1, wanted[place_id] + 1)]
    return found


def _check_places(by: Viewer, ids: set[int]) -> None:
    known = set(scopes.places(by, "registry.edit_person").filter(id__in=ids, ends=None).values_list("id", flat=True))
    if ids - known:
        raise Refusal("registry.place_unknown", _("A place in these rows is not among yours."), field="place")


def _check_codes(rows: Sequence[NewPerson]) -> None:
    """A code is one person's: not twice in these rows, and nobody's so far."""
    codes = [row.facts.code for row in rows if row.facts.code]
    twice = [code for code, times in Counter(codes).items() if times > 1]
    if codes and (taken := twice or [str(one.code) for one in Person.objects.filter(code__in=codes)[:1]]):
        raise Refusal(
            "registry.person_code_taken", _("The code %(value)s is somebody else's."), field="code", value=taken[0]
        )


def _check_existing_households(rows: Sequence[NewPerson]) -> None:
    """A person joins a household only where that household is; a foreign id in a row is refused like an unknown one."""
    wanted = {(row.household_id, row.place_id) for row in rows if row.household_id is not None}
    ids = {household_id for household_id, _place in wanted}
    known = set(Household.objects.filter(id__in=ids, ends=None).values_list("id", "place_id"))
    if wanted - known:
        raise Refusal("registry.household_unknown", _("There is no such household in that place."), field="household")


def _reserve(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def _household_rows(
    made: _Rows, households: Sequence[NewHousehold], rows: Sequence[NewPerson], ids: list[int], now: datetime
) -> Mapping[Hashable, int]:
    house_ids = dict(
        zip((house.key for house in households), _reserve("registry_household", len(households)), strict=True)
    )
    codes = next_codes(house.place_id for house in households if not house.code)
    heads = _heads(rows, ids)
    for house in households:
        check_choice("kind", house.kind, people.HOUSEHOLD_KINDS)
        code = house.code or codes[house.place_id].pop(0)
        address = check_line("address", house.address, label=_("The address"))
        made.households.append(
            (house_ids[house.key], code, house.place_id, house.kind, address, heads.get(house.key), now, None, 1)
        )
    return house_ids


def _heads(rows: Sequence[NewPerson], ids: list[int]) -> dict[Hashable, int]:
    heads: dict[Hashable, list[int]] = defaultdict(list)
    for person_id, row in zip(ids, rows, strict=True):
        if row.is_head and row.household is not None:
            heads[row.household].append(person_id)
    for key, found in heads.items():
        if len(found) > 1:
            raise Refusal(
                "registry.two_heads", _("Household %(key)s has more than one head."), field="is_head", key=key
            )
    return {key: found[0] for key, found in heads.items()}


def _person_rows(
    made: _Rows, person_id: int, row: NewPerson, house_ids: Mapping[Hashable, int], now: datetime, is_synthetic: bool
) -> None:
    row = check_person(row, now=now, is_synthetic=is_synthetic)
    facts, uuid = row.facts, row.uuid or uuid4()
    keys = name_keys(facts.name, facts.other_name)
    household_id = house_ids[row.household] if row.household is not None else row.household_id
    relation = facts.relation or ("head" if row.is_head else "")
    made.people.append((
        person_id, uuid, facts.name, facts.other_name, keys.name_key, keys.initials, keys.grams, facts.sex, facts.born_on, row.place_id,
        facts.home_place_id, household_id, relation, facts.address, facts.employer, list(facts.languages), list(facts.qualifications),
        facts.no_document, facts.is_temporary, facts.purpose, facts.keep_until, now, "", 1, facts.code,
    ))  # fmt: skip
    for paper in row.papers:
        sealed = seal_paper(paper, uuid)
        made.documents.append(
            (person_id, uuid, sealed.kind, sealed.sealed, sealed.digest, sealed.masked, sealed.tail, now)
        )
    for rank, number in enumerate(row.phones, start=1):
        made.phones.append((person_id, number, people.phone_tail(number), rank))


def take_statistics() -> None:
    """Tell the planner what is there now: until autovacuum comes round, pages after a load were seen to take half a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_take_statistics()")


def _copy(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
