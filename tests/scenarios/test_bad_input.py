"""What people send that cannot be: for tomorrow, about somebody else's village, before the enrolment, twice; and playbooks that cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from bulou.modules.ledger.models import Record, Regime
from bulou.modules.ledger.queries import trees
from bulou.modules.ledger.services import Filed, Filing, file_record
from bulou.modules.operations.models import Operation
from bulou.modules.operations.queries.playbooks import check, shipped
from bulou.modules.operations.queries.previews import preview
from bulou.modules.operations.services import activate_operation, apply_playbook, override_item
from bulou.platform import clock
from bulou.platform.access.viewer import Viewer, system
from bulou.platform.refusals import Refusal
from tests.kit.cast import Cast, County

BOOK = """\
playbook: village-health
version: 1
title: {zh-Hans: 村民健康, en: Villagers' health}
root: "632726"
languages: [zh-Hans, en]
levels:
  alert: {title: {zh-Hans: 一级, en: Level 1}}
units:
  hq: {name: 指挥部, kind: headquarters}
regimes:
  health:
    title: {zh-Hans: 健康日报, en: Health}
    asks: [well]
    calendar: {daily: {due: "18:00"}}
    who: {subject: person}
"""
BY = system("tests")


@pytest.fixture
def operation(county: County, now: datetime) -> Operation:
    return activate_operation(by=BY, key="village-health", text=BOOK, level="alert", why="order", now=now)


def filed(by: Viewer, person_id: int, now: datetime, **how: object) -> Filed:
    """A report from a page that somebody is well."""
    given = {"uuid": uuid4(), "happened_at": now} | how
    return file_record(by=by, filing=Filing(subject_id=person_id, facts={"well": True}, **given), now=now)  # type: ignore[arg-type]


def test_a_report_for_tomorrow_and_one_from_before_the_enrolment_are_refused_and_todays_is_taken(
    operation: Operation, county: County, cast: Cast, now: datetime
) -> None:
    clerk, person = cast.village_clerk.viewer, county.people_of(0)[1].pk
    for happened_at, code in ((now + timedelta(days=1), "for_tomorrow"), (now - timedelta(days=1), "before_enrolment")):
        with pytest.raises(Refusal) as refused:
            filed(clerk, person, now, happened_at=happened_at)
        assert refused.value.code == f"ledger.{code}"
    assert not Record.objects.exists()
    assert filed(clerk, person, now).is_new


def test_a_report_about_somebody_of_another_village_finds_nobody(
    operation: Operation, county: County, cast: Cast, now: datetime
) -> None:
    there = county.people_of(2)[1].pk
    for one in (cast.village_clerk, cast.township_lead):
        with pytest.raises(Http404):
            filed(one.viewer, there, now)
    with pytest.raises(Http404):
        filed(cast.neighbour.viewer, county.people_of(0)[1].pk, now)
    assert not Record.objects.exists()
    assert filed(cast.neighbour.viewer, there, now).is_new


def test_a_report_sent_twice_is_one_and_two_browsers_answer_one_obligation_once(
    operation: Operation, county: County, cast: Cast, now: datetime
) -> None:
    clerk, person, once = cast.village_clerk.viewer, county.people_of(0)[1].pk, uuid4()
    assert filed(clerk, person, now, uuid=once).is_new
    assert not filed(clerk, person, now, uuid=once).is_new
    filed(cast.township_lead.viewer, person, now + timedelta(minutes=1))
    assert Record.objects.count() == 2
    regime = Regime.objects.get(operation=operation, key="health")
    day = trees.day_tree(BY, operation.pk, clock.local_day(now), now=now + timedelta(minutes=2), regime_id=regime.pk)
    assert day.total.on_time == 1


def test_a_playbook_whose_units_are_parts_of_each_other_is_refused_by_line() -> None:
    text = shipped()["qumalai"].replace(
        "hq: {name: 曲麻莱县疫情防控指挥部, kind: headquarters}",
        "hq: {name: 曲麻莱县疫情防控指挥部, kind: headquarters, parent: office}",
    )
    problems = check(text).problems
    assert problems
    assert all("hq" in one.sentence or "office" in one.sentence for one in problems)
    assert check(shipped()["qumalai"]).is_good


@pytest.mark.parametrize(("decision", "holds"), [("keep", 45), ("take", 60)])
def test_a_new_version_against_a_regime_changed_by_hand_asks_which_shall_hold(
    operation: Operation, now: datetime, decision: str, holds: int
) -> None:
    override_item(
        by=BY, operation=operation, section="regimes", key="health", field="keep_days", value=45, why="order", now=now
    )
    newer = BOOK.replace("version: 1", "version: 2").replace("    asks:", "    keep_days: 60\n    asks:")
    operation.refresh_from_db()
    seen = preview(operation, newer, level="alert")
    assert [clash.id for clash in seen.clashes]
    how = {"by": BY, "operation": operation, "text": newer, "why": "order", "now": now}
    with pytest.raises(Refusal) as refused:
        apply_playbook(**how, state=seen.state, decisions={})
    assert refused.value.code == "operations.undecided"
    apply_playbook(**how, state=seen.state, decisions={seen.clashes[0].id: decision})
    assert Regime.objects.get(operation=operation, key="health").keep_days == holds


@pytest.mark.parametrize("case", sorted(shipped()))
def test_the_playbooks_that_ship_have_no_fault_and_every_regime_is_switched_on_by_a_level(case: str) -> None:
    checked = check(shipped()[case])
    assert checked.problems == []
    levels = (checked.playbook or {})["levels"].values()
    switched = {key for level in levels for key in level.get("switches_on", {}).get("regimes", ())}
    assert switched == set(checked.sections["regimes"])
    assert {one["ladder"] for one in checked.sections["regimes"].values()} <= set(checked.sections["ladders"])
