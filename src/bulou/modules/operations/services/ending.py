"""Standing an operation down: every section ends what it has; nothing is deleted here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bulou.modules.operations.models import Operation, State
from bulou.modules.operations.services.applying import RUN, _journal, give
from bulou.platform.access.viewer import Viewer
from bulou.platform.refusals import Conflict


def stand_down(*, by: Viewer, operation: Operation, version: int, why: str, now: datetime) -> Operation:
    """End an operation: its items end, its records stay as long as each purpose allows. Done twice: the second time changes nothing."""
    by.need(RUN)
    with transaction.atomic():
        locked = Operation.objects.select_for_update(of=("self",)).select_related("root").get(pk=operation.pk)
        if locked.state == State.STOOD_DOWN:
            return locked
        if locked.version != version:
            raise Conflict(
                "operations.changed_elsewhere", _("Somebody else changed this operation meanwhile. Look at it again.")
            )
        ended = give(locked, {}, by=by, now=now)
        locked.state, locked.ended_at, locked.version = State.STOOD_DOWN, now, locked.version + 1
        locked.save()
        _journal(locked, "operations.operation_stood_down", by=by, now=now, why=why, data={"ended": ended})
    return locked
