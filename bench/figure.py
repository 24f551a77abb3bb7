"""What a benchmark yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `reference` is what it is held against, in the same unit: a target, or another way measured in the same run.

    `ratio` = value / reference; where more is better, give the reference such that the ratio still reads plainly (say so in `note`).
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the reference."""
        return None if not self.reference else self.value / self.reference
