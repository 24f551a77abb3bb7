"""The clocks of phones: when a thing sent by a phone happened, and what to do when its clock is not to be believed.

A doubtful clock is never a reason to refuse a report. docs/ledger.md, "Clocks of phones".
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from bulou.core.moments import aware, day_of

AHEAD_OF_RECEIPT = timedelta(minutes=5)
DEVICE_OFFSET = timedelta(minutes=10)


def happened_at(*, mapped: datetime | None, time_end: datetime | None, received_at: datetime) -> datetime:
    """Gives when it happened: the question the form maps to it, else the phone's meta/timeEnd, else the receipt."""
    for moment in (mapped, time_end):
        if moment is not None:
            return aware(moment, "The time at which something happened")
    return aware(received_at, "The time of receipt")


def is_clock_doubtful(happened_at: datetime, *, received_at: datetime, device_offset: timedelta | None) -> bool:
    """Says whether the phone's clock is not to be believed.

    So it is if the thing happened more than 5 minutes after it was received, or if the device's clock was measured to
    be more than 10 minutes off, ahead or behind (`device_offset`; None = not measured).
    """
    ahead = aware(happened_at, "The time at which something happened") - aware(received_at, "The time of receipt")
    return ahead > AHEAD_OF_RECEIPT or (device_offset is not None and abs(device_offset) > DEVICE_OFFSET)


def why_not_from_a_page(happened_at: datetime, *, now: datetime, zone: tzinfo) -> str | None:
    """Gives why a page, unlike a phone, refuses this report: it is for tomorrow or later. None if it does not."""
    day, today = day_of(happened_at, zone), day_of(now, zone)
    return f"A report for {day.isoformat()} cannot be made on {today.isoformat()}." if day > today else None
