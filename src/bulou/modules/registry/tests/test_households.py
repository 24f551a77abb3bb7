"""Households: made, headed, split, merged, moved and ended; codes never given twice; closed to the neighbour."""

from uuid import uuid4

import pytest
from django.http import Http404

from bulou.modules.registry.models import Household, Person, PersonVersion
from bulou.modules.registry.queries import households as queries
from bulou.modules.registry.services import households as services
from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, load_people
from bulou.modules.registry.services.people_checks import Facts
from bulou.platform.refusals import Conflict, Refusal

pytestmark = pytest.mark.django_db


def test_a_household_is_made_once_with_the_next_code_of_its_place(county, cast, now):
    by, place, once = cast.village_clerk.viewer, county.villages[0], uuid4()
    made = [
        services.create_household(by=by, place_id=place.pk, now=now, once=once, address="4号") for _again in range(2)
    ]
    assert made[0].pk == made[1].pk
    assert made[0].code == f"{place.code}-00004"


def test_two_loads_and_a_form_never_share_a_code(county, cast, now):
    by, place = cast.chief.viewer, county.villages[0].pk
    rows = [NewPerson(Facts("次仁"), place, household="x", is_head=True)]
    for _load in range(2):
        load_people(rows, households=[NewHousehold("x", place)], by=by, now=now)
    services.create_household(by=by, place_id=place, now=now)
    codes = list(Household.objects.filter(place_id=place).values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == 6


def test_the_head_is_one_of_the_people_and_a_new_one_takes_over(county, cast, now):
    by, house = cast.village_clerk.viewer, county.households[0]
    other, outsider = county.people[1], county.people[4]
    with pytest.raises(Refusal) as refused:
        services.correct_household(
            house.pk, by=by, kind="ordinary", address="", head_id=outsider.pk, version=1, now=now
        )
    assert refused.value.code == "registry.head_elsewhere"
    changed = services.correct_household(
        house.pk, by=by, kind="ordinary", address=house.address, head_id=other.pk, version=1, now=now
    )
    assert changed.head_id == other.pk
    assert list(Person.objects.filter(household=house, relation="head")) == [other]
    with pytest.raises(Conflict):
        services.correct_household(house.pk, by=by, kind="collective", address="", head_id=None, version=1, now=now)


def test_somebody_must_stay_when_a_household_splits(county, cast, now):
    by, house = cast.village_clerk.viewer, county.households[0]
    ids = [one.pk for one in county.people[:3]]
    for nobody in ([], ids):
        with pytest.raises(Refusal):
            services.split_household(house.pk, nobody, by=by, now=now)
    with pytest.raises(Http404):
        services.split_household(house.pk, [county.people[4].pk], by=by, now=now)
    made = services.split_household(house.pk, ids[:1], by=by, now=now)
    assert made.head_id == ids[0]
    assert Household.objects.get(pk=house.pk).head_id is None
    assert PersonVersion.objects.get(person_id=ids[0]).before == {"household_id": house.pk}


def test_merged_households_leave_one(county, cast, now):
    by, kept, gone = cast.village_clerk.viewer, county.households[0], county.households[1]
    services.merge_households(kept.pk, gone.pk, by=by, now=now)
    assert Person.objects.filter(household=kept).count() == 6
    gone.refresh_from_db()
    assert (gone.ends, gone.head_id) == (now, None)
    with pytest.raises(Refusal):
        services.merge_households(kept.pk, gone.pk, by=by, now=now)
    with pytest.raises(Refusal):
        services.merge_households(kept.pk, kept.pk, by=by, now=now)


def test_a_household_moves_with_its_people_and_keeps_its_code(county, cast, now):
    by, house, there = cast.township_lead.viewer, county.households[0], county.villages[1]
    moved = services.move_household(house.pk, there.pk, by=by, version=1, now=now, address="新村1号")
    assert (moved.place_id, moved.code) == (there.pk, house.code)
    assert set(Person.objects.filter(household=house).values_list("place_id", flat=True)) == {there.pk}
    with pytest.raises(Refusal):
        services.move_household(house.pk, county.villages[2].pk, by=by, version=2, now=now)


def test_only_an_empty_household_ends(county, cast, now):
    by, house = cast.village_clerk.viewer, county.households[0]
    with pytest.raises(Refusal):
        services.end_household(house.pk, by=by, version=1, now=now)
    empty = services.create_household(by=by, place_id=house.place_id, now=now)
    assert services.end_household(empty.pk, by=by, version=empty.version, now=now).ends == now


def test_households_are_found_by_code_and_by_who_lives_there(county, cast):
    by, house = cast.township_lead.viewer, county.households[0]
    for words in (house.code, house.code[:14], "扎西达杰", "zxdj", county.people[0].phones.get().number):
        assert house in queries.found(by, words), words
    assert queries.found(cast.neighbour.viewer, house.code) == []


def test_every_verb_is_closed_to_the_neighbour(county, cast, now):
    by, house, ids = cast.neighbour.viewer, county.households[0], [county.people[1].pk]
    for verb in (
        lambda: services.correct_household(
            house.pk, by=by, kind="ordinary", address="x", head_id=None, version=1, now=now
        ),
        lambda: services.split_household(house.pk, ids, by=by, now=now),
        lambda: services.merge_households(house.pk, county.households[1].pk, by=by, now=now),
        lambda: services.move_household(house.pk, county.villages[2].pk, by=by, version=1, now=now),
        lambda: services.end_household(house.pk, by=by, version=1, now=now),
        lambda: queries.household(by, house.pk),
    ):
        with pytest.raises(Http404):
            verb()
    with pytest.raises(Refusal):
        services.create_household(by=by, place_id=county.villages[0].pk, now=now)
