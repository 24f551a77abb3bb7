"""What is done to one person: registering, correcting, moving, ending; documents, telephones, relatives; and the logged look."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404

from bulou.modules.registry.models import Document, Duplicate, Household, Person, PersonVersion, Phone
from bulou.modules.registry.rules.identity import check_character
from bulou.modules.registry.services import people as services
from bulou.modules.registry.services import people_bulk
from bulou.modules.registry.services import people_documents as papers
from bulou.modules.registry.services.people_checks import Facts, Paper
from bulou.platform.journal.models import Line, Look
from bulou.platform.refusals import Conflict, Forbidden, Refusal

pytestmark = pytest.mark.django_db


def number(first_17="63272619800305001"):
    return first_17 + check_character(first_17)


def register(by, place, now, **more):
    facts = more.pop("facts", Facts("白玛"))
    return services.register_person(facts, by=by, place_id=place.pk, now=now, once=more.pop("once", uuid4()), **more)


def test_a_clerk_registers_somebody_once_however_often_it_is_sent(county, cast, now):
    clerk, once = cast.village_clerk.viewer, uuid4()
    paper, phones = (Paper("resident", number()),), ("139 0000 0001", "13900000001")
    first = register(clerk, county.villages[0], now, once=once, papers=paper, phones=phones)
    second = register(clerk, county.villages[0], now, once=once, papers=paper, phones=phones)
    assert first.pk == second.pk
    assert (first.name_key, first.initials, first.born_on, first.sex) == ("bai ma", "bm", date(1980, 3, 5), "m")
    assert [phone.number for phone in first.phones.all()] == ["13900000001"]
    assert Line.objects.get(action="registry.person_registered").subjects == [first.pk]


def test_nobody_registers_into_a_place_that_is_not_theirs(county, cast, now):
    for by in (cast.neighbour.viewer, cast.village_clerk.viewer):
        with pytest.raises(Refusal) as refused:
            register(by, county.villages[1], now)
        assert refused.value.code == "registry.place_unknown"
    with pytest.raises(Forbidden):
        register(cast.medic.viewer, county.villages[0], now)


def test_a_correction_keeps_what_was_there_and_the_same_again_changes_nothing(county, cast, now):
    clerk, person = cast.village_clerk.viewer, county.people[0]
    facts = replace(services.facts_of(person), name="扎西 达吉", employer="县医院")
    corrected = services.correct_person(person.pk, facts, by=clerk, version=1, now=now, why="写错了")
    services.correct_person(person.pk, facts, by=clerk, version=1, now=now)
    version = PersonVersion.objects.get(person=person)
    assert (corrected.version, corrected.name_key) == (2, "zha xi da ji")
    assert version.before == {"name": "扎西达杰", "employer": ""}
    assert (version.actor_name, version.why, version.number) == (clerk.name, "写错了", 1)


def test_two_browsers_on_one_person_the_second_is_told_and_nothing_is_lost(county, cast, now):
    person = county.people[0]
    lead, clerk = cast.township_lead.viewer, cast.village_clerk.viewer
    services.correct_person(person.pk, replace(services.facts_of(person), employer="学校"), by=lead, version=1, now=now)
    with pytest.raises(Conflict) as refused:
        services.correct_person(
            person.pk, replace(services.facts_of(person), employer="医院"), by=clerk, version=1, now=now
        )
    assert lead.name in refused.value.sentence
    assert Person.objects.get(pk=person.pk).employer == "学校"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": ""}, "registry.name_empty", "name"),
        ({"name": "张\x00三"}, "registry.name_control", "name"),
        ({"name": "张😀"}, "registry.name_signs", "name"),
        ({"name": "长" * 81}, "registry.name_long", "name"),
        ({"name": "长" * 5_000_000}, "registry.name_long", "name"),
        ({"address": "a" * 5_000_000}, "registry.text_long", "address"),
        ({"employer": "医\u202e院"}, "registry.text_control", "employer"),
        ({"born_on": date(2020, 1, 27)}, "registry.born_in_future", "born_on"),
        ({"born_on": date(1880, 1, 1)}, "registry.born_too_long_ago", "born_on"),
        ({"languages": ("chinese",)}, "registry.language", "languages"),
        ({"sex": "q"}, "registry.unknown_choice", "sex"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_its_field(county, cast, now, change, code, field):
    facts = replace(services.facts_of(county.people[0]), **change)
    with pytest.raises(Refusal) as refused:
        services.correct_person(county.people[0].pk, facts, by=cast.chief.viewer, version=1, now=now)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.sentence
    assert PersonVersion.objects.count() == 0


@pytest.mark.parametrize(
    "name", ["扎西", "བཀྲ་ཤིས་རྡོ་རྗེ", "阿卜杜拉•买买提", "ᠪᠠᠭᠠᠲᠤᠷ", "𠮷田", "O’Neil", "无名老人2", "囗"]
)
def test_names_of_every_make_are_kept(county, cast, now, name):
    person = register(cast.chief.viewer, county.villages[0], now, facts=Facts(name))
    assert person.name == name.replace("•", "·")


def test_a_wrong_last_character_is_told_without_telling_the_right_one(county, cast, now):
    right = number()
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    with pytest.raises(Refusal) as refused:
        papers.put_document(county.people[1].pk, Paper("resident", wrong), by=cast.chief.viewer, version=1, now=now)
    assert refused.value.code == "registry.document_check"
    assert refused.value.field == "document_number"
    assert wrong not in refused.value.sentence
    assert right not in refused.value.sentence


def test_a_document_is_sealed_found_by_its_hash_and_shown_masked(county, cast, now):
    person = county.people[1]
    papers.put_document(person.pk, Paper("resident", number()), by=cast.village_clerk.viewer, version=1, now=now)
    document = Document.objects.get(person=person)
    assert document.masked == "632***********" + number()[-4:]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM registry_document WHERE encode(sealed, 'escape') LIKE %s", [f"%{number()[:10]}%"]
        )
        assert cursor.fetchone() == (0,)
    assert number() not in str(list(PersonVersion.objects.values())) + str(list(Line.objects.values()))


def test_a_new_number_ends_the_old_one_and_keeps_it(county, cast, now):
    person, by = county.people[0], cast.village_clerk.viewer
    papers.put_document(person.pk, Paper("resident", number()), by=by, version=1, now=now)
    papers.put_document(person.pk, Paper("resident", number().lower()), by=by, version=1, now=now)
    documents = list(Document.objects.filter(person=person).order_by("id"))
    assert [document.ends for document in documents] == [now, None]
    shown = papers.reveal_identity(person.pk, by=by, why="核对身份证", now=now)
    assert shown[0][1] == number()
    assert shown[1][1].startswith("002726")


def test_an_identity_number_is_shown_for_a_logged_reason_only(county, cast, now):
    person = county.people[0]
    with pytest.raises(Refusal):
        papers.reveal_identity(person.pk, by=cast.village_clerk.viewer, why="  ", now=now)
    assert Look.objects.count() == 0
    papers.reveal_identity(person.pk, by=cast.village_clerk.viewer, why="核对身份证", now=now)
    look = Look.objects.get()
    assert (look.subjects, look.what, look.why) == ([person.pk], "identity_number", "核对身份证")
    with pytest.raises(Http404):
        papers.reveal_identity(person.pk, by=cast.neighbour.viewer, why="核对身份证", now=now)
    with pytest.raises(Forbidden):
        papers.reveal_identity(person.pk, by=cast.auditor.viewer, why="核对身份证", now=now)


def test_telephones_are_normalised_and_may_be_shared(county, cast, now):
    by, one, other = cast.village_clerk.viewer, county.people[1], county.people[2]
    papers.set_phones(one.pk, ["+86 139-0000-0009", "０９７６８８７１２３４", ""], by=by, version=1, now=now)
    papers.set_phones(other.pk, ["13900000009"], by=by, version=1, now=now)
    assert list(Phone.objects.filter(person=one).order_by("rank").values_list("number", "tail")) == [
        ("13900000009", "0009"),
        ("09768871234", "1234"),
    ]
    assert Phone.objects.filter(number="13900000009").count() == 2
    assert PersonVersion.objects.get(person=one).before == {"phones": []}
    with pytest.raises(Refusal) as refused:
        papers.set_phones(one.pk, ["12"], by=by, version=2, now=now)
    assert refused.value.field == "phones"


def test_moving_needs_both_places_in_reach_and_takes_the_head_along(county, cast, now):
    head, there = county.people[0], county.households_of(1)[0]
    with pytest.raises(Refusal):
        services.move_person(
            head.pk, by=cast.village_clerk.viewer, place_id=there.place_id, household_id=there.pk, version=1, now=now
        )
    moved = services.move_person(
        head.pk, by=cast.township_lead.viewer, place_id=there.place_id, household_id=there.pk, version=1, now=now
    )
    assert (moved.place_id, moved.household_id) == (there.place_id, there.pk)
    assert Household.objects.get(pk=head.household_id).head_id is None
    assert PersonVersion.objects.get(person=head).before["place_id"] == head.place_id


def test_the_end_of_a_person_is_kept_and_can_be_taken_back(county, cast, now):
    by, person = cast.village_clerk.viewer, county.people[1]
    with pytest.raises(Refusal):
        services.end_person(person.pk, by=by, kind="died", on=date(2020, 1, 27), version=1, now=now)
    ended = services.end_person(person.pk, by=by, kind="died", on=date(2020, 1, 25), version=1, now=now)
    assert ended.ends.isoformat() == "2020-01-25T16:00:00+00:00"
    assert services.resume_person(person.pk, by=by, version=2, now=now).ends is None


def test_relatives_are_noted_once_and_seen_from_both_sides(county, cast, now):
    by, parent, child = cast.village_clerk.viewer, county.people[0], county.people[1]
    first = papers.add_relative(child.pk, parent.pk, "parent", by=by, now=now)
    again = papers.add_relative(parent.pk, child.pk, "child", by=by, now=now)
    assert first.pk == again.pk
    papers.end_relative(parent.pk, first.pk, by=by, now=now)
    first.refresh_from_db()
    assert first.ends == now
    with pytest.raises(Http404):
        papers.add_relative(child.pk, county.people_of(2)[0].pk, "parent", by=by, now=now)


def test_every_verb_is_closed_to_the_neighbour(county, cast, now):
    by, person = cast.neighbour.viewer, county.people[0]
    verbs = (
        lambda: services.correct_person(person.pk, Facts("x"), by=by, version=1, now=now),
        lambda: services.move_person(
            person.pk, by=by, place_id=county.villages[2].pk, household_id=None, version=1, now=now
        ),
        lambda: services.end_person(person.pk, by=by, kind="died", on=date(2020, 1, 1), version=1, now=now),
        lambda: papers.put_document(person.pk, Paper("resident", number()), by=by, version=1, now=now),
        lambda: papers.set_phones(person.pk, ["13900000000"], by=by, version=1, now=now),
    )
    for verb in verbs:
        with pytest.raises(Http404):
            verb()


def test_somebody_registered_twice_under_one_number_is_proposed_as_one_person(county, cast, now):
    one = register(cast.village_clerk.viewer, county.villages[0], now, papers=(Paper("resident", number()),))
    old_form = number()[:6] + number()[8:17]
    other = register(
        cast.neighbour.viewer, county.villages[2], now, facts=Facts("白马"), papers=(Paper("resident", old_form),)
    )
    pair = Duplicate.objects.get()
    assert (pair.first_id, pair.second_id, pair.reasons) == (one.pk, other.pk, ["same_document"])


def test_after_a_bulk_load_the_planner_knows_how_many_there_are(county, cast, now):
    rows = [people_bulk.NewPerson(Facts("扎西"), county.villages[0].pk) for _ in range(people_bulk.MANY)]
    people_bulk.load_people(rows, by=cast.chief.viewer, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'registry_person'")
        assert cursor.fetchone()[0] >= people_bulk.MANY
