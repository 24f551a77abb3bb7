"""Grants: given with a reason, in force by time, ended and never deleted; the neighbour sees nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from bulou.modules.registry.models import Grant, UserPerson
from bulou.modules.registry.queries import grants as queries
from bulou.modules.registry.queries import scopes
from bulou.modules.registry.services import grants as services
from bulou.platform import clock
from bulou.platform.access.middleware import viewer_of
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.accounts import services as accounts
from bulou.platform.accounts.models import User
from bulou.platform.journal.models import Line, Look
from bulou.platform.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refused(code, verb, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        verb(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def newcomer(now) -> User:
    return accounts.create_user(
        "newcomer", "新来的", by=system("test"), now=now, real=clock.real_now(), password="a long enough one"
    )[0]


def seen_by(user, at) -> Viewer:
    grants, person = scopes.grants_of(user.pk, at)
    return Viewer(user.pk, user.display_name, grants, person)


def test_a_grant_is_given_with_a_reason_and_the_user_sees_that_village(cast, county, newcomer, now):
    by = cast.administrator.viewer
    assert not scopes.people(seen_by(newcomer, now)).exists()
    refused(
        "registry.why_missing",
        services.give_grant,
        newcomer.pk,
        "village_clerk",
        place_id=county.villages[0].pk,
        by=by,
        now=now,
        why=" ",
    )
    given = services.give_grant(
        newcomer.pk, "village_clerk", place_id=county.villages[0].pk, by=by, now=now, why="令 12 号"
    )
    seen = set(scopes.people(seen_by(newcomer, now)).values_list("place_id", flat=True))
    assert seen == {county.villages[0].pk}
    line = Line.objects.filter(action="registry.grant_given", subjects=[newcomer.pk]).get()
    assert (line.why, line.place_id, line.data["grant"]) == ("令 12 号", county.villages[0].pk, given.pk)


def test_only_administrators_give_and_end(cast, county, newcomer, now):
    mine = Grant.objects.get(user=cast.village_clerk.user)
    for one in cast.with_account():
        if one.key == "administrator":
            continue
        refused(
            "access.not_allowed",
            services.give_grant,
            newcomer.pk,
            "chief",
            place_id=county.root.pk,
            by=one.viewer,
            now=now,
            why="x",
        )
        refused("access.not_allowed", services.end_grant, mine.pk, by=one.viewer, now=now, why="x")
        refused("access.not_allowed", services.link_person, newcomer.pk, county.people[0].pk, by=one.viewer, now=now)
    assert not queries.grants(cast.chief.viewer, at=now).exists()


def test_an_administrator_gives_himself_nothing(cast, county, now):
    by = cast.administrator.viewer
    refused(
        "registry.grant_own",
        services.give_grant,
        by.user_id,
        "case_worker",
        place_id=county.root.pk,
        by=by,
        now=now,
        why="x",
    )
    refused("registry.link_own", services.link_person, by.user_id, county.people[0].pk, by=by, now=now)


def test_what_is_wrong_with_a_grant_is_said_beside_its_field(cast, county, newcomer, now):
    by = cast.administrator.viewer
    give = lambda role, **more: services.give_grant(newcomer.pk, role, by=by, now=now, why="x", **more)  # noqa: E731
    assert refused("registry.grant_unit_missing", give, "unit_clerk", place_id=county.root.pk).field == "unit"
    assert refused("registry.grant_place_missing", give, "village_clerk").field == "place"
    assert refused("registry.grant_role_unknown", give, "emperor").field == "role"
    assert refused("registry.place_unknown", give, "village_clerk", place_id=999_999).status == 404
    county.villages[0].__class__.objects.filter(pk=county.villages[0].pk).update(ends=now)
    assert (
        refused("registry.grant_place_retired", give, "village_clerk", place_id=county.villages[0].pk).field == "place"
    )


def test_a_grant_begins_and_ends_by_time_without_anybody_doing_anything(cast, county, newcomer, now):
    services.give_grant(
        newcomer.pk,
        "township_lead",
        place_id=county.towns[0].pk,
        by=cast.administrator.viewer,
        now=now,
        why="x",
        starts=now + DAY,
        ends=now + 3 * DAY,
    )
    for days, sees in [(0, False), (0.999, False), (1, True), (2.999, True), (3, False)]:
        at = now + days * DAY
        assert scopes.people(seen_by(newcomer, at)).exists() is sees, days
        state = queries.grants_of_user(cast.administrator.viewer, newcomer.pk, at=at)[0].state
        assert (state == "in_force") is sees


def test_ending_takes_effect_at_once_keeps_the_row_and_is_not_done_twice(cast, county, now):
    clerk, by = cast.village_clerk, cast.administrator.viewer
    grant = Grant.objects.get(user=clerk.user)
    later = now + DAY
    services.end_grant(grant.pk, by=by, now=later, why="moved away")
    assert scopes.people(seen_by(clerk.user, later - timedelta(seconds=1))).exists()
    assert not scopes.people(seen_by(clerk.user, later)).exists()
    assert Grant.objects.get(pk=grant.pk).ends == later
    refused("registry.grant_already_ended", services.end_grant, grant.pk, by=by, now=later, why="again")
    assert queries.history_of(by, clerk.user.pk)[0].action == "registry.grant_ended"


def test_a_grant_yet_to_begin_is_ended_before_it_was_ever_in_force(cast, county, newcomer, now):
    by = cast.administrator.viewer
    given = services.give_grant(
        newcomer.pk, "medic", place_id=county.root.pk, by=by, now=now, why="x", starts=now + 5 * DAY
    )
    ended = services.end_grant(given.pk, by=by, now=now + DAY, why="not needed")
    assert ended.ends == ended.starts
    assert not scopes.grants_of(newcomer.pk, now + 6 * DAY)[0]


def test_the_last_administrator_stays(cast, newcomer, now):
    by = cast.administrator.viewer
    own = Grant.objects.get(user_id=by.user_id)
    refused("registry.grant_last_administrator", services.end_grant, own.pk, by=by, now=now, why="x")
    services.give_grant(newcomer.pk, "administrator", by=by, now=now, why="a second one")
    services.end_grant(own.pk, by=by, now=now, why="handed over")
    assert Grant.objects.get(pk=own.pk).ends == now


@pytest.mark.django_db(transaction=True)
def test_two_administrators_ending_each_other_at_once_leave_one(now):
    from tests.platform.at_once import at_once

    people = [
        accounts.create_user(name, name, by=system("test"), now=now, real=clock.real_now())[0]
        for name in ("ad1", "ad2")
    ]
    for user in people:
        services.make_administrator(user.pk, by=system("test"), now=now)
    grants = [Grant.objects.get(user=user) for user in people]
    later = now + DAY

    def end_the_other(number: int) -> str:
        by = seen_by(people[number], later)
        services.end_grant(grants[1 - number].pk, by=by, now=later, why="x")
        return "ended"

    done = at_once(end_the_other)
    assert sorted(type(one).__name__ for one in done) == ["Refusal", "str"]
    assert Grant.objects.filter(role="administrator", ends=None).count() == 1


def test_first_administrator_from_the_command_line(db, now):
    password = accounts.create_first_administrator("First", "第一位", now)
    user = User.objects.get(username="first")
    assert user.check_password(password)
    assert seen_by(user, now).may("registry.manage_grants")
    assert seen_by(user, now).may("accounts.manage_users")


def test_an_administrator_reads_no_person(cast, county):
    viewer = cast.administrator.viewer
    assert not scopes.people(viewer).exists()
    assert not viewer.may("registry.view_identity")


def test_the_neighbour_sees_nothing_of_this_township(cast, county, now):
    viewer = cast.neighbour.viewer
    assert not scopes.people(viewer).filter(place__in=county.villages[:2]).exists()
    assert not scopes.places(viewer).filter(pk__in=[county.towns[0].pk, county.villages[0].pk]).exists()
    assert not queries.grants(viewer, at=now).exists()
    assert queries.grants_of_user(viewer, cast.village_clerk.user.pk, at=now) == []
    assert queries.person_of(viewer, cast.village_clerk.user.pk) is None
    assert queries.people_to_link(viewer, "扎西") == []
    assert queries.places_to_pick(viewer, "约改") == []
    assert queries.users_to_pick(viewer, "卓") == []


def test_linking_a_user_to_a_person_and_taking_it_back(cast, county, newcomer, now):
    by, person, other = cast.administrator.viewer, county.people[0], county.people[1]
    services.link_person(newcomer.pk, person.pk, by=by, now=now)
    services.link_person(newcomer.pk, person.pk, by=by, now=now)
    assert seen_by(newcomer, now).person_id == person.pk
    refused("registry.person_linked", services.link_person, cast.medic.user.pk, person.pk, by=by, now=now)
    services.link_person(newcomer.pk, other.pk, by=by, now=now)
    services.unlink_person(newcomer.pk, by=by, now=now, why="mistaken")
    services.unlink_person(newcomer.pk, by=by, now=now)
    assert not UserPerson.objects.filter(user=newcomer).exists()
    actions = list(
        Line.objects.filter(subjects=[newcomer.pk], action__startswith="registry.person")
        .order_by("pk")
        .values_list("action", flat=True)
    )
    assert actions == ["registry.person_linked", "registry.person_linked", "registry.person_unlinked"]


PAGES = ("grants", "give_grant", "find_user", "find_place_to_grant", "find_unit_to_grant", "find_person_to_link")


def test_pages_of_grants_are_for_administrators_and_everybody_sees_the_table_and_his_own(cast, client):
    for one in cast.with_account():
        client.force_login(one.user)
        expected = 200 if one.key == "administrator" else 403
        for name in PAGES:
            assert client.get(reverse(f"registry:{name}")).status_code == expected, (one.key, name)
        assert client.get(reverse("registry:permissions")).status_code == 200
        assert client.get(reverse("registry:my_grants")).status_code == 200
        assert client.post(reverse("registry:unlink_person", args=[cast.medic.user.pk])).status_code == (
            302 if expected == 200 else 403
        )
        assert client.get(reverse("registry:link_person", args=[cast.medic.user.pk])).status_code == expected


def test_giving_and_ending_on_the_pages_once_however_often_they_are_sent(cast, county, newcomer, client, settings):
    client.force_login(cast.administrator.user)
    page = reverse("registry:give_grant")
    form = {
        "once": str(uuid4()),
        "user": newcomer.pk,
        "role": "village_clerk",
        "place": county.villages[0].pk,
        "why": "令 12 号",
    }
    answer = client.post(page, form)
    assert answer.url == reverse("accounts:user", args=[newcomer.pk])
    assert client.post(page, form).url == answer.url
    grant = Grant.objects.get(user=newcomer)
    assert "令 12 号" in client.get(answer.url).content.decode()
    assert client.post(page, form | {"once": str(uuid4())}).status_code == 422
    wrong = client.post(page, form | {"once": str(uuid4()), "place": "999999"})
    assert wrong.status_code == 422
    end = reverse("registry:end_grant", args=[grant.pk])
    assert client.get(end).status_code == 200
    assert client.post(end, {"once": str(uuid4()), "last": "", "why": "moved"}).status_code == 302
    assert Grant.objects.get(pk=grant.pk).ends is not None
    assert client.get(reverse("registry:end_grant", args=[999_999])).status_code == 404
    assert client.get(reverse("registry:link_person", args=[999_999])).status_code == 404
    register = client.get(reverse("registry:grants") + "?state=over").content.decode()
    assert "新来的" in register
    assert "周宁远" not in register.split("<main", 1)[1]


def test_picking_finds_what_is_there_and_logs_a_look_at_people(cast, county, client):
    client.force_login(cast.administrator.user)

    def found(name: str, letters: str) -> str:
        answer = client.get(reverse(f"registry:{name}"), {"name": "x", "x_q": letters})
        return answer.content.decode()

    assert "约改镇" in found("find_place_to_grant", "约改")
    assert "指挥部办公室" in found("find_unit_to_grant", "办公室")
    assert "卓玛措" in found("find_user", "卓玛")
    assert "岗当村" in found("find_person_to_link", county.people[0].name)
    assert Look.objects.filter(kind="registry.person", what="picked").exists()


def test_my_page_says_what_my_role_sees_and_where(cast, client):
    client.force_login(cast.village_clerk.user)
    page = client.get(reverse("registry:my_grants")).content.decode()
    assert "岗当村" in page
    account = client.get("/account/").content.decode()
    assert reverse("registry:my_grants") in account
    assert viewer_of(cast.village_clerk.user).may("registry.view_person")
