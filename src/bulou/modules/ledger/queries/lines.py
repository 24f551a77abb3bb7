"""The way from the root down to places or units, as it stands."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.modules.ledger.models import Path


def lineages(kind: str, ids: Iterable[int]) -> dict[int, list[int]]:
    """Node → the ids from the root down to it, itself last. `kind` is place or unit; nodes the ledger has not met are left out.

    A node that only ever lies on the way to others is found through them.
    """
    wanted = set(ids)
    rows = Path.objects.filter(kind=kind, until__year=9999, lineage__overlap=list(wanted)).values_list(
        "lineage", flat=True
    )
    return {
        node: list(lineage[: place + 1]) for lineage in rows for place, node in enumerate(lineage) if node in wanted
    }
