"""Which levels an immediate report goes to, and how long they may take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

# A county answers within half an hour at every level; the law's own limits for reporting upwards are longer (two hours).
PATIENCE = timedelta(minutes=30)
# Days after the end of its operation that the name and what was known besides are kept; that there was a report, and who knew when, stays.
KEEP_DAYS = 30
ANSWERING = ("town", "county", "city", "province")


def levels_of(line: Sequence[tuple[int, str]], root_id: int) -> list[int]:
    """Of a line of places (id, level) from the top down, those that must acknowledge: townships and all above, the operation's root at last.

    A line that does not pass through the root reaches the root alone.
    """
    ids = [one for one, _level in line]
    if root_id not in ids:
        return [root_id]
    below = line[ids.index(root_id) :]
    return [one for one, level in below if level in ANSWERING or one == root_id]


def is_overdue(reported_at: datetime, acknowledged_at: datetime | None, *, now: datetime) -> bool:
    """Whether a level took, or is taking, longer than PATIENCE; at the very end of it not yet."""
    return (acknowledged_at or now) > reported_at + PATIENCE


def slowest(moments: Iterable[datetime | None]) -> datetime | None:
    """When the last level knew; None while one does not."""
    known = list(moments)
    return max((one for one in known if one is not None), default=None) if None not in known else None
