"""A day of an operation in the small county: everybody owes a health report by nine; at ten some have given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Enrolment, Regime
from bulou.modules.ledger.services import Filing, NewEnrolment
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import NOW, County

BY = system("tests")
ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2020, 1, 25, 16, 0, tzinfo=UTC)
YESTERDAY = MIDNIGHT - timedelta(days=1)
DUE = MIDNIGHT + timedelta(hours=9)


@dataclass
class Day:
    """The operation, its regime, and everybody's enrolment by person."""

    operation: Operation
    regime: Regime
    county: County

    def enrolment(self, person: Any) -> Enrolment:
        return Enrolment.objects.get(subject_id=person.pk, regime=self.regime)

    def report(self, person: Any, at: datetime) -> int:
        filing = Filing(uuid4(), person.pk, {"well": True}, at)
        return services.file_record(by=BY, filing=filing, now=at).record_id


def operation_at(county: County, key: str = "exercise") -> Operation:
    """An operation rooted at the county, begun the day before."""
    return Operation.objects.create(
        key=key, titles={"en": "Cold spring", "zh-Hans": "寒春行动"}, playbook="qumalai", root=county.root, level="i", started_at=YESTERDAY
    )  # fmt: skip


def regime_of(operation: Operation, key: str = "health", due: str = "09:00") -> Regime:
    """A daily regime from the day before on."""
    ref = OperationRef(operation.pk, operation.key, operation.root_id, ZONE)
    about = {"titles": {"en": "Daily health", "zh-Hans": "每日健康"}}
    return services.set_regime(
        by=BY, operation=ref, key=key, asks=["well"], calendar=Daily(due), now=YESTERDAY, since=YESTERDAY, about=about
    )


def day(county: County) -> Day:
    """36 people in 4 villages, the first village's in the office's charge. Today: village 0 has 6 on time, 1 late, 1 excused, 1 missing;
    village 1 nobody; villages 2 and 3 everybody on time.
    """
    made = Day(operation_at(county), Regime(), county)
    made.regime = regime_of(made.operation)
    rows = [
        NewEnrolment(
            uuid4(), person.pk, person.place_id, county.office.pk if number < 9 else None, answerables=(county.people[0].pk,)
        )
        for number, person in enumerate(county.people)
    ]  # fmt: skip
    services.enrol_many(by=BY, regime=made.regime, rows=rows, now=YESTERDAY, starts=YESTERDAY, why="tests")
    services.open_windows(NOW)
    here = county.people_of(0)
    for person in (*here[:6], *county.people_of(2), *county.people_of(3)):
        made.report(person, MIDNIGHT + timedelta(hours=8))
    made.report(here[6], DUE + timedelta(minutes=30))
    services.excuse(
        by=BY, enrolment_id=made.enrolment(here[7]).pk, since=MIDNIGHT, until=MIDNIGHT + timedelta(days=3), why="in hospital", once=uuid4(),
        now=DUE + timedelta(minutes=10),
    )  # fmt: skip
    return made
