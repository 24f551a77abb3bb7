"""A small operation over the small county: health of everybody (asks: well), temperature of one village, a list return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Regime, Window
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import NOW, Cast, County

BY = system("tests")
DAY_BEFORE = NOW - timedelta(days=1)


@dataclass
class Owed:
    """What the tests' people owe."""

    operation: OperationRef
    health: Regime
    temperature: Regime
    returnees: Regime

    def window(self, regime: Regime, at=NOW) -> Window:
        return Window.objects.get(regime=regime, opens__lte=at, closes__gt=at)


def set_up(county: County, cast: Cast) -> Owed:
    """Everybody of villages 0, 1 and 2 owes health; the clerk's and her relative's temperature; village 0 a list."""
    row = Operation.objects.create(
        key="op", titles={"zh-Hans": "演练"}, playbook="x", root=county.root, level="x", started_at=DAY_BEFORE
    )
    operation = OperationRef(row.pk, row.key, county.root.pk, ZoneInfo("Asia/Shanghai"))
    made = {
        key: services.set_regime(by=BY, operation=operation, key=key, asks=asks, calendar=Daily(due="10:30"), now=DAY_BEFORE, is_list=is_list,
            about={"titles": {"zh-Hans": title, "en": key}})
        for key, title, asks, is_list in (
            ("health", "每日健康报告", ["well"], False), ("temperature", "体温", ["well", "temperature", "whereabouts"], False),
            ("returnees", "返乡人员名册", ["whereabouts"], True),
        )
    }  # fmt: skip
    people = [(person, county.villages[v].pk) for v in (0, 1, 2) for person in county.people_of(v)]
    enrol(made["health"], [services.NewEnrolment(uuid4(), p.pk, place) for p, place in people])
    clerk, kin = cast.village_clerk.person, county.people_of(0)[1]
    place = county.villages[0].pk
    enrol(made["health"], [services.NewEnrolment(uuid4(), clerk.pk, place)])
    mine = [services.NewEnrolment(uuid4(), one.pk, place, owed_id=clerk.pk) for one in (clerk, kin)]
    enrol(made["temperature"], mine)
    enrol(
        made["returnees"],
        [services.NewEnrolment(uuid4(), place, place, subject_kind="place", owed_kind="place", owed_id=place)],
    )
    services.open_windows(NOW)
    return Owed(operation, made["health"], made["temperature"], made["returnees"])


def enrol(regime: Regime, rows: list[services.NewEnrolment]) -> None:
    services.enrol_many(by=BY, regime=regime, rows=rows, now=DAY_BEFORE, starts=DAY_BEFORE)


@pytest.fixture
def owed(county: County, cast: Cast) -> Owed:
    """The small operation."""
    return set_up(county, cast)
