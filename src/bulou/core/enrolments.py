"""Enrolments: who owes what about whom, for how long, and where it counts; and duties owed one by one.

Duties attach to people and units, never to user accounts. One principle settles every change learned late:
**who owes a window, and where it counts, is settled when it falls due, from what was known by then.** What comes out
later is put right with an excuse, in the open. docs/ledger.md, "Enrolment".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bulou.core.moments import aware, named
from bulou.core.windows import Window


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`subject` is under `regime` from `start` until it is ended; `owed_by` owes it, any of `answerables` may answer.

    `place` is a node of the place tree, `unit` one of the unit tree or None (a resident has none). `by` enrolled it,
    for a `reason` where it was by hand. Refuses missing names and naive moments (ValueError).
    """

    id: str
    regime: str
    subject: str
    owed_by: str
    answerables: tuple[str, ...]
    place: str
    unit: str | None
    start: datetime
    known_at: datetime
    by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        for what in ("id", "regime", "subject", "owed_by", "place"):
            named(getattr(self, what), f"The {what} of an enrolment")
        aware(self.start, "The start of an enrolment")
        aware(self.known_at, "The time at which an enrolment became known")


@dataclass(frozen=True, slots=True)
class Transfer:
    """From `at` on the enrolment counts at another place and unit, and perhaps others answer (None = the same)."""

    id: str
    enrolment: str
    at: datetime
    place: str
    unit: str | None
    known_at: datetime
    answerables: tuple[str, ...] | None = None
    by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        named(self.place, "The place to which an enrolment moves")
        aware(self.at, "The time of a transfer")
        aware(self.known_at, "The time at which a transfer became known")


@dataclass(frozen=True, slots=True)
class Ending:
    """The enrolment runs up to and not including `at`. Of several endings the one known last holds."""

    id: str
    enrolment: str
    at: datetime
    known_at: datetime
    by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        aware(self.at, "The end of an enrolment")
        aware(self.known_at, "The time at which the end of an enrolment became known")


@dataclass(frozen=True, slots=True)
class Owed:
    """A window that no calendar gives, owed under an enrolment: a shift, a round, a visit, an acknowledgement.

    Refuses a duty that becomes known only after it fell due: nobody could have done it in time (ValueError).
    """

    id: str
    enrolment: str
    window: Window
    known_at: datetime

    def __post_init__(self) -> None:
        if aware(self.known_at, "The time at which a duty became known") > self.window.due:
            raise ValueError(f"The duty {self.id} cannot be owed: it became known only after it fell due.")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An owed duty is called off, by whom and why. After its due time it no longer can be: excuse it."""

    id: str
    owed: str
    known_at: datetime
    by: str
    reason: str

    def __post_init__(self) -> None:
        named(self.reason, "The reason for calling off a duty")
        aware(self.known_at, "The time at which a duty was called off")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an enrolment counts for one window, and who may answer."""

    place: str
    unit: str | None
    answerables: tuple[str, ...]


def end_of(endings: Iterable[Ending]) -> datetime | None:
    """Gives the end, excluded, that the endings of one enrolment come to; None = it has none."""
    last = max(endings, key=lambda each: (each.known_at, each.at, each.id), default=None)
    return last.at if last else None


def is_owed(enrolment: Enrolment, endings: Iterable[Ending], window: Window) -> bool:
    """Says whether the window is owed: enrolled for all of [opens, due), from what was known by its due time."""
    end = end_of(each for each in endings if each.known_at <= window.due)
    is_enrolled_at_opening = enrolment.known_at <= window.due and enrolment.start <= window.opens
    return is_enrolled_at_opening and (end is None or end >= window.due)


def seat_at(enrolment: Enrolment, transfers: Iterable[Transfer], due: datetime) -> Seat:
    """Gives the place, unit and answerables at the moment `due`, from what was known by then.

    A transfer at `due` itself counts. One learned after it moves no judged window.
    """
    seat = Seat(enrolment.place, enrolment.unit, enrolment.answerables)
    for each in sorted(transfers, key=lambda move: (move.at, move.known_at, move.id)):
        if each.at <= due and each.known_at <= due:
            seat = Seat(each.place, each.unit, seat.answerables if each.answerables is None else each.answerables)
    return seat
