"""Sessions in the database, with who and from where, so that a person can see and end them.

The cookie carries the key, the table only its digest. A session ends when idle for settings.SESSION_IDLE_SECONDS, and in any case
settings.SESSION_COOKIE_AGE after it began. These are matters of the machine: they go by its clock, not by an exercise's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.functional import cached_property

from bulou.platform import clock

SINCE, ADDRESS, AGENT = "since", "address", "agent"


def digest_of(key: str) -> str:
    """What the table keeps of a session key: 40 hex characters of its SHA-256 (the key has 165 random bits; no salt is needed)."""
    return sha256(key.encode()).hexdigest()[:40]


def handle_of(key: str) -> UUID:
    """The name of a session on pages: follows from the key and does not give it away."""
    return UUID(bytes=sha256(b"handle:" + key.encode()).digest()[:16])


def ends_at(since: datetime, seen: datetime) -> datetime:
    """When a session begun at `since` and last used at `seen` is over (exclusive)."""
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    return min(seen + idle, since + timedelta(seconds=settings.SESSION_COOKIE_AGE))


class SessionStore(DatabaseStore):
    """The store Django asks for. `row` is the table's row the session was loaded from, if it was."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> type:
        from bulou.platform.accounts.models import Session

        return Session

    @cached_property
    def model(self) -> Any:
        return self.get_model_class()

    def _get_session_from_db(self) -> Any:
        key = digest_of(self.session_key or "")
        self.row = self.model.objects.filter(session_key=key, expire_date__gt=clock.real_now()).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        return self.model.objects.filter(session_key=digest_of(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=digest_of(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        key, seen = self._get_or_create_session_key(), clock.real_now()  # type: ignore[attr-defined]
        since = datetime.fromisoformat(data[SINCE]) if SINCE in data else seen
        return self.model(
            session_key=digest_of(key),
            session_data=self.encode(data),
            expire_date=ends_at(since, seen),
            handle=handle_of(key),
            user_id=data.get("_auth_user_id"),
            address=data.get(ADDRESS),
            agent=data.get(AGENT, ""),
            created_at=since,
            last_seen=seen,
        )
