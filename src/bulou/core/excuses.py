"""Excuses: a person says, with a reason and until when, that something need not be done. They can be taken back.

An excused obligation leaves the denominator and stays visible as excused. docs/ledger.md, "Standing".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bulou.core.moments import aware, in_order, named


@dataclass(frozen=True, slots=True)
class Excuse:
    """Excuses what falls due in [since, until) under an enrolment. It may be given before or after the due time.

    Refuses an excuse without a person, a reason or an end (ValueError).
    """

    id: str
    enrolment: str
    since: datetime
    until: datetime
    by: str
    reason: str
    known_at: datetime

    def __post_init__(self) -> None:
        named(self.by, "The person who excuses")
        named(self.reason, "The reason of an excuse")
        aware(self.until, "The end of an excuse")
        in_order(self.since, self.until, "an excuse")
        aware(self.known_at, "The time at which an excuse was given")


@dataclass(frozen=True, slots=True)
class Removal:
    """Takes an excuse back, wholly: from then on the figures are as if it had never been given."""

    id: str
    excuse: str
    by: str
    reason: str
    known_at: datetime

    def __post_init__(self) -> None:
        named(self.by, "The person who takes an excuse back")
        named(self.reason, "The reason for taking an excuse back")
        aware(self.known_at, "The time at which an excuse was taken back")


def excuse_for(enrolment: str, due: datetime, excuses: Iterable[Excuse], removals: Iterable[Removal]) -> Excuse | None:
    """Gives the excuse that holds for what falls due at `due`, the earliest given if there are several; else None."""
    removed = {each.excuse for each in removals}
    holding = [
        each
        for each in excuses
        if each.enrolment == enrolment and each.since <= due < each.until and each.id not in removed
    ]
    return min(holding, key=lambda each: (each.known_at, each.id), default=None)
