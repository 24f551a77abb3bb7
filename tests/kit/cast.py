"""A small county and its cast, for everybody's tests: 2 townships × 2 villages × 3 households, two units, one person for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bulou.modules.registry.models import Household, Person, Place, Unit
    from bulou.platform.access.viewer import Viewer
    from bulou.platform.accounts.models import User

START = datetime(2020, 1, 20, 1, 0, tzinfo=UTC)
NOW = datetime(2020, 1, 26, 2, 0, tzinfo=UTC)

_PLACES = (
    ("632726", "county", "曲麻莱县", None),
    ("632726100", "town", "约改镇", "632726"),
    ("632726200", "town", "巴干乡", "632726"),
    ("632726100200", "village", "岗当村", "632726100"),
    ("632726100201", "village", "格前村", "632726100"),
    ("632726200200", "village", "代曲村", "632726200"),
    ("632726200201", "village", "团结村", "632726200"),
)
SPOTS = {
    "county": "632726",
    "town": "632726100",
    "village": "632726100200",
    "unit": "HQ-OFFICE",
    "neighbour_town": "632726200",
    "neighbour_village": "632726200200",
}
_NAMES = ("扎西达杰", "卓玛", "才让", "王小明", "阿卜杜拉·买买提", "李秀英", "巴特尔", "格桑", "张伟")


@dataclass(slots=True)
class County:
    """A small county. `towns[0]` is the cast's, `towns[1]` the neighbour's; villages[0:2] lie in the first, [2:4] in the second.

    Every village has three households of three people; the first of each is its head, has an identity number and a telephone.
    `hq` is the headquarters' unit, `office` a unit below it (the unit clerk's), with the head of each village's first household as member.
    """

    root: Place
    towns: list[Place]
    villages: list[Place]
    hq: Unit
    office: Unit
    households: list[Household] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    def people_of(self, village: int) -> list[Person]:
        """The nine people of a village (0–3), by household."""
        return self.people[village * 9 : village * 9 + 9]

    def households_of(self, village: int) -> list[Household]:
        """The three households of a village (0–3)."""
        return self.households[village * 3 : village * 3 + 3]


@dataclass(slots=True)
class Seated:
    """One of the cast, seated: the account (none for the resident), its viewer as of NOW, its person."""

    key: str
    user: User | None
    viewer: Viewer
    person: Person


class Cast:
    """The cast by key: `cast.chief.viewer`, `cast.neighbour.user` …"""

    def __init__(self, seated: dict[str, Seated]) -> None:
        self._seated = seated

    def __getattr__(self, key: str) -> Seated:
        try:
            return self._seated[key]
        except KeyError:
            raise AttributeError(key) from None

    def __iter__(self) -> Iterator[Seated]:
        return iter(self._seated.values())

    def with_account(self) -> list[Seated]:
        """Those who can log in."""
        return [one for one in self if one.user is not None]


@pytest.fixture
def now() -> datetime:
    """The moment tests happen at unless they say otherwise: 26 January 2020, 10:00 in the county."""
    return NOW


@pytest.fixture
def county(db: None) -> County:
    """A small county with people, households and two units; see County."""
    places = _make_places()
    hq, office = _make_units(places)
    villages = [places[code] for code, level, *_rest in _PLACES if level == "village"]
    towns = [places[code] for code, level, *_rest in _PLACES if level == "town"]
    made = County(places["632726"], towns, villages, hq, office)
    _fill(made)
    return made


@pytest.fixture
def cast(county: County) -> Cast:
    """The cast, seated in the small county from START on."""
    from bulou.modules.registry.models import Person, UserPerson
    from bulou.modules.registry.queries.scopes import grants_of
    from bulou.platform import cast as platform_cast
    from bulou.platform.access.viewer import ANONYMOUS, Viewer

    users = platform_cast.seat(SPOTS, now=START)
    seated = {}
    for one in platform_cast.CAST:
        if user := users.get(one.key):
            grants, person_id = grants_of(user.pk, NOW)
            person = UserPerson.objects.get(user=user).person
            seated[one.key] = Seated(one.key, user, Viewer(user.pk, user.display_name, grants, person_id), person)
        else:
            seated[one.key] = Seated(one.key, None, ANONYMOUS, Person.objects.get(name=one.name, purpose="cast"))
    return Cast(seated)


def _make_places() -> dict[str, Place]:
    from bulou.modules.registry.models import Place, PlaceVersion
    from bulou.platform import chinese

    made: dict[str, Place] = {}
    for code, level, name, parent_code in _PLACES:
        parent = made.get(parent_code or "")
        key = chinese.phrase_key(name)
        place = Place.objects.create(
            code=code,
            level=level,
            name=name,
            sort_key=key,
            initials=chinese.phrase_initials(name),
            parent=parent,
            starts=START,
        )
        place.lineage = [*(parent.lineage if parent else []), place.pk]
        place.save(update_fields=["lineage"])
        PlaceVersion.objects.create(
            place=place, number=1, code=code, level=level, name=name, parent=parent, change="loaded", starts=START
        )
        made[code] = place
    return made


def _make_units(places: dict[str, Place]) -> tuple[Unit, Unit]:
    from bulou.modules.registry.models import Unit
    from bulou.platform import chinese

    def make(code: str, name: str, kind: str, place: Place, parent: Unit | None) -> Unit:
        fields: dict[str, Any] = {
            "code": code,
            "name": name,
            "kind": kind,
            "place": place,
            "parent": parent,
            "starts": START,
        }
        unit = Unit.objects.create(sort_key=chinese.phrase_key(name), **fields)
        unit.lineage = [*(parent.lineage if parent else []), unit.pk]
        unit.save(update_fields=["lineage"])
        return unit

    hq = make("HQ", "疫情处置指挥部", "headquarters", places["632726"], None)
    return hq, make("HQ-OFFICE", "指挥部办公室", "work_group", places["632726100"], hq)


def _fill(county: County) -> None:
    from bulou.modules.registry.models import Household, Membership, Person
    from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, load_people
    from bulou.platform.access.viewer import system

    houses: list[NewHousehold] = []
    rows: list[NewPerson] = []
    for v, village in enumerate(county.villages):
        for h in range(3):
            houses.append(NewHousehold((v, h), village.pk, address=f"{village.name}{h + 1}号"))
            rows += [_resident(v, h, n, village.pk) for n in range(3)]
    ids = load_people(rows, households=houses, by=system("tests"), now=START, is_synthetic=True)
    people = Person.objects.select_related("place", "household").in_bulk(ids)
    county.people = [people[pk] for pk in ids]
    households = Household.objects.in_bulk({person.household_id for person in county.people})
    county.households = [households[county.people[first].household_id] for first in range(0, len(ids), 3)]
    for number in range(4):
        head = county.people_of(number)[0]
        Membership.objects.create(person=head, unit=county.office, part="member", starts=START)


def _resident(village: int, household: int, number: int, place_id: int) -> Any:
    from datetime import date

    from bulou.modules.registry.rules.identity import check_character
    from bulou.modules.registry.services.people_bulk import NewPerson
    from bulou.modules.registry.services.people_checks import Facts, Paper

    name = _NAMES[household * 3 + number]
    born_on = date(1960 + village * 10 + household, 3, number + 1)
    is_head = number == 0
    order = f"{village * 100 + household * 10 + number:03d}"
    first_17 = f"002726{born_on:%Y%m%d}{order}"
    return NewPerson(
        Facts(
            name, born_on=born_on, sex="m" if int(order) % 2 else "f", relation="head" if is_head else "other_relative"
        ),
        place_id,
        household=(village, household),
        is_head=is_head,
        papers=(Paper("resident", first_17 + check_character(first_17)),) if is_head else (),
        phones=(f"1540000{village:02d}{household:02d}",) if is_head else (),
    )
