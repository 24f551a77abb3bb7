"""Moments and local days: aware datetimes, half-open spans, and wall-clock times that survive a change of the clocks.

Not a calendar of windows (windows.py), and it never asks what time it is.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_WALL_TIME = re.compile(r"(\d\d):([0-5]\d)")
_MINUTE = timedelta(minutes=1)


def aware(moment: datetime, what: str) -> datetime:
    """Gives `moment` back; refuses one without a time zone, naming `what` it was meant to be (ValueError)."""
    if not isinstance(moment, datetime) or moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{what} must be a moment with a time zone, not {moment!r}.")
    return moment


def named(text: str, what: str) -> str:
    """Gives `text` back; refuses an empty one, naming `what` is missing (ValueError)."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{what} must not be empty.")
    return text


def in_order(start: datetime, end: datetime | None, what: str) -> None:
    """Refuses a span [start, end) that is empty or runs backwards (ValueError). `end` None means without end."""
    aware(start, f"The start of {what}")
    if end is not None and aware(end, f"The end of {what}") <= start:
        raise ValueError(f"The end of {what} ({end.isoformat()}) must come after its start ({start.isoformat()}).")


def minutes_of(wall_time: str) -> int:
    """Gives minutes since local midnight, 0 to 1440, of "00:00" to "24:00" (the midnight that ends the day).

    Refuses anything else with a ValueError.
    """
    match = _WALL_TIME.fullmatch(wall_time) if isinstance(wall_time, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(f"{wall_time!r} is not a time of day: write it as HH:MM, from 00:00 to 24:00.")
    return minutes


def moment_of(day: date, wall_time: str, zone: tzinfo) -> datetime:
    """Gives, in UTC, the first moment at which a wall clock in `zone` shows `wall_time` of `day` or later.

    So a time that the clocks skip is the moment of the skip, a time that comes twice is the first of the two, and
    a later wall time never gives an earlier moment.
    """
    wall = datetime.combine(day, time.min) + timedelta(minutes=minutes_of(wall_time))
    candidate = _in_utc(wall, zone, fold=0)
    if _wall(candidate, zone) == wall:
        return candidate
    candidate = _in_utc(wall, zone, fold=1)  # skipped: this lies before the skip, so walk up to it
    while _wall(candidate, zone) < wall:
        candidate += _MINUTE
    return candidate


def day_of(moment: datetime, zone: tzinfo) -> date:
    """Gives the local day in `zone` to which `moment` belongs."""
    return aware(moment, "The moment of a local day").astimezone(zone).date()


def _in_utc(wall: datetime, zone: tzinfo, *, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
