"""Ending sessions, and noting that one is alive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.accounts.models import Session, User
from bulou.platform.accounts.sessions import digest_of, ends_at
from bulou.platform.journal.services import write
from bulou.platform.refusals import Refusal

FACTOR = "factor"  # set in a session that a second factor has opened
COARSE = timedelta(seconds=60)


def note_seen(session: SessionBase, *, real: datetime) -> None:
    """Move the session's last use and end forward; writes at most once a minute. `real` is the machine's time."""
    row: Any = getattr(session, "row", None)
    if row is None or real - row.last_seen < COARSE:
        return
    row.last_seen, row.expire_date = real, ends_at(row.created_at, real)
    Session.objects.filter(pk=row.pk).update(last_seen=row.last_seen, expire_date=row.expire_date)


@transaction.atomic
def end_session(handle: UUID, *, by: Viewer, now: datetime) -> int:
    """End one session and give its user's id: one's own, or anybody's with `accounts.manage_users`. Ended already: nothing happens."""
    session = Session.objects.filter(handle=handle).first()
    if session is None or session.user_id is None:
        return by.user_id or 0
    if session.user_id != by.user_id and not by.may("accounts.manage_users"):
        raise Refusal("accounts.session_unknown", _("There is no such session."), status=404)
    session.delete()
    write(by=by, action="accounts.session_ended", kind="accounts.user", subjects=[session.user_id], now=now)
    return session.user_id


@transaction.atomic
def end_other_sessions(key: str | None, *, by: Viewer, now: datetime) -> int:
    """End every session of one's own but the one with `key`; gives how many."""
    others = Session.objects.filter(user_id=by.user_id or 0).exclude(session_key=digest_of(key or ""))
    return _end(others, by.user_id or 0, by=by, now=now)


@transaction.atomic
def end_sessions_of(user_id: int, *, by: Viewer, now: datetime) -> int:
    """End every session of a user; gives how many. Needs `accounts.manage_users`."""
    by.need("accounts.manage_users")
    return _end(Session.objects.filter(user_id=user_id), user_id, by=by, now=now)


def drop_sessions(user: User, *, keep: str | None = None) -> int:
    """End a user's sessions as part of another verb (which writes the journal line); `keep` is the key of one that stays."""
    return Session.objects.filter(user=user).exclude(session_key=digest_of(keep or "")).delete()[0]


def clear_sessions(real: datetime) -> int:
    """Delete sessions that are over; gives how many. `real` is the machine's time."""
    return Session.objects.filter(expire_date__lte=real).delete()[0]


def _end(sessions: Any, user_id: int, *, by: Viewer, now: datetime) -> int:
    count = sessions.delete()[0]
    if count:
        data = {"count": count}
        write(by=by, action="accounts.session_ended", kind="accounts.user", subjects=[user_id], now=now, data=data)
    return count
