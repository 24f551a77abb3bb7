"""Regimes: standing rules that ask facts of subjects in windows, and their versions.

A change takes effect at the next window to open; windows already open or judged keep their version. Who is under a
regime is enrolments.py's business. docs/ledger.md, "Objects".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bulou.core.moments import aware, named
from bulou.core.windows import Calendar, Window


@dataclass(frozen=True, slots=True)
class RegimeVersion:
    """What `regime` asks, and when, for windows that open at or after `since`, until the next version.

    `calendar` None gives no windows: all are owed one by one, or the regime has come to rest. `known_at` is when the
    version was set. A later version cannot begin before it is known; the first may, so that an operation that starts
    at eight can still owe today's report at ten. Refuses no facts asked, and a bad number or time (ValueError).
    """

    regime: str
    version: int
    asks: frozenset[str]
    calendar: Calendar | None
    since: datetime
    known_at: datetime
    is_list: bool = False

    def __post_init__(self) -> None:
        named(self.regime, "The name of a regime")
        if self.version < 1:
            raise ValueError(f"The versions of a regime count from 1, not {self.version}.")
        aware(self.since, "The beginning of a regime's version")
        aware(self.known_at, "The time at which a regime's version was set")
        if not self.asks and not self.is_list:
            raise ValueError(f"The regime {self.regime} asks for nothing.")
        if self.version > 1 and self.since < self.known_at:
            raise ValueError(f"Version {self.version} of the regime {self.regime} cannot begin before it is set.")

    @property
    def id(self) -> str:
        """The regime and the version's number."""
        return f"{self.regime}/{self.version}"


def in_force(versions: Iterable[RegimeVersion], at: datetime) -> RegimeVersion:
    """Gives the version that a window opening `at` keeps: the newest begun by then, else the first. At least one."""
    ordered = sorted(versions, key=lambda each: each.version)
    begun = [each for each in ordered if each.since <= at]
    return begun[-1] if begun else ordered[0]


def calendar_windows(
    versions: Iterable[RegimeVersion], start: datetime, end: datetime, *, zone: tzinfo, anchor: datetime
) -> Iterator[tuple[RegimeVersion, Window]]:
    """Yields the calendar windows of one regime that open in [start, end), each with the version it keeps.

    `anchor` is the start of the enrolment. A window that fell due before its version was known is not owed.
    """
    versions = tuple(versions)
    for version in sorted(versions, key=lambda each: each.version):
        replaced = min((each.since for each in versions if each.version > version.version), default=end)
        first, last = max(start, version.since), min(end, replaced)
        if version.calendar is None or first >= last:
            continue
        for window in version.calendar.windows(first, last, zone=zone, anchor=anchor):
            if version.known_at <= window.due:
                yield version, window
