"""Standing: how one obligation stands at a moment. Exactly one of five, always. docs/ledger.md, "Standing"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bulou.core.discharge import Discharge, Filed, discharge_of, due_now, review_beside
from bulou.core.excuses import Excuse
from bulou.core.obligations import Obligation
from bulou.core.reviews import Review


class Standing(StrEnum):
    """PENDING until due, included; ON_TIME and LATE once answered; MISSING after due; EXCUSED by a person."""

    PENDING = "pending"
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Judged:
    """An obligation with its standing, and what the standing rests on.

    `due` is its due time or the later one set by a decision; `is_due` says whether that has passed. The discharge is
    kept beside an excuse, but does not count then.
    """

    obligation: Obligation
    standing: Standing
    due: datetime
    is_due: bool
    discharge: Discharge | None
    excuse: Excuse | None
    review: Review

    @property
    def is_done_late(self) -> bool:
        """Late because it was done after the due time, and not only arrived after it."""
        if self.standing is not Standing.LATE or self.discharge is None:
            return False
        return self.discharge.done_at > self.obligation.window.due


def judge(obligation: Obligation, filings: Sequence[Filed], excuse: Excuse | None, *, as_of: datetime) -> Judged:
    """Judges one obligation at the moment `as_of` from the filings about its subject known by then."""
    discharge, due = discharge_of(obligation, filings), due_now(obligation, filings)
    if excuse is not None:
        standing = Standing.EXCUSED
    elif discharge is not None:
        standing = Standing.ON_TIME if discharge.is_on_time else Standing.LATE
    else:
        standing = Standing.PENDING if as_of <= due else Standing.MISSING
    review = review_beside(obligation, filings, discharge)
    return Judged(obligation, standing, due, as_of > due, discharge, excuse, review)
