"""A person whose time is over is forgotten for real, by the role that may only forget; the row stays as a count."""

from datetime import date, timedelta

import pytest
from django.db import connection

from bulou.modules.registry.models import Document, Duplicate, Household, Merge, Person, PersonVersion, Phone, Relation
from bulou.modules.registry.services.merging import merge_people
from bulou.modules.registry.services.people_documents import add_relative, set_phones
from bulou.modules.registry.services.people_forgetting import forget_people, people_due
from bulou.platform.manifest import manifests

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(county, cast, now):
    """A household of three whose last day was yesterday; one of them was absorbed by another; with a history."""
    by, people = cast.chief.viewer, county.people[:3]
    add_relative(people[1].pk, county.people[4].pk, "sibling", by=by, now=now)
    set_phones(people[0].pk, ["13900000001"], by=by, version=1, now=now)
    merge_people(people[0].pk, people[2].pk, by=by, now=now, why="同一人 扎西达杰")
    Person.objects.filter(pk__in=[people[0].pk, people[1].pk]).update(keep_until=date(2020, 1, 25), employer="县医院")
    return people


def test_the_last_day_is_inclusive_and_merged_rows_go_along(over, now):
    ids = sorted(person.pk for person in over)
    assert people_due(now - timedelta(days=1)) == []
    assert people_due(now) == ids


def test_the_forgetting_role_deletes_all_content_and_leaves_others_alone(over, county, now):
    others = county.people[3:]
    phones = Phone.objects.filter(person__in=others).count()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE bulou_forget")
    forget_people(people_due(now))
    forget_people([person.pk for person in over])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE bulou_owner")
    ids = [person.pk for person in over]
    for row in Person.objects.filter(pk__in=ids):
        assert (row.name, row.name_key, row.grams, row.born_on, row.employer) == ("", "", [], None, "")
        assert row.forgotten_at is not None
        assert row.ends is not None
    for table in (Document, Phone, PersonVersion):
        assert not table.objects.filter(person__in=ids).exists()
    assert not Relation.objects.filter(relative__in=ids).exists()
    assert not Duplicate.objects.exists()
    assert Merge.objects.get().why == ""
    assert Household.objects.get(pk=over[0].household_id).address == ""
    assert Household.objects.get(pk=county.households[1].pk).address
    assert Phone.objects.filter(person__in=others).count() == phones
    assert Person.objects.filter(pk__in=[one.pk for one in others]).exclude(name="").count() == len(others)
    assert people_due(now) == []


def test_the_registry_hangs_it_on_its_manifest():
    kinds = [forgets.kind for manifest in manifests() for forgets in manifest.forgets]
    assert "registry.person" in kinds
