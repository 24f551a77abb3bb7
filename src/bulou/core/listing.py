"""List returns: a place or a unit states, once a window, its whole list of persons; an empty list is a zero report.

Silence is not zero: who sends nothing is missing (docs/ledger.md, "List returns"; case A3). The lines are also
statements about persons, so they can be filed as those persons' records and answer their obligations too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise

from bulou.core.records import Line, Record


@dataclass(frozen=True, slots=True)
class Returned:
    """What one list said: the known persons on it, the new ones, and those expected whom it leaves out."""

    known: tuple[str, ...]
    new: tuple[str, ...]
    left_out: tuple[str, ...]
    is_zero: bool


def compare(lines: Iterable[Line], expected: Collection[str]) -> Returned:
    """Lays a list beside the persons `expected` on it; all three lists come sorted. Refuses a person listed twice."""
    lines = tuple(lines)
    known = sorted(line.subject for line in lines if line.subject is not None)
    for person, next_person in pairwise(known):
        if person == next_person:
            raise ValueError(f"{person} is on the list twice.")
    new = sorted(line.name for line in lines if line.subject is None)
    return Returned(tuple(known), tuple(new), tuple(sorted(set(expected) - set(known))), not lines)


def records_of(record: Record) -> tuple[Record, ...]:
    """Gives the lines about known persons as records of their own, done, received and filed as the list was.

    Each is numbered after its line, so that the same list sent again gives the same records. Refuses a record that is
    no list (ValueError).
    """
    if record.lines is None:
        raise ValueError(f"The record {record.id} is no list return.")
    return tuple(
        Record(
            id=f"{record.id}:{number}",
            subject=line.subject,
            facts=line.facts,
            happened_at=record.happened_at,
            received_at=record.received_at,
            filed_by=record.filed_by,
            device=record.device,
            device_offset=record.device_offset,
        )
        for number, line in enumerate(record.lines, start=1)
        if line.subject is not None
    )
