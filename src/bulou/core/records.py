"""Records: what was stated about one subject at a time. A record belongs to no regime and is never overwritten.

A correction is a further version of a record, with its author, time and reason. Which obligation a record answers is
discharge.py's business. docs/ledger.md, "Objects".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bulou.core.facts import Value
from bulou.core.moments import aware, named
from bulou.core.phones import is_clock_doubtful


@dataclass(frozen=True, slots=True)
class Line:
    """One person on a list return: a known `subject`, or None with the `name` of somebody new, and their facts."""

    subject: str | None
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)
    name: str = ""

    def __post_init__(self) -> None:
        if self.subject is None:
            named(self.name, "The name of a new person on a list")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))


@dataclass(frozen=True, slots=True)
class Record:
    """The first version of what was stated about `subject`.

    `happened_at` is kept as sent, `received_at` is when the house had it. `filed_by` may differ from whoever owes it
    ("by telephone"). `device_offset` is how far the device's clock was measured ahead, None = not measured. `lines`
    is None unless this is a list return; an empty tuple is a zero report. Refuses naive moments and a missing
    subject, id or filer (ValueError).
    """

    id: str
    subject: str
    facts: Mapping[str, Value] = field(hash=False)
    happened_at: datetime
    received_at: datetime
    filed_by: str
    device: str = ""
    device_offset: timedelta | None = None
    lines: tuple[Line, ...] | None = None

    def __post_init__(self) -> None:
        for what in ("id", "subject", "filed_by"):
            named(getattr(self, what), f"The {what} of a record")
        aware(self.happened_at, "The time at which something happened")
        aware(self.received_at, "The time of receipt")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    @property
    def known_at(self) -> datetime:
        """When it became known: its receipt."""
        return self.received_at

    @property
    def is_clock_doubtful(self) -> bool:
        """Whether the record is to be judged by its receipt (phones.py)."""
        return is_clock_doubtful(self.happened_at, received_at=self.received_at, device_offset=self.device_offset)

    @property
    def done_at(self) -> datetime:
        """The moment the record is judged by: `happened_at`, or the receipt if the clock is doubtful."""
        return self.received_at if self.is_clock_doubtful else self.happened_at


@dataclass(frozen=True, slots=True)
class Correction:
    """A later version of a record: all its facts (and lines) anew, by whom and why; never another time of happening.

    To state another time, file another record. Refuses a version below 2 and a missing reason (ValueError).
    """

    record: str
    version: int
    facts: Mapping[str, Value] = field(hash=False)
    received_at: datetime
    filed_by: str
    reason: str
    lines: tuple[Line, ...] | None = None

    def __post_init__(self) -> None:
        named(self.filed_by, "The author of a correction")
        named(self.reason, "The reason of a correction")
        if self.version < 2:
            raise ValueError(f"A correction is version 2 or later of a record, not {self.version}.")
        aware(self.received_at, "The time of receipt of a correction")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    @property
    def id(self) -> str:
        """The record and the version; the same one sent again changes nothing."""
        return f"{self.record}/{self.version}"

    @property
    def known_at(self) -> datetime:
        """When it became known: its receipt."""
        return self.received_at


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a record: what it said from `received_at` on."""

    number: int
    facts: Mapping[str, Value] = field(hash=False)
    lines: tuple[Line, ...] | None
    received_at: datetime

    def answers(self, asks: Iterable[str], *, is_list: bool = False) -> bool:
        """Says whether it alone carries every asked fact; for a list, whether it is one and every line does."""
        if is_list:
            return self.lines is not None and all(_carries(line.facts, asks) for line in self.lines)
        return _carries(self.facts, asks)


def versions(record: Record, corrections: Iterable[Correction]) -> tuple[Version, ...]:
    """Gives the versions of `record`, the first one first.

    A correction that overtook its record on the way counts from the moment the record was there.
    """
    later = sorted((each for each in corrections if each.record == record.id), key=lambda each: each.version)
    first = Version(1, record.facts, record.lines, record.received_at)
    return first, *(
        Version(each.version, each.facts, each.lines, max(each.received_at, record.received_at)) for each in later
    )


def _carries(facts: Mapping[str, Value], asks: Iterable[str]) -> bool:
    return all(facts.get(code) not in (None, "") for code in asks)
