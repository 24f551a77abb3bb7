"""The small county under a daily health report: an operation at its root, a ladder, a regime, and who owes what. For the tests of chase and faces."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bulou.core.windows import Daily
from bulou.modules.ledger import services
from bulou.modules.ledger.models import Enrolment, Ladder, Regime, Window
from bulou.modules.ledger.services import Filing, NewEnrolment
from bulou.modules.ledger.services.windows import open_windows
from bulou.modules.operations.models import Operation
from bulou.platform.access.viewer import system
from bulou.platform.clock import COUNTY_ZONE
from bulou.platform.playbooks import OperationRef
from tests.kit.cast import County

BY = system("tests")
STEPS = [
    {"before": "1h", "to": "owing"}, {"after": "30m", "to": "answerable"}, {"after": "1h", "to": "lead"},
    {"after": "2h", "to": "township"}, {"after": "3h", "to": "headquarters"},
]  # fmt: skip
DAY = datetime(2020, 1, 26, tzinfo=COUNTY_ZONE)


def at(clock: str, day: int = 0) -> datetime:
    """A moment of the first day (or a later one), local time."""
    hours, minutes = map(int, clock.split(":"))
    return DAY + timedelta(days=day, hours=hours, minutes=minutes)


@dataclass(slots=True)
class Owing:
    """What was set up: the operation, the regime, the enrolments by person id."""

    county: County
    operation: Operation
    regime: Regime
    by_person: dict[int, Enrolment] = field(default_factory=dict)

    def enrol(
        self, person: Any, *, answerable: Any = None, unit: Any = None, regime: Regime | None = None
    ) -> Enrolment:
        new = NewEnrolment(
            uuid4(), person.pk, person.place_id, unit.pk if unit else None, owed_kind="person", owed_id=person.pk,
            answerables=(answerable.pk,) if answerable else (),
        )  # fmt: skip
        made = services.enrol(by=BY, regime=regime or self.regime, new=new, now=at("00:00"), why="tests")
        self.by_person.setdefault(person.pk, made)
        return made

    def report(self, person: Any, now: datetime) -> None:
        services.file_record(by=BY, filing=Filing(uuid4(), person.pk, {"well": True}, source="phone"), now=now)

    def open(self, now: datetime) -> None:
        open_windows(now)

    def window(self) -> Window:
        return Window.objects.filter(regime=self.regime, opens=DAY).get()


def owing(county: County, *, ladder: Any = None) -> Owing:
    """An operation rooted at the county, with a ladder and one regime: well, daily, due 10:00. Nobody owes yet."""
    start = at("00:00", -1)
    root = county.root
    operation = Operation.objects.create(
        key="drill",
        titles={"zh-Hans": "疫情防控", "en": "Response"},
        playbook="sample",
        root=root,
        level="x",
        started_at=start,
    )
    Ladder.objects.create(operation=operation, key="line", steps=ladder or {"steps": STEPS})
    return Owing(
        county, operation, daily(operation, "health", {"zh-Hans": "每日健康报告", "en": "Daily health report"})
    )


def daily(operation: Operation, key: str, titles: dict[str, str], due: str = "10:00") -> Regime:
    """A further daily regime of the operation."""
    ref = OperationRef(operation.pk, operation.key, operation.root_id, COUNTY_ZONE)
    about = {"titles": titles, "ladder": "line"}
    return services.set_regime(
        by=BY, operation=ref, key=key, asks=["well"], calendar=Daily(due=due), now=at("00:00"), about=about
    )
