"""The tallies by place equal a count of the rows, whatever is done to people and households."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.db.models import Count, Sum

from bulou.modules.registry.models import Household, Person, Tally
from bulou.modules.registry.queries import places as queries
from bulou.modules.registry.services.places_tally import fold_tallies

pytestmark = pytest.mark.django_db


def tallied() -> dict[int, tuple[int, int]]:
    rows = Tally.objects.values_list("place_id").annotate(Sum("people"), Sum("households"))
    return {place_id: (people, homes) for place_id, people, homes in rows if people or homes}


def counted() -> dict[int, tuple[int, int]]:
    people = dict(Person.objects.filter(ends=None, merged_into=None).values_list("place_id").annotate(Count("id")))
    homes = dict(Household.objects.filter(ends=None).values_list("place_id").annotate(Count("id")))
    return {place: (people.get(place, 0), homes.get(place, 0)) for place in people.keys() | homes.keys()}


def do_something(dice: random.Random, county, now) -> None:
    """One of the changes that people, households and jobs make, to some rows at random."""
    some = Person.objects.filter(pk__in=dice.sample([person.pk for person in county.people], 5))
    homes = Household.objects.filter(pk__in=dice.sample([home.pk for home in county.households], 2))
    fields = {"name": "新", "name_key": "xin", "initials": "x", "starts": now}
    dice.choice((
        lambda: some.update(place=dice.choice(county.villages)),
        lambda: some.update(ends=dice.choice((None, now))),
        lambda: some.update(name="改名"),
        lambda: homes.update(place=dice.choice(county.villages)),
        lambda: homes.update(ends=dice.choice((None, now))),
        lambda: Person.objects.create(place=dice.choice(county.villages), **fields),
        lambda: Person.objects.filter(name="新").delete(),
        lambda: fold_tallies(now),
    ))()  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_tallies_equal_counts_whatever_is_done(seed: int, now, county, cast) -> None:
    assert tallied() == counted()
    dice = random.Random(seed)
    for _ in range(25):
        do_something(dice, county, now)
        assert tallied() == counted()


def test_merged_people_count_once(now, county) -> None:
    first, second = county.people_of(0)[:2]
    Person.objects.filter(pk=second.pk).update(merged_into=first)
    assert tallied()[county.villages[0].pk] == (8, 3)


def test_folding_changes_no_sum(now, county) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_tally (place_id, people, households) SELECT %s, 1, 0 FROM generate_series(1, 900)",
            [county.root.pk],
        )
    before = tallied()
    assert fold_tallies(now) > 900
    assert tallied() == before
    assert Tally.objects.count() <= 8
    assert fold_tallies(now) == 0


def test_a_viewer_is_told_the_number_of_the_people_the_viewer_sees(county, cast) -> None:
    ids = [place.pk for place in (county.root, *county.towns, *county.villages)]
    chief, clerk, neighbour, unit = (
        queries.residents_by_place(one.viewer, ids)
        for one in (cast.chief, cast.village_clerk, cast.neighbour, cast.unit_clerk)
    )
    assert chief[county.villages[3].pk] == (9, 3)
    assert set(clerk) == {county.villages[0].pk}
    assert {county.villages[0].pk, county.villages[1].pk} & set(neighbour) == set()
    assert sum(people for people, _homes in unit.values()) == 4
    assert sum(homes for _people, homes in unit.values()) == 0
    assert queries.residents_by_place(cast.medic.viewer, ids) == {}
