"""What this database is. Read once by each process: kind and county never change; an exercise's pace is read again every second."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, ProgrammingError

from bulou.platform import clock
from bulou.platform.clock import Pace
from bulou.platform.house.models import House

_FRESH = timedelta(seconds=1)
_held: House | None = None
_read_at: datetime | None = None


def house() -> House | None:
    """The founding row, or None before `bulou init`."""
    global _held, _read_at
    real = clock.real_now()
    stale = _held is None or (
        _held.kind == House.Kind.EXERCISE and (_read_at is None or not _read_at <= real < _read_at + _FRESH)
    )
    if stale:
        _held, _read_at = House.objects.filter(id=1).first(), real
    return _held


def is_exercise() -> bool:
    """Whether this database is an exercise: a banner on every page, messages to a sink, a clock that can be set."""
    held = house()
    return held is not None and held.kind == House.Kind.EXERCISE


def county() -> str:
    """The county's code (6 digits), or an empty string before `bulou init`."""
    held = house()
    return held.county if held else ""


def pace() -> Pace | None:
    """The exercise's pace for the clock; None in a real database and before founding. A broken transaction keeps the last one read.

    A process that never could read it raises: judged by the machine's time, an exercise's reports would fall on the wrong day.
    """
    try:
        held = house()
    except ProgrammingError:  # no tables yet: before founding
        held = _held
    except (DatabaseError, InterfaceError):
        if _held is None:
            raise
        held = _held
    if held is None or held.anchor is None or held.shown is None:
        return None
    return Pace(held.anchor, held.shown, held.speed)


def forget_what_was_read() -> None:
    """Read anew at the next question (after founding, after setting the pace, between tests)."""
    global _held, _read_at
    _held = _read_at = None
