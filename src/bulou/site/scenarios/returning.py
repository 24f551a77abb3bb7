"""Those who came back from affected areas: new people of their villages, and the four who answer for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from bulou.modules.registry.models import Person, Place
from bulou.modules.registry.services.people_bulk import NewPerson, load_people
from bulou.modules.registry.services.synthetic.families import Village, people_of
from bulou.modules.registry.services.synthetic.filling import villages_of
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer
from bulou.site.scenarios.cases import ORIGINS, Returnees

PURPOSE = "returnee"
KEPT = timedelta(days=60)
_FIRST_NUMBER = 5_000  # their villages' numbers, apart from the residents' (papers and telephones are made from them)


@dataclass(frozen=True, slots=True)
class Returnee:
    """One who came back: the person, the village, from where, and since when."""

    person_id: int
    place_id: int
    back_from: str
    back_since: datetime


def bring_back(
    returnees: Returnees, root_code: str, *, by: Viewer, seed: int, now: datetime
) -> tuple[list[Returnee], list[int]]:
    """Make and write them; gives them by village, and the ids of the villages nobody came back to."""
    random = Random(f"{seed}:returnees")
    villages = villages_of(root_code, 0, seed=seed)
    chosen = sorted(random.sample(range(len(villages)), max(1, round(len(villages) * returnees.share_of_villages))))
    sizes = _spread(returnees.people, len(chosen), random)
    today = clock.local_day(now)
    rows: list[NewPerson] = []
    for number, size in zip(chosen, sizes, strict=True):
        village = replace(villages[number], number=_FIRST_NUMBER + villages[number].number, people=size + size // 3 + 3)
        rows += _made(village, size, seed, today)
    ids = load_people(rows, by=by, now=now, why="returnees", is_synthetic=True)
    back = [
        Returnee(pk, row.place_id, random.choice(ORIGINS), now - timedelta(days=random.randrange(1, 9)))
        for pk, row in zip(ids, rows, strict=True)
    ]
    return back, [village.place_id for number, village in enumerate(villages) if number not in set(chosen)]


def fours(
    people: Sequence[Returnee], officers: Sequence[int], *, root_id: int, seed: int, now: datetime
) -> dict[int, tuple[int, int, int, int]]:
    """Who answers for whom (case B6): town cadre (who leads), officer, village cadre, medic, by the returnee's id.

    Town cadres and medics are two residents of each town, village cadres one of each village or, where a village has no grown-up resident,
    the town cadre.
    """
    by_village, by_town = _grown_ups(root_id, seed, clock.local_day(now))
    villages = Place.objects.filter(pk__in={one.place_id for one in people}, parent__isnull=False)
    towns = dict(villages.values_list("id", "parent_id"))
    found = {}
    for number, one in enumerate(people):
        of_town = by_town[towns[one.place_id] or 0]
        cadre, medic = of_town[number % 2], of_town[2 + number % 2]
        village = by_village.get(one.place_id, cadre)
        found[one.person_id] = (cadre, officers[number % len(officers)], village, medic)
    return found


def _made(village: Village, count: int, seed: int, today: date) -> list[NewPerson]:
    """So many grown-ups and children of the village who stay with relatives: no household of their own is made."""
    _households, people = people_of(village, seed=seed, today=today)
    once = [row for row in people if row.facts.relation != "other_relative"][:count]
    return [
        replace(
            row,
            household=None,
            is_head=False,
            facts=replace(row.facts, relation="", purpose=PURPOSE, keep_until=today + KEPT),
        )
        for row in once
    ]


def _spread(count: int, parts: int, random: Random) -> list[int]:
    """`count` over so many parts, at least one each, unevenly."""
    found = [1] * parts
    weights = [random.triangular(0.2, 3, 0.8) for _part in range(parts)]
    for part in random.choices(range(parts), weights=weights, k=count - parts):
        found[part] += 1
    return found


def _grown_ups(root_id: int, seed: int, today: date) -> tuple[dict[int, int], dict[int, list[int]]]:
    """One grown-up resident of each village, and four of each town."""
    rows = (
        Person.objects.filter(
            purpose="synthetic",
            ends=None,
            merged_into=None,
            relation__in=("head", "spouse"),
            place__lineage__contains=[root_id],
            born_on__lte=today - timedelta(days=25 * 366),
            born_on__gt=today - timedelta(days=60 * 365),
        )
        .order_by("uuid")
        .values_list("id", "place_id", "place__parent_id")
    )
    people = list(rows)
    Random(f"{seed}:fours").shuffle(people)
    by_village: dict[int, int] = {}
    by_town: dict[int, list[int]] = {}
    for pk, place_id, town_id in people:
        if place_id not in by_village:
            by_village[place_id] = pk
        elif town_id is not None and len(by_town.setdefault(town_id, [])) < 4:
            by_town[town_id].append(pk)
    return by_village, by_town
