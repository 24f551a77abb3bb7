"""What a phone is given to carry: whose, how much of it, and that the look is written down."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

from bulou.interfaces.field.tests.rounds import lay
from bulou.modules.collection.services.tokens import revoke_token
from bulou.modules.ledger import services
from bulou.platform import clock
from bulou.platform.access.viewer import system
from bulou.platform.journal.models import Look

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(county, cast):
    return lay(county, cast)


def ask(text: str, **headers):
    return Client().get(f"/key/{text}/field.json", headers=headers)


def test_a_clerk_carries_her_duties_her_village_and_its_forms(round_):
    day = ask(round_.token()).json()
    county = round_.county
    village = {str(person.uuid) for person in county.people_of(0)}
    assert {row["id"] for row in day["people"]} >= village
    assert not {row["id"] for row in day["people"]} & {str(person.uuid) for person in county.people_of(2)}
    assert {row["code"] for row in day["households"]} >= {home.code for home in county.households_of(0)}
    assert [form["id"] for form in day["forms"]] == ["daily_health", "heat"]
    assert day["hours"] == 72
    titles = {(duty["title"], duty["standing"]) for duty in day["duties"]}
    assert titles == {("体温登记", "pending"), ("每日健康报告", "pending")}
    heat = next(duty for duty in day["duties"] if duty["me"])
    assert (heat["forms"], heat["well"]) == (["heat"], "")
    simple = next(duty for duty in day["duties"] if duty["title"] == "每日健康报告")
    assert (simple["forms"], simple["well"]) == (["daily_health", "heat"], "daily_health")
    assert day["forms"][0]["well"] == {"path": "well", "value": "yes"}


def test_a_household_shows_its_last_visit_how_full_it_is_and_what_comes_next(round_):
    told = round_.county.people_of(0)[0]
    now = clock.now()
    services.file_record(by=system("tests"), filing=services.Filing(told.uuid, told.pk, {"well": True}, now), now=now)
    day = ask(round_.token()).json()
    home = next(row for row in day["households"] if row["code"] == round_.county.households_of(0)[0].code)
    assert (home["owed"], home["done"]) == (4, 1)
    assert home["last"] is not None
    assert home["due"] is not None
    person = next(row for row in day["people"] if row["id"] == str(told.uuid))
    assert (person["owed"], person["done"], person["due"], person["well"]) == (1, 1, None, "")


def test_nothing_goes_along_that_is_not_needed(round_):
    text = ask(round_.token()).content.decode()
    for person in round_.county.people_of(0):
        for document in person.documents.all():
            assert document.masked not in text
        for phone in person.phones.all():
            assert phone.number not in text


def test_the_look_is_written_down_once_and_the_same_lists_are_not_sent_again(round_):
    text = round_.token()
    first = ask(text)
    looks = Look.objects.filter(kind="registry.person", what="list")
    assert looks.count() == 1
    assert set(looks.get().subjects) >= {person.pk for person in round_.county.people_of(0)}
    assert looks.get().actor_id == round_.cast.village_clerk.user.pk
    again = ask(text, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-Bulou-Now"]
    assert looks.count() == 1


def test_the_answer_is_packed_where_the_browser_takes_it(round_):
    text = round_.token()
    packed = ask(text, accept_encoding="gzip, deflate")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content))["people"] == ask(text).json()["people"]


def test_a_neighbour_and_an_officer_at_a_checkpoint_carry_nobody_of_this_village(round_):
    own = {str(person.uuid) for person in round_.county.people_of(0)}
    for who in ("neighbour", "checkpoint_officer"):
        day = ask(round_.token(who)).json()
        assert not own & {row["id"] for row in day["people"]}, who
    officer = ask(round_.token("checkpoint_officer")).json()
    assert officer["people"] == [] or {row["id"] for row in officer["people"]} == {
        str(round_.cast.checkpoint_officer.person.uuid)
    }
    assert officer["places"]


def test_a_token_nobody_knows_and_a_revoked_one_are_forbidden(round_):
    assert ask("a" * 26).status_code == 403
    text = round_.token()
    assert ask(text).status_code == 200
    from bulou.modules.collection.models import Token

    revoke_token(by=round_.cast.village_clerk.viewer, token_id=Token.objects.latest("id").pk, now=clock.now())
    assert ask(text).status_code == 403


def test_whoever_reaches_more_people_than_a_phone_carries_gets_those_owed_about(round_, monkeypatch):
    monkeypatch.setattr("bulou.interfaces.field.day.MOST_PEOPLE", 6)
    day = ask(round_.token()).json()
    owed = {duty["subject"].removeprefix("person:") for duty in day["duties"]}
    assert day["left_out"]
    assert {row["id"] for row in day["people"]} <= owed | {str(person.uuid) for person in round_.county.people_of(1)}
    assert not {str(person.uuid) for person in round_.county.people_of(0)[2:]} & {row["id"] for row in day["people"]}
