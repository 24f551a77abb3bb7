"""Many people at once: all or none, with every key; and counties of made-up people that are nobody's."""

from collections import Counter
from datetime import date

import pytest

from bulou.modules.registry.models import Document, Household, Person, Phone
from bulou.modules.registry.rules import identity
from bulou.modules.registry.services.people_bulk import NewHousehold, NewPerson, load_people
from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.modules.registry.services.people_duplicates import propose_duplicates
from bulou.modules.registry.services.synthetic import names
from bulou.modules.registry.services.synthetic.families import Village, people_of
from bulou.modules.registry.services.synthetic.filling import fill
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Forbidden, Refusal

TODAY = date(2020, 1, 26)
MIX = {names.HAN: 40, names.TIBETAN: 30, names.MONGOL: 15, names.DOTTED: 15}


@pytest.fixture(scope="module")
def made():
    return people_of(Village(1, 7, 6000, MIX), seed=3, today=TODAY)


def test_one_seed_gives_one_village_and_another_seed_another(made):
    assert people_of(Village(1, 7, 6000, MIX), seed=3, today=TODAY) == made
    assert people_of(Village(1, 7, 6000, MIX), seed=4, today=TODAY)[1] != made[1]


def test_a_made_up_village_looks_like_one(made):
    households, people = made
    assert len(people) == 6000
    sizes = Counter(person.household for person in people)
    assert set(sizes) == {household.key for household in households}
    assert max(sizes.values()) <= 9
    assert 2.2 < sum(sizes.values()) / len(sizes) < 3.5
    assert Counter(person.household for person in people if person.is_head).most_common(1)[0][1] == 1
    assert sum(person.is_head for person in people) == len(households)
    assert all(person.facts.born_on <= TODAY for person in people)
    assert len({person.phones[0] for person in people if person.phones}) < sum(bool(person.phones) for person in people)
    assert any("·" in person.facts.name for person in people)


def test_no_number_or_telephone_can_be_anybodys(made):
    for person in made[1]:
        assert all(phone.startswith("154") for phone in person.phones)
        for paper in person.papers:
            if paper.kind == "resident":
                assert paper.number.startswith("00")
                assert identity.why_not_resident(paper.number, today=TODAY, is_area=lambda _code: True) == "synthetic"
                assert (
                    identity.why_not_resident(paper.number, today=TODAY, is_area=lambda _code: True, synthetic=True)
                    is None
                )
                read = identity.read_resident(paper.number)
                assert (read.born_on, read.sex) == (person.facts.born_on, person.facts.sex)


def test_only_those_written_twice_share_a_number(made):
    numbers = Counter(paper.number for person in made[1] for paper in person.papers)
    twice = [number for number, count in numbers.items() if count > 1]
    assert 0 < len(twice) < 60


@pytest.mark.django_db
def test_a_load_writes_every_key_and_one_journal_line(county, cast, now):
    place = county.villages[0].pk
    rows = [
        NewPerson(
            Facts("格桑 ", born_on=date(1990, 1, 1)),
            place,
            household="a",
            is_head=True,
            phones=("13900000001", "139-0000-0001"),
        ),
        NewPerson(Facts("阿依•古丽"), place, household="a", papers=(Paper("passport", "e1234567"),)),
    ]
    ids = load_people(rows, households=[NewHousehold("a", place, address="1组")], by=cast.village_clerk.viewer, now=now)
    first, second = (Person.objects.get(pk=pk) for pk in ids)
    assert (first.name_key, first.initials, first.grams, first.relation) == (
        "ge sang",
        "gs",
        ["格", "桑", "格桑"],
        "head",
    )
    assert (second.name, second.household_id) == ("阿依·古丽", first.household_id)
    assert Household.objects.get(pk=first.household_id).head_id == first.pk
    assert Phone.objects.filter(person=first).count() == 1
    assert Document.objects.get(person=second).masked == "E1****67"
    assert Line.objects.get(action="registry.people_loaded", actor_id=cast.village_clerk.user.pk).subjects == ids


@pytest.mark.django_db
def test_one_bad_row_keeps_all_out(county, cast, now):
    place, before = county.villages[0].pk, Person.objects.count()
    good = NewPerson(Facts("格桑"), place)
    for bad in (
        NewPerson(Facts("\x00"), place),
        NewPerson(Facts("格桑"), county.villages[2].pk),
        NewPerson(Facts("格桑"), place, household_id=county.households_of(1)[0].pk),
        NewPerson(Facts("格桑"), place, papers=(Paper("resident", "1"),)),
        NewPerson(Facts("格桑"), place, phones=("x",)),
    ):
        with pytest.raises(Refusal):
            load_people([good, bad], by=cast.village_clerk.viewer, now=now)
        assert Person.objects.count() == before
    with pytest.raises(Forbidden):
        load_people([good], by=cast.storekeeper.viewer, now=now)


@pytest.mark.django_db
def test_a_county_is_filled_to_the_last_person_and_its_doubles_are_proposed(county, now):
    before = Person.objects.count()
    assert fill("632726", 3000, now=now, seed=5) == 3000
    assert Person.objects.count() == before + 3000
    assert set(Person.objects.filter(purpose="synthetic").values_list("place_id", flat=True)) == {
        place.pk for place in county.villages
    }
    assert propose_duplicates(now) > 0
