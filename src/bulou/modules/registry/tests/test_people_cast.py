"""The cast is seated: each has the reach of the role, and the neighbour reaches nothing of the others."""

import pytest

from bulou.modules.registry.models import Document, Person, Phone
from bulou.modules.registry.queries import scopes
from bulou.platform import cast as platform_cast
from tests.kit.cast import SPOTS, START

pytestmark = pytest.mark.django_db


def test_everybody_of_the_cast_is_seated_with_the_reach_of_the_role(county, cast):
    seen = {one.key: scopes.people(one.viewer).count() if one.viewer.may("registry.view_person") else 0 for one in cast}
    residents = 36
    assert seen["chief"] == seen["auditor"] == residents + len(platform_cast.CAST)
    assert seen["township_lead"] == 18 + len(platform_cast.CAST) - 1
    assert seen["village_clerk"] == 9 + len(platform_cast.CAST) - 1
    assert seen["neighbour"] == 18 + 1
    assert seen["unit_clerk"] == 4
    assert seen["administrator"] == seen["resident"] == seen["medic"] == 0


def test_the_neighbour_sees_nobody_of_the_other_township(county, cast):
    seen = set(scopes.people(cast.neighbour.viewer).values_list("place__parent_id", flat=True))
    assert seen == {county.towns[1].pk}


def test_seating_again_changes_nothing(county, cast):
    before = Person.objects.count()
    platform_cast.seat(SPOTS, now=START)
    assert Person.objects.count() == before


def test_the_small_county_holds_what_it_says(county):
    assert len(county.people) == 36
    assert len(county.households) == 12
    assert county.households[4].head_id == county.people_of(1)[3].pk
    assert Document.objects.count() == Phone.objects.count() == 12
    assert county.people[0].name_key == "zha xi da jie"
