"""What keeps a grant from being given or ended. Pure.

Nobody gives a grant to himself, and an administrator's grant reaches the whole house and nothing in it: an administrator sees no person's
content. To read it he would need a second person, or an account made for the purpose; both stand in the journal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as the rules see it: a role for a user over a place, a unit and an operation, in force [starts, ends)."""

    user_id: int
    role: str
    starts: datetime
    ends: datetime | None = None
    place_id: int | None = None
    unit_id: int | None = None
    operation_id: int | None = None

    def is_same_as(self, other: Held) -> bool:
        """Whether both say the same of the same user, whenever."""
        mine = (self.user_id, self.role, self.place_id, self.unit_id, self.operation_id)
        return mine == (other.user_id, other.role, other.place_id, other.unit_id, other.operation_id)

    def overlaps(self, other: Held) -> bool:
        """Whether both are in force at some moment."""
        return (other.ends is None or self.starts < other.ends) and (self.ends is None or other.starts < self.ends)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the house knows besides: the roles there are, those given by unit, and until when the place and the unit stand."""

    roles: Collection[str]
    by_unit: Collection[str]
    place_ends: datetime | None = None
    unit_ends: datetime | None = None
    is_user_active: bool = True


def why_not_grant(
    wanted: Held, ground: Ground, held: Iterable[Held], *, by_user_id: int | None, at: datetime
) -> str | None:
    """What keeps `wanted` from being given at `at`, or None. `held` are the user's grants of all times; `by_user_id` None = the house.

    "own": nobody gives to himself. "role_unknown", "user_inactive". "ends_before_starts", "starts_in_past": what nobody was allowed, nobody
    was allowed. "administrator_limited": that role is for the whole house. "unit_missing", "place_missing": every other role says where, the
    county itself if need be, for an empty place would reach everything. "place_retired", "unit_ended": by the time it begins. "twin": the
    same is in force then.
    """
    if by_user_id is not None and wanted.user_id == by_user_id:
        return "own"
    if wanted.role not in ground.roles:
        return "role_unknown"
    if not ground.is_user_active:
        return "user_inactive"
    return _why_not_when(wanted, at) or _why_not_where(wanted, ground) or _why_not_beside(wanted, held)


def _why_not_when(wanted: Held, at: datetime) -> str | None:
    if wanted.ends is not None and wanted.ends <= wanted.starts:
        return "ends_before_starts"
    return "starts_in_past" if wanted.starts < at else None


def _why_not_where(wanted: Held, ground: Ground) -> str | None:
    if wanted.role == ADMINISTRATOR:
        is_limited = (wanted.place_id, wanted.unit_id, wanted.operation_id) != (None, None, None)
        return "administrator_limited" if is_limited else None
    if wanted.role in ground.by_unit and wanted.unit_id is None:
        return "unit_missing"
    if wanted.place_id is None and wanted.unit_id is None:
        return "place_missing"
    if ground.place_ends is not None and ground.place_ends <= wanted.starts:
        return "place_retired"
    return "unit_ended" if ground.unit_ends is not None and ground.unit_ends <= wanted.starts else None


def _why_not_beside(wanted: Held, held: Iterable[Held]) -> str | None:
    return "twin" if any(wanted.is_same_as(other) and wanted.overlaps(other) for other in held) else None


def why_not_end(grant: Held, ends: datetime, *, other_administrators: int, at: datetime) -> str | None:
    """What keeps a grant from ending at `ends` (decided at `at`), or None.

    "already_ended". "in_the_past": what was in force stays so on record. "later": it ends before that already; to prolong is to give
    anew. "last_administrator": `other_administrators` are those in force from `ends` on.
    """
    if grant.ends is not None and grant.ends <= at:
        return "already_ended"
    if ends < at:
        return "in_the_past"
    if grant.ends is not None and ends > grant.ends:
        return "later"
    return "last_administrator" if grant.role == ADMINISTRATOR and other_administrators == 0 else None


def end_of(grant: Held, ends: datetime) -> datetime:
    """The end to write: `ends`, but for a grant yet to begin its own start, so that it never was in force."""
    return max(ends, grant.starts)
