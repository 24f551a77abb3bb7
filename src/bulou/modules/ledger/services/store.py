"""The few calls into the ledger's SQL functions that more than one verb makes. Called inside a verb's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import connection

from bulou.modules.ledger.models import Path
from bulou.modules.registry.queries import rosters

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
MANY = 200


def hold(kind: str, ids: Sequence[int]) -> None:
    """Let nobody else file about these subjects, or change what they owe, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_hold(%s, %s::bigint[])", [kind, list(ids)])


def hold_all() -> None:
    """Let nobody file or change anything until the transaction ends: for what concerns a whole regime."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_hold_all()")


def plan_for(count: int) -> None:
    """Before so many rows are written at once: let the functions plan for them until the transaction ends.

    A plan kept from calls with a few rows joins thousands by loops: enrolling a county then took many minutes instead of one.
    """
    if count > MANY:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")


def settle(windows: Iterable[int], enrolments: Iterable[int], duties: Iterable[int] = ()) -> None:
    """Compute these windows of these enrolments anew, and these duties."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_settle(%s::bigint[], %s::bigint[], %s::bigint[])",
            [list(windows), list(enrolments), list(duties)],
        )


def settle_since(enrolments: Sequence[int], known_at: datetime) -> None:
    """After something was learned at `known_at` about these enrolments: what had not fallen due before is computed anew."""
    plan_for(len(enrolments))
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_fold(%s::bigint[], %s)", [list(enrolments), known_at])
        cursor.execute(
            "SELECT coalesce(array_agg(w.id), '{}') FROM ledger_window w WHERE w.due >= %s AND w.regime_id IN"
            " (SELECT e.regime_id FROM ledger_enrolment e WHERE e.id = ANY(%s::bigint[]))",
            [known_at, list(enrolments)],
        )
        windows = cursor.fetchone()[0]
        cursor.execute(
            "SELECT coalesce(array_agg(d.id), '{}') FROM ledger_duty d WHERE d.due >= %s AND d.enrolment_id = ANY(%s::bigint[])",
            [known_at, list(enrolments)],
        )
        duties = cursor.fetchone()[0]
    settle(windows, enrolments, duties)


def learn_paths(now: datetime, *, places: Iterable[int] = (), units: Iterable[int] = ()) -> None:
    """Keep the way to the root of these nodes, and of all known ones whose way has changed, from `now` on."""
    _learn("place", set(places), now)
    _learn("unit", set(units), now)


def _learn(kind: str, ids: set[int], now: datetime) -> None:
    known = dict(Path.objects.filter(kind=kind, until=FOREVER).values_list("node_id", "lineage"))
    stands = rosters.lineages(kind, ids | known.keys())
    moved = [node for node, lineage in stands.items() if node in known and known[node] != lineage]
    Path.objects.filter(kind=kind, node_id__in=moved, until=FOREVER, since__gte=now).delete()
    Path.objects.filter(kind=kind, node_id__in=moved, until=FOREVER).update(until=now)
    Path.objects.bulk_create(
        Path(kind=kind, node_id=node, lineage=stands[node], since=now if node in known else BEGINNING, until=FOREVER)
        for node in [*moved, *(stands.keys() - known.keys())]
    )
