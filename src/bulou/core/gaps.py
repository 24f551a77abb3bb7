"""Gaps: runs of consecutive unmet obligations, each one line for somebody to act on. docs/ledger.md, "Gaps"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from bulou.core.moments import aware, named
from bulou.core.standing import Judged, Standing

ANSWERED = (Standing.ON_TIME, Standing.LATE)


class Kind(StrEnum):
    """What the ledger itself can say: never answered, answered before, or answered and struck by a decision."""

    NEVER = "never"
    STOPPED = "stopped"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class Given:
    """The reason a person gave for a gap ("telephone broken, visited"), about what the enrolment owed `at` a moment."""

    enrolment: str
    at: datetime
    reason: str
    by: str
    known_at: datetime

    def __post_init__(self) -> None:
        named(self.by, "The person who gives a reason")
        named(self.reason, "The reason of a gap")
        aware(self.at, "The time a reason is about")
        aware(self.known_at, "The time at which a reason was given")


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of `missed` obligations of one enrolment.

    `since` is the opening of the first, `until` the due time of the last; place, unit and answerables are those of
    the last. `is_open` while nothing due later was answered. `reason` is the newest one a person gave, or None.
    """

    enrolment: str
    regime: str
    subject: str
    owed_by: str
    answerables: tuple[str, ...]
    place: str
    unit: str | None
    since: datetime
    until: datetime
    missed: int
    kind: Kind
    is_open: bool
    reason: Given | None


def gaps(judged: Iterable[Judged], *, reasons: Iterable[Given] = ()) -> tuple[Gap, ...]:
    """Collapses missing obligations into runs, the oldest first.

    Only an answer ends a run: what is excused or pending in between is passed over, for nothing was done there.
    `reasons` are those known at the moment the obligations were judged.
    """
    reasons = tuple(reasons)
    ordered = sorted(judged, key=lambda each: (each.obligation.enrolment, each.obligation.window, each.obligation.duty))
    found = [
        _gap(run, has_answered, is_open, reasons)
        for _, mine in groupby(ordered, key=lambda each: each.obligation.enrolment)
        for run, has_answered, is_open in _runs(mine)
    ]
    return tuple(sorted(found, key=lambda gap: (gap.since, gap.enrolment)))


def _runs(mine: Iterable[Judged]) -> Iterator[tuple[list[Judged], bool, bool]]:
    """Yields each run, whether anything was answered before it, and whether it is still open."""
    run: list[Judged] = []
    has_answered = False
    for each in mine:
        if each.standing is Standing.MISSING:
            run.append(each)
        elif each.standing in ANSWERED:
            if run:
                yield run, has_answered, False
            run, has_answered = [], True
    if run:
        yield run, has_answered, True


def _gap(run: list[Judged], has_answered: bool, is_open: bool, reasons: tuple[Given, ...]) -> Gap:
    first, last = run[0].obligation, run[-1].obligation
    given = [
        each
        for each in reasons
        if each.enrolment == last.enrolment
        and first.window.opens <= each.at
        and (is_open or each.at < last.window.closes)
    ]
    return Gap(
        enrolment=last.enrolment,
        regime=last.regime,
        subject=last.subject,
        owed_by=last.owed_by,
        answerables=last.answerables,
        place=last.place,
        unit=last.unit,
        since=first.window.opens,
        until=last.window.due,
        missed=len(run),
        kind=_kind(run, has_answered),
        is_open=is_open,
        reason=max(given, key=lambda each: (each.known_at, each.by), default=None),
    )


def _kind(run: list[Judged], has_answered: bool) -> Kind:
    if any(each.review.struck_at is not None for each in run):
        return Kind.STRUCK
    return Kind.STOPPED if has_answered else Kind.NEVER
