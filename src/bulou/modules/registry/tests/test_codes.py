"""The code lists and forms know a person by: written, found, nobody else's, gone with the person; and what hot doors ask of the registry."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from bulou.modules.registry.models import Grant, Person
from bulou.modules.registry.queries.people_search import find_people
from bulou.modules.registry.services import people as services
from bulou.modules.registry.services.people_bulk import NewPerson, load_people
from bulou.modules.registry.services.people_checks import Facts
from bulou.platform.refusals import Refusal
from tests.kit.cast import START, Cast, County

pytestmark = pytest.mark.django_db


def ask(words: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return cursor.fetchone()


def test_a_code_is_given_found_and_belongs_to_one_person(county: County, cast: Cast, now: datetime) -> None:
    by, (first, second) = cast.township_lead.viewer, county.people_of(0)[:2]
    services.correct_person(first.pk, replace(services.facts_of(first), code="P000123"), by=by, version=1, now=now)
    assert [one.pk for one in find_people(by, "P000123")] == [first.pk]
    assert find_people(cast.neighbour.viewer, "P000123") == []
    with pytest.raises(Refusal) as caught:
        services.correct_person(
            second.pk, replace(services.facts_of(second), code="P000123"), by=by, version=1, now=now
        )
    assert caught.value.code == "registry.person_code_taken"
    with pytest.raises(Refusal) as caught:
        services.correct_person(second.pk, replace(services.facts_of(second), code="P 1"), by=by, version=1, now=now)
    assert caught.value.code == "registry.person_code_form"


def test_a_load_refuses_a_code_twice(county: County, cast: Cast, now: datetime) -> None:
    rows = [NewPerson(Facts("王小明", code="A-1"), county.villages[0].pk) for _ in range(2)]
    with pytest.raises(Refusal) as caught:
        load_people(rows, by=cast.chief.viewer, now=now)
    assert caught.value.code == "registry.person_code_taken"
    [made] = load_people(rows[:1], by=cast.chief.viewer, now=now)
    assert Person.objects.get(pk=made).code == "A-1"


def test_a_subject_is_found_by_uuid_or_code_and_through_a_merge(county: County) -> None:
    first, second = county.people_of(0)[:2]
    Person.objects.filter(pk=second.pk).update(code="P7", merged_into=first)
    house, place = first.household, county.villages[0]
    assert house is not None
    for kind, said, found in (
        ("person", str(first.uuid), first.pk),
        ("person", "P7", first.pk),
        ("person", "nobody", None),
        ("household", house.code, house.pk),
        ("place", place.code, place.pk),
        ("unit", county.office.code, county.office.pk),
    ):
        assert ask("SELECT registry_subject(%s, %s)", [kind, said]) == (found,)


def test_reach_is_that_of_the_moment(county: County, cast: Cast) -> None:
    user, day = cast.village_clerk.user, timedelta(days=1)
    assert user is not None
    Grant.objects.filter(user=user).update(ends=START + day)
    words = "SELECT places, units FROM registry_reach_at(%s, %s::text[], 1, %s)"
    assert ask(words, [user.pk, ["village_clerk"], START]) == ([county.villages[0].pk], [None])
    assert ask(words, [user.pk, ["village_clerk"], START + day]) == (None, None)
    assert ask(words, [user.pk, ["chief"], START]) == (None, None)
    chief = cast.chief.user
    assert chief is not None
    assert ask(words, [chief.pk, ["chief"], START]) == ([None], [None])
    lies = "SELECT registry_lies_in('person', %s, %s::bigint[], ARRAY[NULL]::bigint[])"
    assert ask(lies, [county.people_of(0)[0].pk, [county.towns[0].pk]]) == (True,)
    assert ask(lies, [county.people_of(0)[0].pk, [county.towns[1].pk]]) == (False,)
