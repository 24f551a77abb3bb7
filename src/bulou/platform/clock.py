"""The only place that reads the clock. Everything else is handed `now`.

In an exercise the clock can be set and sped up (bulou.platform.clock.set_exercise); in a real database it is the machine's.
It is not a scheduler: what is due is decided by whoever owns the duty, from the `now` it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Pace:
    """An exercise's clock: at real instant `anchor` it showed `shown`, and runs `speed` times as fast."""

    anchor: datetime
    shown: datetime
    speed: float = 1.0

    def at(self, real: datetime) -> datetime:
        return self.shown + (real - self.anchor) * self.speed


_pace: Callable[[], Pace | None] = lambda: None  # noqa: E731


def real_now() -> datetime:
    """The machine's time, aware, UTC. For leases, log-in throttling and other matters of machines, not of duties."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds on a clock that never jumps, from an arbitrary start. For time limits and rates of machines, never for duties."""
    return time.monotonic()


def now() -> datetime:
    """The time duties are judged by: aware, UTC; the exercise's clock where there is one."""
    real = real_now()
    pace = _pace()
    return pace.at(real) if pace else real


def set_pace_source(source: Callable[[], Pace | None]) -> None:
    """Say where the exercise's pace is read (site start-up does this once)."""
    global _pace
    _pace = source


def local_day(at: datetime, zone: ZoneInfo = COUNTY_ZONE) -> date:
    """The calendar day of an aware instant in the county's time zone."""
    return at.astimezone(zone).date()


def day_span(day: date, zone: ZoneInfo = COUNTY_ZONE) -> tuple[datetime, datetime]:
    """The half-open instants [start, end) of a local day, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)
