"""Reads of accounts: users for administrators, one's own sessions and second factor for everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from bulou.platform import chinese
from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts import lockout
from bulou.platform.accounts.models import RecoveryCode, SecondFactor, Session, User
from bulou.platform.accounts.rules import device, folded
from bulou.platform.accounts.sessions import digest_of
from bulou.platform.house.models import House
from bulou.platform.house.queries import house


@dataclass(frozen=True, slots=True)
class Seat:
    """A session as its owner sees it: device in words, and whether it is the one in use now."""

    handle: Any
    address: str
    agent: str
    created_at: datetime
    last_seen: datetime
    is_this: bool

    @property
    def device(self) -> str:
        return device(self.agent)


@dataclass(frozen=True, slots=True)
class FactorState:
    """How a user's second factor stands: set, begun (and since when), and how many recovery codes are left."""

    is_set: bool
    begun: SecondFactor | None
    codes_left: int


def demanded_roles() -> Collection[str]:
    """The roles of which a second factor is demanded: as settings say; where they say nothing, in a real installation only."""
    if settings.SECOND_FACTOR_ROLES is not None:
        return settings.SECOND_FACTOR_ROLES
    held = house()
    return settings.SECOND_FACTOR_ROLES_WHEN_REAL if held is not None and held.kind == House.Kind.REAL else ()


def users(viewer: Viewer) -> QuerySet[User]:
    """The users, each with `has_factor`; for those who manage them."""
    if not viewer.may("accounts.manage_users"):
        return User.objects.none()
    factor = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    return User.objects.annotate(has_factor=Exists(factor))


def named_like(rows: QuerySet[User], words: str) -> QuerySet[User]:
    """Those of the rows whose name or log-in name holds these letters, or whose name begins so in pinyin."""
    wanted = Q(username__contains=folded(words)) | Q(display_name__icontains=words.strip())
    if chinese.is_pinyin(words.strip()):
        for prefix in chinese.key_prefixes(words.strip()):
            wanted |= Q(sort_key__startswith=prefix)
    return rows.filter(wanted)


def user(viewer: Viewer, user_id: int) -> User | None:
    """One user, for those who manage them; None if there is none for this viewer."""
    return users(viewer).filter(pk=user_id).first()


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """What users are called, by id: for lines that name who did something. Unknown ids are left out."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "display_name"))


def sessions_of(viewer: Viewer, user_id: int, *, real: datetime, key: str | None = None) -> list[Seat]:
    """A user's open sessions, the last used first: one's own, or anybody's for those who manage users."""
    if user_id != viewer.user_id and not viewer.may("accounts.manage_users"):
        return []
    this = digest_of(key or "")
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=real).order_by("-last_seen")
    return [Seat(r.handle, r.address or "", r.agent, r.created_at, r.last_seen, r.session_key == this) for r in rows]


def factor_of(viewer: Viewer, user_id: int) -> FactorState:
    """How a user's second factor stands: one's own, or (for those who manage users) anybody's, then without what was begun."""
    if user_id != viewer.user_id and not viewer.may("accounts.manage_users"):
        return FactorState(False, None, 0)
    factor = SecondFactor.objects.filter(user_id=user_id).first()
    left = RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()
    begun = factor if factor and factor.confirmed_at is None and user_id == viewer.user_id else None
    return FactorState(factor is not None and factor.confirmed_at is not None, begun, left)


def locks_of(viewer: Viewer, user_id: int, *, real: datetime) -> list[tuple[str, datetime]]:
    """From where a user is locked out at `real`, and until when; for those who manage users."""
    found = user(viewer, user_id)
    return lockout.locks(found.username, real) if found else []
