"""When a tick is due, and when it is late. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(seconds=1)
GRACE = timedelta(minutes=1)


def is_due(
    every: timedelta, ran_at: datetime | None, showed: datetime | None, *, real: datetime, now: datetime
) -> bool:
    """Whether a tick should run: `every` has passed since it last began, by the machine's clock or by the clock duties go by.

    `ran_at` and `showed` are what the two clocks showed when it last began; `real` and `now` what they show now. An exercise whose
    clock runs fast or was set forward makes ticks due sooner, though never within the same second. However much was missed: one run.
    """
    if ran_at is None or showed is None:
        return True
    if real - ran_at < SHORTEST and real >= ran_at:
        return False
    return real - ran_at >= every or now - showed >= every or real < ran_at


def is_late(every: timedelta, ran_at: datetime | None, since: datetime | None, *, real: datetime) -> bool:
    """Whether a tick was left undone: it last began (or, never run, was known since) over three times `every` and a minute ago."""
    last = ran_at or since
    return last is not None and real - last > 3 * every + GRACE
