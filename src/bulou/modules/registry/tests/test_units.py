"""Units of any depth: who leads and belongs to them when, what would break them, and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from bulou.modules.registry.models import Membership, Unit
from bulou.modules.registry.queries import units as queries
from bulou.modules.registry.rules import units as rules
from bulou.modules.registry.rules.units import Service, Span
from bulou.modules.registry.services import unit_members as members
from bulou.modules.registry.services import units
from bulou.modules.registry.services.unit_members import Terms
from bulou.platform.journal.models import Line
from bulou.platform.refusals import Conflict, Forbidden, Refusal
from tests.kit.cast import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refused(code: str):
    return pytest.raises(Refusal, match=code.replace(".", r"\."))


@pytest.fixture
def crew(now, county, cast) -> Unit:
    """A station crew below the headquarters."""
    return units.create_unit(
        by=cast.chief.viewer,
        name="约改检疫站",
        kind="station_crew",
        parent_id=county.hq.pk,
        place_id=county.towns[0].pk,
        now=now,
    )


def test_units_stand_below_units_to_any_depth(now, county, cast) -> None:
    parent = county.hq
    for depth in range(6):
        parent = units.create_unit(by=cast.chief.viewer, name=f"第{depth}级", kind="team", parent_id=parent.pk, now=now)
    assert parent.lineage[0] == county.hq.pk
    assert len(parent.lineage) == 7
    assert parent.code == "HQ-01-01-01-01-01-01"
    assert Line.objects.filter(action="registry.unit_created").count() == 6


def test_a_unit_never_comes_to_stand_below_itself(now, county, cast, crew) -> None:
    with refused("registry.unit_circle"):
        units.move_unit(by=cast.chief.viewer, unit_id=county.hq.pk, version=1, parent_id=crew.pk, now=now)
    with refused("registry.unit_circle"):
        units.move_unit(by=cast.chief.viewer, unit_id=crew.pk, version=1, parent_id=crew.pk, now=now)
    moved = units.move_unit(by=cast.chief.viewer, unit_id=crew.pk, version=1, parent_id=county.office.pk, now=now)
    assert moved.lineage == [county.hq.pk, county.office.pk, crew.pk]


def test_renaming_keeps_the_former_name_and_as_of_then_gives_it(now, county, cast, crew) -> None:
    later = now + DAY
    fields = {"kind": "commando", "phone": "0976-8652345", "place_id": crew.place_id}
    units.change_unit(
        by=cast.chief.viewer, unit_id=crew.pk, version=1, name="党员突击队", now=later, why="改编", **fields
    )
    names = {at: {unit.id: unit.name for unit in queries.units_as_of(cast.chief.viewer, at)} for at in (now, later)}
    assert (names[now][crew.pk], names[later][crew.pk]) == ("约改检疫站", "党员突击队")
    with pytest.raises(Conflict):
        units.change_unit(by=cast.chief.viewer, unit_id=crew.pk, version=1, name="别名", now=later, **fields)


def test_somebody_belongs_to_several_units_and_counts_once_above(now, county, cast, crew) -> None:
    person = county.people_of(0)[0]
    for part, post in (("leader", "站长"), ("member", "测温员"), ("secretary", "")):
        members.add_member(
            by=cast.chief.viewer, unit_id=crew.pk, person_id=person.pk, terms=Terms(part, post), starts=now, now=now
        )
    assert person.memberships.filter(unit=county.office).exists()
    assert queries.head_counts([crew.pk, county.hq.pk, county.office.pk], now) == {
        crew.pk: 1,
        county.hq.pk: 4,
        county.office.pk: 4,
    }
    assert [one.part for one in queries.members(cast.chief.viewer, crew, now)] == ["leader", "secretary", "member"]
    assert queries.leaders(cast.chief.viewer, [crew.pk], now)[crew.pk].person_id == person.pk


def test_one_leader_at_a_moment_but_deputies_many(now, county, cast, crew) -> None:
    by, people = cast.chief.viewer, county.people_of(0)
    wanted = {"by": by, "unit_id": crew.pk, "now": now}
    first = members.add_member(person_id=people[0].pk, terms=Terms("leader"), starts=now, **wanted)
    for person in people[1:4]:
        members.add_member(person_id=person.pk, terms=Terms("deputy"), starts=now, **wanted)
    with refused("registry.member_second_leader"):
        members.add_member(person_id=people[5].pk, terms=Terms("leader"), starts=now + DAY, **wanted)
    members.end_member(by=by, membership_id=first.pk, version=1, ends=now + DAY, now=now)
    members.add_member(person_id=people[5].pk, terms=Terms("leader"), starts=now + DAY, **wanted)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(unit=crew, person=people[6], part="leader", starts=now)


def test_twins_backward_spans_and_ended_units_are_refused(now, county, cast, crew) -> None:
    by, person = cast.chief.viewer, county.people_of(0)[0]
    wanted = {"by": by, "unit_id": crew.pk, "person_id": person.pk, "now": now}
    members.add_member(terms=Terms("member", "测温员"), starts=now, **wanted)
    with refused("registry.member_twin"):
        members.add_member(terms=Terms("member", "测温员"), starts=now - DAY, **wanted)
    with refused("registry.member_ends_before_starts"):
        members.add_member(terms=Terms("member", "登记员"), starts=now, ends=now - DAY, **wanted)
    units.end_unit(by=by, unit_id=crew.pk, version=1, now=now + DAY, why="撤站")
    with refused("registry.member_unit_ended"):
        members.add_member(terms=Terms("member", "登记员"), starts=now + DAY, **wanted)
    assert not crew.memberships.filter(ends=None).exists()
    with refused("registry.unit_not_empty"):
        units.end_unit(by=by, unit_id=county.hq.pk, version=1, now=now)


def test_a_change_of_part_keeps_the_former_one(now, county, cast, crew) -> None:
    by, person, later = cast.chief.viewer, county.people_of(0)[0], now + 3 * DAY
    old = members.add_member(
        by=by, unit_id=crew.pk, person_id=person.pk, terms=Terms("member", terms="support"), starts=now, now=now
    )
    new = members.change_member(
        by=by, membership_id=old.pk, version=1, terms=Terms("deputy", "副站长", "permanent"), now=later
    )
    assert [(one.part, one.starts) for one in queries.members(by, crew, later)] == [("deputy", later)]
    assert [one.part for one in queries.members(by, crew, now)] == ["member"]
    assert [one.pk for one in queries.former_members(by, crew, later)] == [old.pk]
    assert new.ends is None
    with pytest.raises(Conflict):
        members.change_member(by=by, membership_id=old.pk, version=1, terms=Terms("leader"), now=later)


def test_members_are_seconded_from_several_bodies(now, county, cast, crew) -> None:
    by, people = cast.chief.viewer, county.people_of(0)
    bureau = units.create_unit(by=by, name="县公安局", kind="agency", place_id=county.root.pk, now=now)
    hospital = units.create_unit(by=by, name="县人民医院", kind="institution", place_id=county.root.pk, now=now)
    for person, lender in zip(people, (bureau, hospital), strict=False):
        members.add_member(
            by=by, unit_id=crew.pk, person_id=person.pk, terms=Terms(seconded_from_id=lender.pk), starts=now, now=now
        )
    assert {one.seconded_from.name for one in queries.members(by, crew, now)} == {"县公安局", "县人民医院"}
    with refused("registry.terms_unknown"):
        members.add_member(
            by=by, unit_id=crew.pk, person_id=people[3].pk, terms=Terms(terms="slave"), starts=now, now=now
        )


def test_many_join_at_once_or_none(now, county, cast, crew) -> None:
    by, people = cast.chief.viewer, county.people_of(0)
    assert (
        members.add_members(
            by=by, unit_id=crew.pk, person_ids=[one.pk for one in people], terms=Terms(), starts=now, now=now
        )
        == 9
    )
    with refused("registry.member_twin"):
        members.add_members(
            by=by,
            unit_id=crew.pk,
            person_ids=[county.people_of(1)[0].pk, people[0].pk],
            terms=Terms(),
            starts=now,
            now=now,
        )
    assert crew.memberships.count() == 9


def test_the_neighbour_and_the_village_clerk_reach_no_unit_of_others(now, county, cast, crew) -> None:
    assert crew not in queries.visible(cast.neighbour.viewer)
    with refused("registry.unit_unknown"):
        units.end_unit(by=cast.neighbour.viewer, unit_id=crew.pk, version=1, now=now)
    with pytest.raises(Forbidden):
        units.end_unit(by=cast.village_clerk.viewer, unit_id=crew.pk, version=1, now=now)
    with refused("registry.unit_nowhere"):
        units.create_unit(by=cast.township_lead.viewer, name="自立", kind="team", now=now)
    with refused("registry.person_unknown"):
        members.add_member(
            by=cast.township_lead.viewer,
            unit_id=crew.pk,
            person_id=county.people_of(2)[0].pk,
            terms=Terms(),
            starts=now,
            now=now,
        )


SPANS = st.builds(
    lambda start, length: Span(NOW + start * DAY, None if length is None else NOW + (start + length) * DAY),
    st.integers(0, 12), st.none() | st.integers(-1, 8),
)  # fmt: skip
SERVICES = st.builds(Service, st.integers(1, 3), st.sampled_from(rules.PARTS), st.sampled_from(["", "站长"]), SPANS)


@given(st.lists(SERVICES, max_size=12))
def test_whatever_is_let_in_there_is_never_a_second_leader_nor_a_twin(wanted: list[Service]) -> None:
    there: list[Service] = []
    for one in wanted:
        if rules.why_not_join(one, Span(NOW), there) is None:
            there.append(one)
    for day in range(25):
        moment = Span(NOW + day * DAY, NOW + day * DAY + timedelta(hours=1))
        present = [one for one in there if one.span.overlaps(moment)]
        assert sum(one.part == "leader" for one in present) <= 1
        assert len({(one.person_id, one.part, one.post) for one in present}) == len(present)
