"""Running what is due. Several workers may look at once; a tick runs in one place at a time and once per due moment.

The place is held by an advisory lock of the session, not by a lock on the row: a row lock would keep a transaction open while the tick
runs, and the journal's sealing waits for the oldest open transaction. If the worker dies, PostgreSQL frees the lock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection
from django.db.models import F

from bulou.platform import clock
from bulou.platform.jobs.failing import in_a_line
from bulou.platform.jobs.models import TickRun
from bulou.platform.jobs.rules import is_due
from bulou.platform.manifest import Tick, manifests

log = logging.getLogger(__name__)


def ticks() -> list[Tick]:
    """Every tick hung on a manifest, by name. Two of one name are an error of the programmer."""
    found = sorted((tick for manifest in manifests() for tick in manifest.ticks), key=lambda tick: tick.name)
    for first, second in pairwise(found):
        if first.name == second.name:
            raise ValueError(f"two ticks are called {first.name!r}")
    return found


def due(found: list[Tick], *, real: datetime, now: datetime) -> list[Tick]:
    """Those of the ticks that should run, the longest waiting first. One query."""
    ran = TickRun.objects.in_bulk([tick.name for tick in found])
    waiting = [tick for tick in found if _is_due(tick, ran.get(tick.name), real=real, now=now)]
    return sorted(
        waiting, key=lambda tick: ran[tick.name].ran_at or real if tick.name in ran else real - timedelta(days=9999)
    )


def run_tick(tick: Tick, *, real: datetime, now: datetime) -> bool:
    """Run a tick if it is (still) due and runs nowhere else; gives whether it ran. A failure is kept and logged, never raised."""
    with _alone(tick.name) as alone:
        if not alone:
            return False
        row = TickRun.objects.get_or_create(name=tick.name)[0]
        if not _is_due(tick, row, real=real, now=now):
            return False
        mine = TickRun.objects.filter(name=tick.name)
        mine.update(ran_at=real, showed=now, runs=F("runs") + 1)
        began = clock.real_now()
        try:
            said = str(tick.run(now) or "")[:200]
        except Exception as problem:
            log.exception("the tick %s failed", tick.name)
            _mend_connection()
            mine.update(error=in_a_line(problem), failed_at=real, failures=F("failures") + 1, took_ms=_ms_since(began))
        else:
            mine.update(said=said, error="", failures=0, took_ms=_ms_since(began))
        return True


def _is_due(tick: Tick, row: TickRun | None, *, real: datetime, now: datetime) -> bool:
    return row is None or is_due(tick.every, row.ran_at, row.showed, real=real, now=now)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether this session is now the only one at this tick; it stays so until the end of the block."""
    key = f"jobs.tick:{name}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        alone = cursor.fetchone()[0]
    held_by = connection.connection
    try:
        yield alone
    finally:
        if alone and connection.connection is held_by and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _mend_connection() -> None:
    """After a failure the connection may be gone; the next statement then opens a new one."""
    if not connection.in_atomic_block and not connection.is_usable():
        connection.close()


def _ms_since(began: datetime) -> int:
    return int((clock.real_now() - began) / timedelta(milliseconds=1))
