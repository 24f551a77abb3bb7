"""Enrolling a million by a regime's filter, and one tick of its chase: with one in a hundred missing, and with every second.

Alone: python bench/run.py chase. On a server of its own as in production (fsync on); through the verbs a playbook and the jobs use.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bench.database import house
from bench.figure import Figure
from bench.ledger import PEOPLE, Ground, seconds_of

LADDER = {
    "steps": [{"before": "1h", "to": "owing"}, {"after": "30m", "to": "answerable"}, {"after": "1h", "to": "township"}]
}
DUE = timedelta(hours=10)


def measure(people: int = PEOPLE) -> Iterator[Figure]:
    """enrol_1m_s, chase_tick_1m_s, chase_tick_1m_half_s, and a tick that finds nothing to do."""
    with house():
        chased = Chased(people)
        yield Figure("enrol_1m_s", chased.enrol(), "s", 120.0, "target; set_regime and enrol_matching")
        took, said = chased.tick(0.01, timedelta(minutes=31))
        yield Figure("chase_tick_1m_s", took, "s", None, f"1 % missing: {said}")
        took, said = chased.tick(0.5, timedelta(minutes=-59))
        yield Figure("chase_tick_1m_half_s", took, "s", None, f"50 % open: {said}")
        yield Figure(
            "chase_tick_1m_idle_ms", round(1000 * chased.again(), 1), "ms", None, "the same tick again: nothing to do"
        )


class Chased(Ground):
    """One daily regime with a ladder, of everybody."""

    def enrol(self) -> float:
        """Seconds until everybody is enrolled, by the filter."""
        from bulou.core.windows import Daily
        from bulou.modules.ledger.models import Ladder

        Ladder.objects.create(operation_id=self.operation.id, key="line", steps=LADDER)
        about = {"who": {"subject": "person"}, "ladder": "line"}

        def run() -> None:
            self.regime = self.services.set_regime(
                by=self.by, operation=self.operation, key="big", asks=["well"], calendar=Daily("10:00"), now=self.now, since=self.day, about=about
            )  # fmt: skip
            moved = self.services.enrol_matching(by=self.by, regime=self.regime, now=self.now, starts=self.day)
            assert moved.enrolled >= self.people, moved

        took = seconds_of(run)
        self._analyze()
        return round(took, 1)

    def tick(self, share: float, after: timedelta) -> tuple[float, str]:
        """Seconds of the first tick so long after the due time of a fresh day, with this share missing; and what it did."""
        from bulou.modules.ledger.services.chase import chase

        self.day += timedelta(days=1)
        early = self.day + timedelta(hours=1)
        self.services.open_windows(early)
        gone = set(Random(1).sample(range(self.people), round(share * self.people)))
        filings = self._filings([n for n in range(self.people) if n not in gone], early, f"{share}")
        self.services.file_many(by=self.by, filings=filings, now=early)
        self._analyze()
        self.now = self.day + DUE + after
        said: list[Any] = []
        took = seconds_of(lambda: said.append(chase(self.now)))
        self._check(len(gone), self.now)
        print(f"  {share:.0%} missing: {said[0]} in {took:.1f} s", file=sys.stderr, flush=True)
        return round(took, 1), said[0]

    def again(self) -> float:
        """Seconds of the same tick once more."""
        from bulou.modules.ledger.services.chase import chase

        return seconds_of(lambda: chase(self.now))

    def _check(self, missing: int, now: datetime) -> None:
        """Everybody who had not reported was written to, once."""
        from bulou.modules.ledger.models import Chased as Row
        from bulou.modules.ledger.models import Message

        rows = Row.objects.filter(chase__at=now)
        assert rows.values("enrolment").distinct().count() == rows.count() == missing, (rows.count(), missing)
        assert Message.objects.filter(at=now).count() == missing
