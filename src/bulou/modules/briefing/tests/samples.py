"""Samples of the addresses of briefing: one operation rooted at the cast's township, one at the neighbour's, a briefing issued of each."""

from __future__ import annotations

from typing import Any

from bulou.modules.briefing.services import issue_briefing
from bulou.modules.briefing.tests.book import BOOK
from bulou.modules.operations.services import activate_operation
from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    here, there = (_issued(world, key, town) for key, town in (("near-briefing", 0), ("far-briefing", 1)))

    def one(*names: str, **more: Any) -> Sample:
        return Sample({name: here[name] for name in names}, {name: there[name] for name in names}, **more)

    return {
        "report": one("key"),
        "issue": one("key"),
        "rows": Sample({"key": here["key"], "query": "units"}, {"key": there["key"], "query": "units"}),
        "one_issued": one("pk"),
        "issued_figure": one("pk", "figure"),
    }


def _issued(world: World, key: str, town: int) -> dict[str, Any]:
    how = {"by": world.cast.chief.viewer, "now": world.now}
    text = BOOK.replace("632726", world.county.towns[town].code)
    operation = activate_operation(key=key, text=text, level="watch", why="tests", **how)
    issued = issue_briefing(operation=operation, **how)
    return {"key": key, "pk": issued.pk, "figure": "branches"}
