"""Calendars as playbooks and the database keep them, and as core computes with them: both ways, losing nothing.

{"daily": {"due": "10:00"}} · {"slots": [{"name": "morning", "opens": "06:00", "due": "08:00", "closes": "12:00"}, …]}
{"every": {"days": 14, "due": "18:00", "open_for": 2}} · {"once": {"opens": "2020-01-26T00:00+08:00", "due": …, "closes": …}} · null = owed one by one
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from bulou.core.moments import day_of
from bulou.core.windows import Calendar, Daily, EveryDays, Once, Slot, Slots, Window

ONE_DAY = timedelta(days=1)


def calendar_of(written: Mapping[str, Any] | None) -> Calendar | None:
    """The calendar; None = owed one by one. Refuses what is none with a sentence (ValueError)."""
    if written is None:
        return None
    if len(written) != 1:
        raise ValueError("A calendar is one of: daily, slots, every, once.")
    kind, values = next(iter(written.items()))
    try:
        if kind == "daily":
            return Daily(**values)
        if kind == "slots":
            return Slots(tuple(Slot(**slot) for slot in values))
        if kind == "every":
            return EveryDays(**values)
        if kind == "once":
            return Once(**{name: datetime.fromisoformat(text) for name, text in values.items()})
    except TypeError:
        raise ValueError(f"The calendar {kind} lacks something or says too much.") from None
    raise ValueError("A calendar is one of: daily, slots, every, once.")


def written(calendar: Calendar | None) -> dict[str, Any] | None:
    """A calendar as it is kept."""
    if calendar is None:
        return None
    if isinstance(calendar, Daily):
        return {"daily": asdict(calendar)}
    if isinstance(calendar, Slots):
        return {"slots": [asdict(slot) for slot in calendar.slots]}
    if isinstance(calendar, EveryDays):
        return {"every": asdict(calendar)}
    return {"once": {name: value.astimezone(UTC).isoformat() for name, value in asdict(calendar).items()}}


def every_of(calendar: Calendar | None) -> tuple[int, str]:
    """Every how many days its windows come to one enrolment, and the wall time at which its days open."""
    return (calendar.days, calendar.opens) if isinstance(calendar, EveryDays) else (1, "00:00")


def shared_windows(calendar: Calendar, start: datetime, end: datetime, *, zone: tzinfo) -> Iterator[tuple[int, Window]]:
    """(phase, window) of every window that opens in [start, end) for some enrolment.

    Of every n days, the window that opens on a local day belongs to those whose first day has the same remainder by n: its phase.
    """
    if not isinstance(calendar, EveryDays):
        yield from ((0, window) for window in calendar.windows(start, end, zone=zone, anchor=start))
        return
    first = start - ONE_DAY * (calendar.days + 1)
    for number in range(calendar.days):
        for window in calendar.windows(start, end, zone=zone, anchor=first + ONE_DAY * number):
            yield day_of(window.opens, zone).toordinal() % calendar.days, window
