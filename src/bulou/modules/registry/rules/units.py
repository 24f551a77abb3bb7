"""What may be done to units and memberships: no circles, no leader beside a leader, nothing in a unit that has ended."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

LONGEST_NAME = 120

KINDS = (
    "agency", "department", "headquarters", "work_group", "branch", "temporary_branch", "commando", "station_crew", "team",
    "brigade", "squad", "institution", "enterprise", "volunteers", "other",
)  # fmt: skip
PARTS = ("leader", "deputy", "secretary", "member")
TERMS = ("permanent", "support", "temporary", "public_welfare", "self_hired")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [starts, ends); ends None = open."""

    starts: datetime
    ends: datetime | None = None

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a moment; spans of no length share none."""
        if self.is_empty or other.is_empty:
            return False
        return (other.ends is None or self.starts < other.ends) and (self.ends is None or other.starts < self.ends)

    @property
    def is_empty(self) -> bool:
        return self.ends is not None and self.ends <= self.starts

    def outlasts(self, other: Span) -> bool:
        """Whether this one goes on when the other is over."""
        return other.ends is not None and (self.ends is None or self.ends > other.ends)


@dataclass(frozen=True, slots=True)
class Service:
    """One membership as the rules see it."""

    person_id: int
    part: str
    post: str
    span: Span


def why_not_join(wanted: Service, unit: Span, there: Iterable[Service]) -> str | None:
    """What keeps a person from joining: "ends_before_starts", "unit_ended", "twin", "second_leader", or None.

    `unit` is the unit's own span (it may have stood before it was written down, so its start bounds nothing), `there` its
    memberships of all times but the one being changed. Several parts or posts of one
    person at once are normal; the same part with the same post twice at once is not. One leader at a moment, any number of deputies.
    """
    if wanted.span.is_empty:
        return "ends_before_starts"
    if wanted.span.outlasts(unit):
        return "unit_ended"
    together = [other for other in there if other.span.overlaps(wanted.span)]
    if any(
        (other.person_id, other.part, other.post) == (wanted.person_id, wanted.part, wanted.post) for other in together
    ):
        return "twin"
    if wanted.part == "leader" and any(other.part == "leader" for other in together):
        return "second_leader"
    return None


def why_not_end(span: Span, at: datetime) -> str | None:
    """What keeps a unit or a membership from ending at `at`: "already_ended", "ends_before_starts", or None."""
    if span.ends is not None and span.ends <= at:
        return "already_ended"
    return "ends_before_starts" if at < span.starts else None


def would_circle(unit_id: int, parent_lineage: Iterable[int]) -> bool:
    """Whether a unit would come to stand below itself."""
    return unit_id in set(parent_lineage)


def next_code(taken: Iterable[str], parent_code: str = "") -> str:
    """A code for a new unit: U001 at the top, the parent's and a number below: U001-02. Codes are never used again."""
    used = set(taken)
    number = 1
    while (code := f"{parent_code}-{number:02}" if parent_code else f"U{number:03}") in used:
        number += 1
    return code


def playbook_code(operation_id: int, key: str) -> str:
    """The code of the unit an operation's playbook has under a key: readable where it fits in 32 characters, else cut with a digest."""
    code = f"{operation_id}.{key}"
    return code if len(code) <= 32 else f"{code[:23]}~{hashlib.sha256(code.encode()).hexdigest()[:8]}"
