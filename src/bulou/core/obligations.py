"""Obligations: enrolment × window. Who owes which facts about whom, by when, and where it counts.

Calendar windows and duties owed one by one come out in one list. What was done about them is discharge.py's business.
docs/ledger.md, "Obligation".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bulou.core.book import Book
from bulou.core.enrolments import Ending, Enrolment, Transfer, is_owed, seat_at
from bulou.core.regimes import RegimeVersion, calendar_windows, in_force
from bulou.core.windows import Window

OfEnrolment = TypeVar("OfEnrolment", Transfer, Ending)


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing owed: `owed_by` owes the facts `asks` about `subject` in `window`, counted at `place` and `unit`.

    `version` is the one its window keeps; `duty` is the id of an owed row, empty for a calendar window.
    """

    enrolment: str
    regime: str
    version: int
    asks: frozenset[str]
    is_list: bool
    subject: str
    owed_by: str
    answerables: tuple[str, ...]
    place: str
    unit: str | None
    window: Window
    duty: str = ""

    @property
    def key(self) -> tuple[str, datetime, str, str]:
        """What it is told apart by: enrolment, opening, name of the window, owed row."""
        return self.enrolment, self.window.opens, self.window.name, self.duty


def obligations(known: Book, start: datetime, end: datetime, *, regime: str | None = None) -> Iterator[Obligation]:
    """Yields every obligation whose window opens in [start, end), of one regime or of all, in no promised order.

    `known` is a book as it was known (Book.as_known): each entry once.
    """
    versions, transfers, endings = _by_regime(known), _by_enrolment(known.transfers), _by_enrolment(known.endings)
    for enrolment in known.enrolments:
        if enrolment.regime not in versions or (regime is not None and enrolment.regime != regime):
            continue
        for version, window, duty in _windows(known, enrolment, versions[enrolment.regime], start, end):
            if is_owed(enrolment, endings[enrolment.id], window):
                yield _obligation(enrolment, transfers[enrolment.id], version, window, duty)


def _windows(
    known: Book, enrolment: Enrolment, versions: list[RegimeVersion], start: datetime, end: datetime
) -> Iterator[tuple[RegimeVersion, Window, str]]:
    for version, window in calendar_windows(versions, start, end, zone=known.zone, anchor=enrolment.start):
        yield version, window, ""
    for duty in known.owed:
        if duty.enrolment == enrolment.id and start <= duty.window.opens < end:
            withdrawn = [each for each in known.withdrawals if each.owed == duty.id]
            if not any(each.known_at <= duty.window.due for each in withdrawn):
                yield in_force(versions, duty.window.opens), duty.window, duty.id


def _obligation(
    enrolment: Enrolment, transfers: Iterable[Transfer], version: RegimeVersion, window: Window, duty: str
) -> Obligation:
    seat = seat_at(enrolment, transfers, window.due)
    return Obligation(
        enrolment=enrolment.id,
        regime=enrolment.regime,
        version=version.version,
        asks=version.asks,
        is_list=version.is_list,
        subject=enrolment.subject,
        owed_by=enrolment.owed_by,
        answerables=seat.answerables,
        place=seat.place,
        unit=seat.unit,
        window=window,
        duty=duty,
    )


def _by_regime(known: Book) -> dict[str, list[RegimeVersion]]:
    versions: dict[str, list[RegimeVersion]] = {}
    for each in known.regimes:
        versions.setdefault(each.regime, []).append(each)
    return versions


def _by_enrolment(entries: Iterable[OfEnrolment]) -> defaultdict[str, list[OfEnrolment]]:
    found: defaultdict[str, list[OfEnrolment]] = defaultdict(list)
    for each in entries:
        found[each.enrolment].append(each)
    return found
