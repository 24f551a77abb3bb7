"""What passes between a playbook and the modules that own its sections: items by key, planned changes, problems with their place.

Plain values only. A section's items are a mapping key → item; identity is (operation, section, key).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

Item = Mapping[str, Any]
Items = Mapping[str, Item]

ADD, CHANGE, END = "add", "change", "end"


@dataclass(frozen=True, slots=True)
class OperationRef:
    """An operation as a section's owner needs it: its id and key, the place it is rooted at, its time zone."""

    id: int
    key: str
    root_place_id: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Change:
    """One planned change of one item: `kind` is add, change or end; `before` is None for add, `after` None for end."""

    kind: str
    key: str
    before: Item | None
    after: Item | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that differ, in order of their names."""
        before, after = self.before or {}, self.after or {}
        return tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `path` (keys and indexes from the top of the playbook) and what to write instead. `line` counts from 1."""

    path: tuple[str | int, ...]
    sentence: str
    instead: str = ""
    line: int = 0


def diff(current: Items, wanted: Items) -> list[Change]:
    """The plan most sections need: end what is no longer wanted, add what is new, change what differs; by key, ends first."""
    ends = [Change(END, key, current[key], None) for key in current if key not in wanted]
    adds = [Change(ADD, key, None, wanted[key]) for key in wanted if key not in current]
    changes = [
        Change(CHANGE, key, current[key], wanted[key])
        for key in wanted
        if key in current and dict(current[key]) != dict(wanted[key])
    ]
    return [*ends, *adds, *changes]
