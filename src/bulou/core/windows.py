"""Windows: from when, until when and by when something may be done; and the calendars that give them.

A calendar belongs to a version of a regime and is never stored per subject. Windows that no calendar gives (a shift,
a round, a visit) are owed one by one: enrolments.Owed. docs/ledger.md, "Windows".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from bulou.core.moments import aware, day_of, minutes_of, moment_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A record belongs here if it was done in [opens, closes); it is in time if received up to and including `due`.

    Refuses naive moments, opens > due, due > closes, and a window that closes as it opens (ValueError).
    """

    opens: datetime
    due: datetime
    closes: datetime
    name: str = ""

    def __post_init__(self) -> None:
        aware(self.opens, "The opening of a window")
        aware(self.due, "The due time of a window")
        aware(self.closes, "The closing of a window")
        if not self.opens <= self.due <= self.closes:
            raise ValueError(f"A window must open, fall due and close in that order, not {_shown(self)}.")
        if self.opens == self.closes:
            raise ValueError(f"A window must not close at the moment it opens ({self.opens.isoformat()}).")

    def holds(self, moment: datetime) -> bool:
        """Says whether `moment` lies in [opens, closes)."""
        return self.opens <= moment < self.closes


@dataclass(frozen=True, slots=True)
class Once:
    """One window, the same for everybody: to be done from `opens`, by `due`; afterwards late, until `closes`."""

    opens: datetime
    due: datetime
    closes: datetime

    def __post_init__(self) -> None:
        Window(self.opens, self.due, self.closes)

    def windows(self, start: datetime, end: datetime, *, zone: tzinfo, anchor: datetime) -> Iterator[Window]:
        """Yields the window if it opens in [start, end). `zone` and `anchor` make no difference."""
        if start <= self.opens < end:
            yield Window(self.opens, self.due, self.closes)


@dataclass(frozen=True, slots=True)
class Slot:
    """A named part of the local day, in wall times: to be done from `opens`, by `due`; it ends at `closes`."""

    name: str
    opens: str
    due: str
    closes: str

    def __post_init__(self) -> None:
        opens, due, closes = minutes_of(self.opens), minutes_of(self.due), minutes_of(self.closes)
        if not (opens <= due <= closes and opens < closes):
            raise ValueError(f"{_slot(self)} must open, fall due and close in that order on one day.")


@dataclass(frozen=True, slots=True)
class Daily:
    """One window each local day, by default open all day and due at ten."""

    due: str = "10:00"
    opens: str = "00:00"
    closes: str = "24:00"

    def __post_init__(self) -> None:
        self._slot()

    def windows(self, start: datetime, end: datetime, *, zone: tzinfo, anchor: datetime) -> Iterator[Window]:
        """Yields, in order, the windows that open in [start, end) in the local days of `zone`."""
        return Slots((self._slot(),)).windows(start, end, zone=zone, anchor=anchor)

    def _slot(self) -> Slot:
        return Slot("", self.opens, self.due, self.closes)


@dataclass(frozen=True, slots=True)
class Slots:
    """Several named windows each local day, such as a temperature in the morning and one in the evening.

    Refuses no slot, an unnamed one among several, two of one name, and slots that overlap: one record would then
    stand for two of them (ValueError).
    """

    slots: tuple[Slot, ...]

    def __post_init__(self) -> None:
        names = [slot.name for slot in self.slots]
        if not names or len(set(names)) < len(names) or (len(names) > 1 and not all(names)):
            raise ValueError(f"A day needs at least one slot, and each its own name, not {names!r}.")
        in_turn = sorted(self.slots, key=lambda slot: minutes_of(slot.opens))
        for earlier, later in pairwise(in_turn):
            if minutes_of(later.opens) < minutes_of(earlier.closes):
                raise ValueError(f"{_slot(later)} opens before {_slot(earlier)} has closed.")

    def windows(self, start: datetime, end: datetime, *, zone: tzinfo, anchor: datetime) -> Iterator[Window]:
        """Yields, in order, the windows that open in [start, end) in the local days of `zone`."""
        for day in _days(day_of(start, zone), day_of(end, zone)):
            found = (_window(slot, day, day, zone) for slot in self.slots)
            yield from sorted(window for window in found if window and start <= window.opens < end)


@dataclass(frozen=True, slots=True)
class EveryDays:
    """One window every `days` local days, counted from the enrolment and never from the last record.

    The first window is the first to open once the subject is enrolled. Each stays open for `open_for` local days
    (1 = its own day): it opens on the first of them at `opens`, falls due on the last at `due`, ends there at
    `closes`. Refuses less than one day, or windows that overlap (ValueError).
    """

    days: int
    due: str = "10:00"
    opens: str = "00:00"
    closes: str = "24:00"
    open_for: int = 1

    def __post_init__(self) -> None:
        if self.days < 1 or not 1 <= self.open_for <= self.days:
            raise ValueError(
                f"A window every {self.days} days must stay open for at least one day and at most {self.days}, "
                f"not {self.open_for}."
            )
        if self.open_for == 1:
            Slot("", self.opens, self.due, self.closes)
        elif minutes_of(self.opens) == minutes_of("24:00") or minutes_of(self.due) > minutes_of(self.closes):
            raise ValueError(
                f"A window must open within a day and fall due ({self.due}) before it closes ({self.closes})."
            )

    def windows(self, start: datetime, end: datetime, *, zone: tzinfo, anchor: datetime) -> Iterator[Window]:
        """Yields, in order, the windows that open in [start, end); `anchor` is the start of the enrolment."""
        first = day_of(anchor, zone)
        if moment_of(first, self.opens, zone) < anchor:
            first += ONE_DAY
        for day in _days(first, day_of(end, zone)):
            if (day - first).days % self.days == 0:
                window = _window(self, day, day + ONE_DAY * (self.open_for - 1), zone)
                if window and start <= window.opens < end:
                    yield window


Calendar = Once | Daily | Slots | EveryDays


def _window(slot: Slot | EveryDays, first: date, last: date, zone: tzinfo) -> Window | None:
    """Gives the window that opens on `first` and ends on `last`; None if the clocks skip the whole of it."""
    opens = moment_of(first, slot.opens, zone)
    due, closes = moment_of(last, slot.due, zone), moment_of(last, slot.closes, zone)
    return Window(opens, due, closes, getattr(slot, "name", "")) if opens < closes else None


def _days(first: date, last: date) -> Iterator[date]:
    """Yields each day from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        yield first + ONE_DAY * number


def _slot(slot: Slot) -> str:
    return f"The slot {slot.name or 'of the day'} ({slot.opens}, due {slot.due}, closes {slot.closes})"


def _shown(window: Window) -> str:
    return f"{window.opens.isoformat()}, {window.due.isoformat()}, {window.closes.isoformat()}"
