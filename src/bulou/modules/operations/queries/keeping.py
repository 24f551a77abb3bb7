"""What is kept of an operation and what is forgotten when, as every module says of its own: hung as `keeps` on its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bulou.modules.operations.models import Operation
from bulou.platform.manifest import Text, extras


@dataclass(frozen=True, slots=True)
class Keeps:
    """One kind of content: what it is, what it is for, how many days after the end of the operation it is kept (None = it stays)."""

    what: Text
    purpose: Text = ""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The same of one operation: when it is forgotten, None = it stays, or nobody knows as long as the operation runs."""

    keeps: Keeps
    forgotten_at: datetime | None


Asked = Callable[[Operation], Iterable[Keeps]]


def kept(operation: Operation) -> list[Kept]:
    """What each module keeps of an operation, lowest floor first, and until when."""
    return [Kept(one, forgotten_at(operation, one.days)) for asked in extras("keeps") for one in asked(operation)]


def forgotten_at(operation: Operation, days: int | None) -> datetime | None:
    """When what is kept so many days after the end of an operation is forgotten; None while it runs, or where it stays."""
    if days is None or operation.ended_at is None:
        return None
    return operation.ended_at + timedelta(days=days)
