"""Doing a write once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from bulou.platform.access.viewer import Viewer
from bulou.platform.once.models import Done
from bulou.platform.refusals import Conflict

KEPT = timedelta(days=30)


def run_once(
    key: UUID, verb: str, write: Callable[[], dict[str, Any]], *, by: Viewer, now: datetime
) -> tuple[dict[str, Any], bool]:
    """Run `write` unless `key` was used before; give its answer (JSON) and whether it ran this time.

    Two requests in flight with one key: the second waits for the first and gets its answer. The same key for another verb or by
    another user is refused (`once.key_reused`). A write that raises leaves no trace of the key.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
        done = Done.objects.filter(key=key).first()
        if done is None:
            answer = write()
            Done.objects.create(key=key, actor_id=by.user_id, verb=verb, at=now, answer=answer)
            return answer, True
    if (done.actor_id, done.verb) != (by.user_id, verb):
        raise Conflict("once.key_reused", _("This form was already used for something else. Open it again and retry."))
    return done.answer, False


def clear_done(now: datetime) -> int:
    """Forget keys used over 30 days before `now`; gives how many. A form that old, sent again, would be done again."""
    return Done.objects.filter(at__lt=now - KEPT).delete()[0]
