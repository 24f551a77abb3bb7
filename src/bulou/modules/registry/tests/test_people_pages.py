"""Pages of people and households as each of the cast meets them; the neighbour meets nothing."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bulou.modules.registry.models import Duplicate, Household, Merge, Person, Relation
from bulou.modules.registry.services import people as services
from bulou.modules.registry.services.people_documents import add_relative
from bulou.modules.registry.services.people_duplicates import propose_duplicates
from bulou.platform.journal.models import Look

pytestmark = pytest.mark.django_db


def enter(one) -> Client:
    client = Client()
    client.force_login(one.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def open_pages(county, cast, now):
    """Every page that shows one person or household of the first village, by name."""
    person, house = county.people[0], county.households[0]
    relation = add_relative(county.people[1].pk, person.pk, "parent", by=cast.village_clerk.viewer, now=now)
    own = [
        "person",
        "correct_person",
        "move_person",
        "end_person",
        "resume_person",
        "put_document",
        "set_phones",
        "reveal_identity",
        "add_relative",
    ]
    houses = ["household", "correct_household", "split_household", "join_household", "move_household", "end_household"]
    assert relation.pk
    return [reverse(f"registry:{name}", args=[person.pk]) for name in own] + [
        reverse(f"registry:{name}", args=[house.pk]) for name in houses
    ]


def test_whoever_may_edit_opens_every_page_and_the_neighbour_none(county, cast, open_pages):
    for key in ("chief", "township_lead", "village_clerk"):
        client = enter(getattr(cast, key))
        for address in open_pages:
            assert client.get(address).status_code == 200, (key, address)
    neighbour = enter(cast.neighbour)
    for address in open_pages:
        assert neighbour.get(address).status_code == 404, address
        assert neighbour.post(address, {"once": str(uuid4()), "why": "看看而已"}).status_code == 404, address


def test_the_neighbour_finds_counts_and_exports_nobody_of_the_others(county, cast):
    neighbour = enter(cast.neighbour)
    head = county.people[0]
    theirs = reverse("registry:person", args=[head.pk])
    for words in (head.name, "zhaxi", "zxdj", head.phones.get().number, head.documents.get().tail):
        for name in ("registry:people", "registry:find", "registry:households"):
            assert theirs not in text(neighbour.get(reverse(name), {"q": words})), (name, words)
    assert theirs not in text(neighbour.get(reverse("registry:people"), {"place": county.villages[0].pk}))
    assert neighbour.get(reverse("registry:people"), {"export": "xlsx"}).status_code == 200
    seen = {pk for look in Look.objects.filter(actor_id=cast.neighbour.user.pk) for pk in look.subjects}
    assert not seen & {person.pk for person in county.people[:18]}


def test_the_register_narrows_by_place_and_by_words(county, cast):
    chief = enter(cast.chief)
    page = text(chief.get(reverse("registry:people"), {"place": county.towns[1].pk}))
    assert reverse("registry:person", args=[county.people_of(2)[0].pk]) in page
    assert reverse("registry:person", args=[county.people[0].pk]) not in page
    page = text(chief.get(reverse("registry:people"), {"q": "abdlmmt"}))
    assert page.count("阿卜杜拉·买买提") == 4


def test_words_that_find_more_than_a_page_say_so(county, cast, now):
    from bulou.modules.registry.services.people_bulk import NewPerson, load_people
    from bulou.modules.registry.services.people_checks import Facts

    load_people([NewPerson(Facts("次仁旺姆"), county.villages[0].pk)] * 51, by=cast.chief.viewer, now=now)
    page = text(enter(cast.chief).get(reverse("registry:people"), {"q": "次仁旺姆"}))
    assert page.count(">次仁旺姆<") == 50
    assert "50+" in page
    assert "after=" not in page


def test_a_person_is_registered_from_the_page_once(county, cast):
    clerk, once = enter(cast.village_clerk), str(uuid4())
    given = {
        "once": once,
        "name": "白玛",
        "place": county.villages[0].pk,
        "document_kind": "resident",
        "phones": "13900000001",
    }
    first = clerk.post(reverse("registry:new_person"), given)
    second = clerk.post(reverse("registry:new_person"), given)
    person = Person.objects.get(name="白玛")
    assert first.headers["Location"] == second.headers["Location"] == reverse("registry:person", args=[person.pk])
    shown = text(clerk.get(first.headers["Location"]))
    assert "tel:13900000001" in shown
    wrong = clerk.post(
        reverse("registry:new_person"), given | {"once": str(uuid4()), "document_number": "632726198003050011"}
    )
    assert wrong.status_code == 422
    assert "632726198003050011" in text(wrong)


def test_two_browsers_both_versions_are_shown_and_saving_again_means_it(county, cast, now):
    person, clerk = county.people[0], enter(cast.village_clerk)
    address = reverse("registry:correct_person", args=[person.pk])
    form = {
        "once": str(uuid4()),
        "version": "1",
        "name": person.name,
        "employer": "县医院",
        "relation": "head",
        "sex": "f",
        "born_on": "1960-03-01",
    }
    from dataclasses import replace

    services.correct_person(
        person.pk, replace(services.facts_of(person), employer="小学"), by=cast.township_lead.viewer, version=1, now=now
    )
    contested = clerk.post(address, form)
    assert contested.status_code == 409
    assert "县医院" in text(contested)
    assert "小学" in text(contested)
    assert Person.objects.get(pk=person.pk).employer == "小学"
    assert clerk.post(address, form | {"once": str(uuid4()), "version": "2"}).status_code == 302
    assert Person.objects.get(pk=person.pk).employer == "县医院"


def test_an_identity_number_takes_a_reason_and_is_not_kept_by_the_browser(county, cast):
    clerk, person = enter(cast.village_clerk), county.people[0]
    address = reverse("registry:reveal_identity", args=[person.pk])
    assert clerk.post(address, {"once": str(uuid4()), "why": " x "}).status_code == 422
    assert not Look.objects.filter(what="identity_number").exists()
    shown = clerk.post(address, {"once": str(uuid4()), "why": "核对身份证"})
    assert "00272619600301" in text(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert Look.objects.get(what="identity_number").why == "核对身份证"
    assert "00272619600301" not in text(clerk.get(reverse("registry:person", args=[person.pk])))


def test_an_auditor_sees_names_masked_until_a_reason_is_logged(county, cast):
    auditor, person = enter(cast.auditor), county.people[0]
    page = reverse("registry:person", args=[person.pk])
    for answer in (auditor.get(reverse("registry:people"), {"place": county.villages[0].pk}), auditor.get(page)):
        assert person.name not in text(answer)
        assert "扎***" in text(answer)
        assert "tel:" not in text(answer)
    shown = auditor.post(reverse("registry:reveal_name", args=[person.pk]), {"once": str(uuid4()), "why": "抽查第三组"})
    assert person.name in text(shown)
    assert Look.objects.get(what="name").why == "抽查第三组"
    assert auditor.get(reverse("registry:correct_person", args=[person.pk])).status_code == 403


def test_a_pair_is_compared_and_decided(county, cast, now):
    lead = enter(cast.township_lead)
    first, second = county.people[0], county.people_of(1)[0]
    Person.objects.filter(pk=second.pk).update(born_on=first.born_on)
    propose_duplicates(now)
    pair = Duplicate.objects.get(first=first, second=second)
    assert pair.reasons == ["same_name_birth"]
    assert reverse("registry:duplicate", args=[pair.pk]) in text(lead.get(reverse("registry:duplicates")))
    decide = reverse("registry:duplicate", args=[pair.pk])
    assert text(lead.get(decide)).count(first.name) >= 2
    assert enter(cast.neighbour).get(decide).status_code == 404
    assert enter(cast.village_clerk).get(decide).status_code == 403
    given = lead.post(decide, {"once": str(uuid4()), "keep": first.pk, "why": "同一人"})
    assert given.headers["Location"] == reverse("registry:person", args=[first.pk])
    merge = Merge.objects.get()
    assert (merge.kept_id, merge.absorbed_id) == (first.pk, second.pk)
    undo = reverse("registry:unmerge", args=[merge.pk])
    assert undo in text(lead.get(reverse("registry:person", args=[first.pk])))
    lead.post(undo, {"once": str(uuid4()), "why": "弄错了，是两个人"})
    assert Person.objects.get(pk=second.pk).merged_into_id is None


def test_households_are_made_split_and_joined_on_pages(county, cast):
    clerk, house = enter(cast.village_clerk), county.households[0]
    members = county.people[1:3]
    split = clerk.post(
        reverse("registry:split_household", args=[house.pk]),
        {"once": str(uuid4()), "members": [one.pk for one in members], "address": "新居1号"},
    )
    made = Household.objects.get(address="新居1号")
    assert split.headers["Location"] == reverse("registry:household", args=[made.pk])
    assert made.head_id == members[0].pk
    page = text(clerk.get(split.headers["Location"]))
    assert members[0].name in page
    assert members[1].name in page
    joined = clerk.post(
        reverse("registry:join_household", args=[made.pk]), {"once": str(uuid4()), "household": house.pk}
    )
    assert joined.status_code == 302
    assert Person.objects.filter(household=house).count() == 3
    assert Relation.objects.count() == 0
