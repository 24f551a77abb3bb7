"""Sign-off: the figures a person put their name to. They stay as signed; what came later is shown as a difference.

The line village → town → county, and sending back with a reason, are the ledger module's. docs/ledger.md, "Sign-off".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from bulou.core.coverage import Figures
from bulou.core.moments import aware, in_order, named


@dataclass(frozen=True, slots=True)
class Signed:
    """`by` signed these figures of `node` for windows opening in [start, end) of one regime, at the moment `at`."""

    node: str
    regime: str
    start: datetime
    end: datetime
    figures: Figures
    by: str
    at: datetime

    def __post_init__(self) -> None:
        named(self.by, "The person who signs")
        in_order(self.start, self.end, "the span that is signed")
        aware(self.at, "The time of signing")


def difference(signed: Signed, current: Figures) -> dict[str, int]:
    """Gives what has changed since the signature, by name of the figure, current less signed; empty = nothing has."""
    names = [each.name for each in fields(Figures)] + ["expected", "actual"]
    changes = {name: getattr(current, name) - getattr(signed.figures, name) for name in names}
    return {name: change for name, change in changes.items() if change}


def last_signed(
    signatures: Iterable[Signed], *, node: str, regime: str, start: datetime, end: datetime, as_of: datetime
) -> Signed | None:
    """Gives the signature that stands for a node and span at the moment `as_of`, included: the newest, or None."""
    about = (node, regime, start, end)
    given = [
        each for each in signatures if (each.node, each.regime, each.start, each.end) == about and each.at <= as_of
    ]
    return max(given, key=lambda each: each.at, default=None)
