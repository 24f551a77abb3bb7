"""A line of the board: the figures of one child, and the addresses of the rows behind each of them."""

from __future__ import annotations

from dataclasses import dataclass

from bulou.core.coverage import Figures
from bulou.interfaces.situation.asked import Asked


@dataclass(frozen=True, slots=True)
class Line:
    """One child of the node shown: its figures, where it drills down to, and (looking back) its figures as they are now. `note` = where it is."""

    id: int
    name: str
    figures: Figures
    asked: Asked
    is_own: bool = False
    now: Figures | None = None
    note: str = ""

    @property
    def href(self) -> str:
        return self.rows("all") if self.is_own else self.asked.url("board")

    def rows(self, standing: str) -> str:
        """The address of its rows with a standing."""
        return self.asked.url("rows", standing=standing, own=1 if self.is_own else None)

    @property
    def missing(self) -> str:
        return self.rows("missing")

    @property
    def pending(self) -> str:
        return self.rows("pending")

    @property
    def late(self) -> str:
        return self.rows("late")

    @property
    def on_time(self) -> str:
        return self.rows("on_time")

    @property
    def excused(self) -> str:
        return self.rows("excused")

    @property
    def all(self) -> str:
        return self.rows("all")

    @property
    def due(self) -> str:
        return self.rows("due")

    @property
    def expected(self) -> str:
        return self.rows("expected")

    @property
    def reported(self) -> float | None:
        return rate(self.figures)

    @property
    def in_time(self) -> float | None:
        found = self.figures.on_time_rate
        return None if found is None else float(found)

    @property
    def moved(self) -> int | None:
        """How many more had answered by now than as was known then."""
        return None if self.now is None else self.now.actual - self.figures.actual


def rate(figures: Figures) -> float | None:
    """Reported of expected; None where nothing is expected."""
    found = figures.reporting_rate
    return None if found is None else float(found)
