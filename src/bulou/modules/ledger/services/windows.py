"""Opening windows when they open, once, however late the house wakes up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from bulou.core.windows import Window as CoreWindow
from bulou.modules.ledger.models import Regime, RegimeVersion, Window
from bulou.modules.ledger.rules import calendars
from bulou.modules.ledger.services import store

MOMENT = timedelta(microseconds=1)


def open_windows(now: datetime) -> int:
    """Open what opens up to and including `now` and is not open yet, in every regime; gives how many windows.

    Called by the ticks at least every minute, and before a page or a report that needs them. May be called again at any time.
    """
    count = 0
    for regime in Regime.objects.exclude(opened_through=None).order_by("pk"):
        if _has_news(regime, now):
            with transaction.atomic():
                count += open_regime(regime, now)
    return count


def open_regime(regime: Regime, now: datetime) -> int:
    """Inside a transaction: open the windows of one regime up to and including `now`."""
    store.hold_all()
    held = Regime.objects.select_for_update(of=("self",)).get(pk=regime.pk)
    if held.opened_through is None:
        return 0
    through = max(held.opened_through, now + MOMENT)
    versions = list(held.versions.order_by("number"))
    made = [
        window for version in versions for window in _windows(held, version, versions, held.opened_through, through)
    ]
    _fold_settled(held, now)
    store.learn_paths(now)
    opened = Window.objects.bulk_create(made)
    with connection.cursor() as cursor:
        for window in sorted(opened, key=lambda one: one.opens):
            cursor.execute("SELECT ledger_open(%s)", [window.pk])
    held.opened_through = through
    held.save(update_fields=["opened_through"])
    regime.opened_through = through
    return len(opened)


def next_opening(regime: Regime, after: datetime) -> datetime | None:
    """When the next window of a regime opens, looking ten days ahead; None if none does."""
    versions = list(regime.versions.order_by("number"))
    found = [w.opens for v in versions for w in _windows(regime, v, versions, after, after + timedelta(days=10))]
    return min(found, default=None)


def _has_news(regime: Regime, now: datetime) -> bool:
    """Whether a window has opened since: told without a lock, most minutes nothing has."""
    if regime.opened_through is None or now < regime.opened_through:
        return False
    versions = list(regime.versions.order_by("number"))
    return any(_windows(regime, version, versions, regime.opened_through, now + MOMENT) for version in versions)


def _windows(
    regime: Regime, version: RegimeVersion, versions: Sequence[RegimeVersion], start: datetime, end: datetime
) -> list[Window]:
    """The windows of a version that open in [start, end): those it still holds for, and which were not due before it was known."""
    calendar, zone = calendars.calendar_of(version.calendar), ZoneInfo(regime.zone)
    replaced = min((other.since for other in versions if other.number > version.number), default=end)
    first, last = max(start, version.since), min(end, replaced)
    if calendar is None or first >= last:
        return []
    every, wall = calendars.every_of(calendar)
    found = calendars.shared_windows(calendar, first, last, zone=zone)
    return [
        _window(regime, version, every, phase, wall, window)
        for phase, window in found
        if version.known_at <= window.due
    ]


def _window(regime: Regime, version: RegimeVersion, every: int, phase: int, wall: str, window: CoreWindow) -> Window:
    return Window(
        regime=regime, version=version, every=every, phase=phase, wall=wall, name=window.name, opens=window.opens, due=window.due,
        closes=window.closes, asks=version.asks, is_list=version.is_list, known_at=max(window.opens, version.known_at),
    )  # fmt: skip


def _fold_settled(regime: Regime, now: datetime) -> None:
    """What was planned and has come to pass becomes part of the cells."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_fold(array_agg(e.id), %s) FROM ledger_enrolment e"
            " WHERE e.regime_id = %s AND NOT e.is_steady AND e.settles_at <= %s HAVING count(*) > 0",
            [now, regime.pk, now],
        )
