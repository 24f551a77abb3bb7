"""People met at a door or on the road: written down at once, once, within reach, under numbers their reports already name."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from bulou.modules.registry.models import Household, Person
from bulou.modules.registry.services.merging import merge_people
from bulou.modules.registry.services.newcomers import Newcomer, Newcomers, register_newcomers, temporary_code
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Forbidden, Refusal

pytestmark = pytest.mark.django_db


def family(place, **more):
    people = (
        Newcomer(uuid4(), "索南", sex="m", born_on=date(1980, 5, 1), phone="13909760001"),
        Newcomer(uuid4(), "拉毛", sex="f", relation="spouse"),
    )
    return Newcomers(
        uuid4(), place.code, people, is_new_household=True, kind="herding_camp", address="冬窝子三号", **more
    )


def test_a_new_household_is_registered_once_under_the_code_its_phone_made(county, cast, now):
    found = family(county.villages[0], note="路上遇到")
    assert register_newcomers(found, by=cast.village_clerk.viewer, now=now)
    assert not register_newcomers(found, by=cast.village_clerk.viewer, now=now)
    household = Household.objects.get(code=temporary_code(found.uuid))
    people = list(Person.objects.filter(household=household).order_by("id"))
    assert [one.uuid for one in people] == [one.uuid for one in found.people]
    assert all(one.is_temporary for one in people)
    assert household.head == people[0]
    assert household.kind == "herding_camp"
    line = Line.objects.get(action="registry.newcomers_registered")
    assert (line.actor_id, line.why) == (cast.village_clerk.user.pk, "路上遇到")


def test_a_checkpoint_officer_writes_down_a_stranger_and_nobody_where_he_is_not(county, cast, now):
    by = cast.checkpoint_officer.viewer
    place = county.root if not by.grants[0].place_id else type(county.root).objects.get(pk=by.grants[0].place_id)
    stranger = Newcomers(uuid4(), place.code, (Newcomer(uuid4(), "穿蓝棉袄的老人"),), address="往玉树方向")
    assert register_newcomers(stranger, by=by, now=now)
    person = Person.objects.get(uuid=stranger.people[0].uuid)
    assert (person.household_id, person.address) == (None, "往玉树方向")
    elsewhere = Newcomers(uuid4(), county.villages[2].code, (Newcomer(uuid4(), "某人"),))
    with pytest.raises(Refusal, match="place_unknown"):
        register_newcomers(elsewhere, by=cast.village_clerk.viewer, now=now)
    with pytest.raises(Forbidden):
        register_newcomers(family(county.villages[0]), by=cast.auditor.viewer, now=now)


def test_a_newcomer_joins_a_household_of_that_place_and_is_merged_later(county, cast, now):
    by = cast.village_clerk.viewer
    home = county.households_of(0)[0]
    found = Newcomers(uuid4(), county.villages[0].code, (Newcomer(uuid4(), "才让"),), household=home.code)
    assert register_newcomers(found, by=by, now=now)
    person = Person.objects.get(uuid=found.people[0].uuid)
    assert person.household == home
    other = county.people_of(0)[2]
    merge_people(other.pk, person.pk, by=cast.township_lead.viewer, now=now, why="同一人")
    person.refresh_from_db()
    assert person.merged_into == other
    foreign = Newcomers(
        uuid4(), county.villages[0].code, (Newcomer(uuid4(), "甲"),), household=county.households_of(2)[0].code
    )
    with pytest.raises(Refusal, match="household_unknown"):
        register_newcomers(foreign, by=by, now=now)


def test_part_of_a_family_that_is_known_already_is_a_conflict_and_nothing_is_written(county, cast, now):
    found = family(county.villages[0])
    register_newcomers(found, by=cast.village_clerk.viewer, now=now)
    more = Newcomers(uuid4(), found.place, (found.people[0], Newcomer(uuid4(), "多吉")), is_new_household=True)
    with pytest.raises(Refusal, match="part_known") as refused:
        register_newcomers(more, by=cast.village_clerk.viewer, now=now)
    assert refused.value.status == 409
    assert not Person.objects.filter(uuid=more.people[1].uuid).exists()
