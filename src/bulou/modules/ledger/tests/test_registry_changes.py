"""Filters, exceptions by hand, and enrolments that follow the registry: through the services, on the small county."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404

from bulou.modules.ledger import services
from bulou.modules.ledger.models import Enrolment, Exclusion, Regime
from bulou.modules.ledger.queries import matching
from bulou.modules.ledger.queries.gaps import gap_page
from bulou.modules.ledger.queries.trees import tree, window_at, window_tree
from bulou.modules.ledger.tests.conftest import BY, regime_of
from bulou.modules.registry.services import merging, people
from bulou.platform.playbooks import OperationRef
from bulou.platform.refusals import Forbidden, Refusal
from tests.kit.cast import Cast, County

pytestmark = pytest.mark.django_db


def test_a_filter_enrols_whom_it_matches_once(county: County, health: Regime, now: datetime) -> None:
    assert Enrolment.objects.count() == 36
    assert services.enrol_matching(by=BY, regime=health, now=now) == services.Moved(0, 0, 0)
    window = window_at(BY, health.pk, now)
    assert window is not None
    assert window_tree(BY, window, now=now).total.pending == 36
    assert window_tree(BY, window, now=now + timedelta(minutes=1)).total.missing == 36


def test_a_lead_sees_the_own_town_and_the_neighbour_nothing_of_it(
    county: County, cast: Cast, health: Regime, now: datetime
) -> None:
    window = window_at(BY, health.pk, now)
    assert window is not None
    mine = window_tree(cast.township_lead.viewer, window, now=now)
    assert set(mine.nodes) == {county.towns[0].pk, county.villages[0].pk, county.villages[1].pk}
    assert mine.total.pending == 18
    clerk = window_tree(cast.village_clerk.viewer, window, now=now)
    assert set(clerk.nodes) == {county.villages[0].pk}
    assert not set(mine.nodes) & set(window_tree(cast.neighbour.viewer, window, now=now).nodes)
    assert window_tree(cast.storekeeper.viewer, window, now=now).nodes == {}


def test_gap_pages_follow_each_other_and_name_whom_to_call(
    county: County, cast: Cast, health: Regime, now: datetime
) -> None:
    window = window_at(BY, health.pk, now)
    assert window is not None
    later, seen, after = now + timedelta(hours=1), [], None
    while True:
        page = gap_page(cast.chief.viewer, window, now=later, after=after, limit=7)
        seen += page.rows
        after = page.after
        if after is None:
            break
    assert len({row.enrolment_id for row in seen}) == len(seen) == 36
    assert {row.standing for row in seen} == {"missing"}
    head = next(row for row in seen if row.subject_id == county.people_of(0)[0].pk)
    assert (head.name, head.phone) == (county.people_of(0)[0].name, "15400000000")
    masked = gap_page(cast.auditor.viewer, window, now=later).rows[0]
    assert masked.phone == ""
    assert "*" in masked.name


def test_whoever_moves_counts_elsewhere_from_the_next_due_time_on(
    county: County, health: Regime, now: datetime
) -> None:
    person = county.people_of(0)[1]
    later = now + timedelta(hours=3)
    people.move_person(
        person.pk, by=BY, place_id=county.villages[2].pk, household_id=None, version=person.version, now=later
    )
    services.open_windows(now + timedelta(days=1))
    days = [
        tree(
            BY,
            health.operation_id,
            start=now - timedelta(days=1) + timedelta(days=n),
            end=now + timedelta(days=n),
            now=now + timedelta(days=2),
        )
        for n in (0, 1)
    ]
    assert [day.of(county.villages[0].pk).expected for day in days] == [9, 8]
    assert [day.of(county.villages[2].pk).expected for day in days] == [9, 10]


def test_whoever_dies_owes_nothing_more_and_a_merged_row_counts_once(
    county: County, health: Regime, now: datetime
) -> None:
    person, twin, other = county.people_of(1)[:3]
    later = now + timedelta(hours=3)
    people.end_person(person.pk, by=BY, kind="died", on=now.date(), version=person.version, now=later)
    merging.merge_people(twin.pk, other.pk, by=BY, now=later, why="one person")
    assert {e.subject_id for e in Enrolment.objects.exclude(ends=None)} == {person.pk, other.pk}
    services.open_windows(now + timedelta(days=1))
    window = window_at(BY, health.pk, now + timedelta(days=1))
    assert window is not None
    assert window_tree(BY, window, now=now + timedelta(days=1)).of(county.villages[1].pk).expected == 7


def test_an_exclusion_needs_a_reason_and_outlives_the_next_matching(
    county: County, cast: Cast, health: Regime, now: datetime
) -> None:
    person, later = county.people_of(0)[2], now + timedelta(hours=2)
    how: dict[str, Any] = {"regime": health, "subject_kind": "person", "subject_id": person.pk, "now": later}
    with pytest.raises(Refusal, match="reason_needed"):
        services.exclude(by=cast.chief.viewer, why=" ", **how)
    with pytest.raises(Http404):
        services.exclude(by=cast.neighbour.viewer, why="not ours", **how)
    services.exclude(by=cast.chief.viewer, why="away", **how)
    services.enrol_matching(by=BY, regime=health, now=later + timedelta(hours=1))
    assert not matching.current_enrolments(health, later + timedelta(hours=1), subject=("person", person.pk))
    assert services.include(by=cast.chief.viewer, why="back", **how | {"now": later + timedelta(hours=2)}) == 1
    assert Exclusion.objects.get().ended_at is not None


def test_a_member_of_two_branches_is_enrolled_in_each(
    county: County, operation: OperationRef, now: datetime, today: datetime
) -> None:
    from bulou.modules.registry.models import Membership

    Membership.objects.create(
        person=county.people_of(0)[0], unit=county.hq, part="member", starts=today - timedelta(days=1)
    )
    regime = regime_of(
        operation, now, today, {"subject": "person", "unit_kinds": ["work_group", "headquarters"]}, key="staff"
    )
    services.enrol_matching(by=BY, regime=regime, now=now, starts=today)
    assert Enrolment.objects.filter(regime=regime).count() == 5
    assert Enrolment.objects.filter(regime=regime, subject_id=county.people_of(0)[0].pk).count() == 2
    units = tree(BY, operation.id, start=today, end=now, now=now, by="unit")
    assert units.of(county.hq.pk).expected == 5
    assert units.of(county.office.pk).expected == 4


def test_a_page_refuses_tomorrow_and_another_village_does_not_exist(
    county: County, cast: Cast, health: Regime, now: datetime
) -> None:
    mine, theirs = county.people_of(0)[0], county.people_of(2)[0]
    clerk = cast.village_clerk.viewer

    def file(person: Any, at: datetime) -> services.Filed:
        return services.file_record(by=clerk, filing=services.Filing(uuid4(), person.pk, {"well": True}, at), now=now)

    with pytest.raises(Refusal, match="for_tomorrow"):
        file(mine, now + timedelta(days=1))
    with pytest.raises(Refusal, match="before_enrolment"):
        file(mine, now - timedelta(days=1))
    with pytest.raises(Http404):
        file(theirs, now)
    with pytest.raises(Http404):
        services.file_record(
            by=cast.storekeeper.viewer, filing=services.Filing(uuid4(), mine.pk, {"well": True}, now), now=now
        )
    assert file(mine, now).enrolments


def test_the_same_report_from_two_browsers_counts_once(
    county: County, cast: Cast, health: Regime, now: datetime
) -> None:
    filing = services.Filing(uuid4(), county.people_of(0)[0].pk, {"well": True}, now)
    first = services.file_record(by=cast.village_clerk.viewer, filing=filing, now=now)
    again = services.file_record(by=cast.village_clerk.viewer, filing=filing, now=now + timedelta(minutes=1))
    assert (first.is_new, again.is_new, again.record_id) == (True, False, first.record_id)
    assert services.file_many(by=cast.village_clerk.viewer, filings=[filing], now=now) == 0
    window = window_at(BY, health.pk, now)
    assert window is not None
    assert window_tree(BY, window, now=now).total.on_time == 1


def test_sign_off_goes_up_the_line_and_shows_what_came_later(
    county: County, cast: Cast, health: Regime, now: datetime, today: datetime
) -> None:
    from bulou.modules.ledger.queries.signatures import signatures

    later = now + timedelta(hours=2)
    span: dict[str, Any] = {"start": today, "end": today + timedelta(days=1)}

    def sign(who: Any, node: Any) -> Any:
        return services.sign_off(
            by=who, regime=health, node_kind="place", node_id=node.pk, once=uuid4(), now=later, **span
        )

    with pytest.raises(Refusal, match="sign_below_first"):
        sign(cast.township_lead.viewer, county.towns[0])
    with pytest.raises(Http404):
        sign(cast.village_clerk.viewer, county.villages[2])
    with pytest.raises(Forbidden):
        sign(cast.auditor.viewer, county.villages[0])
    signed = sign(cast.village_clerk.viewer, county.villages[0])
    sign(BY, county.villages[1])
    sign(cast.township_lead.viewer, county.towns[0])
    services.file_record(
        by=BY, filing=services.Filing(uuid4(), county.people_of(0)[0].pk, {"well": True}, later), now=later
    )
    stands = signatures(cast.chief.viewer, health, now=later, **span)[county.villages[0].pk]
    assert stands.difference == {"late": 1, "missing": -1, "done_late": 1, "actual": 1}
    services.return_sign_off(
        by=cast.township_lead.viewer,
        signature_id=signed.pk,
        why="count again",
        once=uuid4(),
        now=later + timedelta(hours=1),
    )
    assert signatures(cast.chief.viewer, health, now=later, **span)[county.villages[0].pk].signature.act == "returned"
